extension ImageStore {
    /// Makes sure that what is missing of an image can be fetched and unpacked without filling the disk
    /// that the database writes to.
    ///
    /// - Throws: ``ImageError/noRoom(path:neededByteCount:freeByteCount:)`` before a byte is fetched.
    public func checkRoom(for manifest: ImageManifest, _ form: ImageForm) throws(ImageError) {
        guard let room = StoreFile.room(at: directory) else { return }
        var needed: Int64 = 0
        func add(_ byteCount: Int64) {
            let (sum, overflow) = needed.addingReportingOverflow(byteCount)
            needed = overflow ? .max : sum
        }
        for layer in manifest.layers {
            let isHere = StoreFile.byteCount(blobPath(layer.digest)) == layer.byteCount
            if !isHere { add(layer.byteCount - partialByteCount(layer.digest)) }
            switch form {
            case .rootFileSystem:
                let times = ImageLimits.expansionExpected
                let (bytes, overflow) = layer.byteCount.multipliedReportingOverflow(by: times)
                add(overflow ? .max : bytes)
            case .moduleImage, .moduleArtifact: break
            }
        }
        add(DiskReserve.byteCount(ofTotal: room.totalByteCount))
        guard needed <= room.freeByteCount else {
            throw .noRoom(
                path: name,
                neededByteCount: needed,
                freeByteCount: room.freeByteCount
            )
        }
    }

    /// What stays free of the store's disk.
    public func reserve() -> DiskReserve { DiskReserve(at: directory, name: name) }

    /// Bytes of a blob that an earlier pull left here.
    private func partialByteCount(_ digest: Digest) -> Int64 {
        StoreFile.byteCount("\(directory)/ingest/\(digest.hex)") ?? 0
    }

    /// How full the disk is that the store lies on; `nil` when nobody knows.
    public func room() -> (freeByteCount: Int64, totalByteCount: Int64)? {
        StoreFile.room(at: directory)
    }
}
