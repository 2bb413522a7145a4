extension ImageStore {
    /// Bytes that were here already and bytes that had to be fetched.
    public struct Fetched: Equatable, Sendable {
        /// Where the verified blob lies now.
        public var path: String
        /// Bytes that came over the link.
        public var byteCount: Int64
        /// Bytes that an earlier, interrupted pull had left here.
        public var resumedFrom: Int64 = 0
    }

    /// Fetches one blob, unless it is here, and keeps it once its digest is right.
    ///
    /// The bytes go to `ingest`, hashed as they come; then they are synced, renamed, and the folder
    /// is synced. Two pulls of one digest wait for each other, so that the second finds it. `progress`
    /// is first told how many bytes were here already.
    public func ingest(
        _ blob: BlobDescriptor,
        from source: some BlobSource,
        most byteCountMax: Int64 = ImageLimits.layerByteCountMax,
        progress: (Int64) -> Void = { _ in }
    ) throws(ImageError) -> Fetched {
        let path = blobPath(blob.digest)
        guard blob.byteCount <= byteCountMax else {
            throw .tooLarge(what: "blob \(blob.digest)", actual: blob.byteCount, most: byteCountMax)
        }
        let partial = "\(directory)/ingest/\(blob.digest.hex)"
        let lock = try OpenFile("\(partial).lock", Self.readWriteCreate)
        try lock.lock()
        if StoreFile.byteCount(path) == blob.byteCount {
            return Fetched(path: path, byteCount: 0)
        }
        let actual: Digest
        let resumedFrom: Int64
        do {
            (actual, resumedFrom) = try fetch(blob, from: source, to: partial, progress: progress)
        } catch {
            // Why: half a layer must not keep the disk full that the database writes to. That others fill it is
            // seen before, as a rule, and costs nothing of what is here.
            guard case .diskFull = error else { throw error }
            try PartialBlob.remove(partial)
            throw ImageError.diskFull(path: name)
        }
        guard actual == blob.digest else {
            try PartialBlob.remove(partial)
            throw .digestMismatch(what: "blob", expected: blob.digest, actual: actual)
        }
        try StoreFile.rename(partial, to: path)
        try StoreFile.syncFolder("\(directory)/blobs/\(blob.digest.algorithm.rawValue)")
        try StoreFile.removeTree(PartialBlob.statePath(partial))
        let fetched = blob.byteCount - resumedFrom
        return Fetched(path: path, byteCount: fetched, resumedFrom: resumedFrom)
    }

    /// The bytes of a small blob: a manifest, an index or a configuration.
    public func ingestDocument(
        _ blob: BlobDescriptor,
        from source: some BlobSource
    ) throws(ImageError) -> [UInt8] {
        let most = ImageLimits.manifestByteCountMax
        let fetched = try ingest(blob, from: source, most: most)
        return try StoreFile.read(fetched.path, byteCountMax: most)
    }

    private func fetch(
        _ blob: BlobDescriptor,
        from source: some BlobSource,
        to partial: String,
        progress: (Int64) -> Void
    ) throws(ImageError) -> (Digest, resumedFrom: Int64) {
        var bytes = try PartialBlob.open(blob, at: partial)
        let resumedFrom = bytes.resumedFrom
        progress(resumedFrom)
        var reserve = reserve()
        do {
            try source.read(blob, from: resumedFrom) { chunk throws(ImageError) in
                try bytes.append(chunk)
                progress(bytes.byteCount)
                try reserve.wrote(chunk.count, missing: blob.byteCount - bytes.byteCount)
            }
        } catch {
            // Why: the link may be away for hours, and the power with it.
            try? bytes.keep()
            throw error
        }
        return (try bytes.finish(), resumedFrom)
    }
}

extension ImageStore {
    /// Unpacks the root file system of an image, unless it is there: into a folder of its own that is
    /// renamed when `unpack` is done, so that a root is there whole or not at all.
    ///
    /// Throws what `unpack` throws; nothing is left behind then.
    public func unpackRoot(
        _ manifestDigest: Digest,
        _ unpack: (String) throws(ImageError) -> Void
    ) throws(ImageError) -> String {
        let target = rootPath(manifestDigest)
        let temporary = "\(directory)/ingest/root-\(manifestDigest.hex)"
        let lock = try OpenFile("\(temporary).lock", Self.readWriteCreate)
        try lock.lock()
        if StoreFile.isFolder(target) { return target }
        try StoreFile.removeTree(temporary)
        try StoreFile.makeFolder(temporary)
        do {
            try unpack(temporary)
            try FileOwner.inherited(by: temporary)?.takeContents(of: temporary)
            try StoreFile.syncFolders(temporary)
        } catch {
            try StoreFile.removeTree(temporary)
            throw error
        }
        try StoreFile.rename(temporary, to: target)
        try StoreFile.syncFolder("\(directory)/roots")
        return target
    }
}
