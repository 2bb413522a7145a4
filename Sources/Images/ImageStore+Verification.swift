/// What a full look at an image found.
public struct ImageVerdict: Equatable, Sendable {
    /// The image.
    public var manifestDigest: Digest
    /// Blobs whose bytes have their digest.
    public var good: [Digest] = []
    /// Blobs that are not here.
    public var missing: [Digest] = []
    /// Blobs whose bytes have another digest.
    public var damaged: [Digest] = []
    /// Whether what runs of it is as it was when it was admitted.
    public var isContentIntact = true
    /// Bytes that were read.
    public var byteCount: Int64 = 0

    /// Whether nothing is wrong.
    public var isGood: Bool { missing.isEmpty && damaged.isEmpty && isContentIntact }
}

extension ImageStore {
    /// Hashes every blob of an image and what runs of it; changes nothing.
    ///
    /// `progress` is told each time how many bytes more were read.
    public func verify(
        _ image: StoredImage,
        progress: (Int64) -> Void = { _ in }
    ) throws(ImageError) -> ImageVerdict {
        var verdict = ImageVerdict(manifestDigest: image.manifestDigest)
        for digest in try blobs(of: image) {
            let path = blobPath(digest)
            guard StoreFile.exists(path) else {
                verdict.missing.append(digest)
                continue
            }
            var hasher = DigestHasher(digest.algorithm)
            var isReadable = true
            do {
                try StoreFile.read(path) { chunk throws(ImageError) in
                    hasher.update(chunk)
                    verdict.byteCount += Int64(chunk.count)
                    progress(Int64(chunk.count))
                }
            } catch {
                // A disk that cannot give the bytes has lost them.
                isReadable = false
            }
            if hasher.finish() == digest, isReadable {
                verdict.good.append(digest)
            } else {
                verdict.damaged.append(digest)
            }
        }
        verdict.isContentIntact = (try? isIntact(image)) ?? false
        return verdict
    }

    /// Whether what runs of an image has the checksum that it had when it was admitted: a quick look
    /// for the first use after a start of the machine.
    ///
    /// An image of an older version, without a checksum, counts as intact.
    public func isIntact(_ image: StoredImage) throws(ImageError) -> Bool {
        guard let expected = image.contentChecksum else { return true }
        return try contentChecksum(of: image) == expected
    }

    /// Takes everything damaged out of use; what is still good stays, and need not be fetched again.
    ///
    /// The names stay too, so that the next pull of one finds what it lacks.
    public func setAside(_ image: StoredImage, _ verdict: ImageVerdict) throws(ImageError) {
        for digest in verdict.damaged {
            try setAside(blobPath(digest), as: "\(digest.algorithm.rawValue)-\(digest.hex)")
        }
        guard !verdict.isGood else { return }
        try StoreFile.removeTree(imagePath(image.manifestDigest))
        if let root = image.rootDirectory, !verdict.isContentIntact, StoreFile.isFolder(root) {
            try setAside(root, as: "root-\(image.manifestDigest.hex)")
        }
        if let module = image.moduleFile, !verdict.isContentIntact, StoreFile.exists(module) {
            try setAside(module, as: "module-\(image.manifestDigest.hex)")
        }
        try StoreFile.syncFolder("\(directory)/images")
    }

    private func setAside(_ path: String, as name: String) throws(ImageError) {
        let target = "\(directory)/aside/\(name)"
        try StoreFile.removeTree(target)
        try StoreFile.rename(path, to: target)
    }

    /// Manifest, configuration and layers, whether they are here or not.
    private func blobs(of image: StoredImage) throws(ImageError) -> [Digest] {
        let path = blobPath(image.manifestDigest)
        guard let json = try? StoreFile.read(path, byteCountMax: ImageLimits.manifestByteCountMax),
            let manifest = try? ImageManifest(json: json)
        else { return [image.manifestDigest] }
        return [image.manifestDigest, manifest.configuration.digest]
            + manifest.layers.map(\.digest)
    }
}

extension ImageStore {
    /// A checksum over what runs of an image: its module, or names, modes and bytes of its root.
    func contentChecksum(of image: StoredImage) throws(ImageError) -> String {
        var checksum = Checksum()
        if let module = image.moduleFile {
            try StoreFile.read(module) { chunk throws(ImageError) in checksum.update(chunk) }
        }
        if let root = image.rootDirectory { try add(root, as: "", to: &checksum) }
        let digits = String(checksum.value(), radix: 16)
        return "xxh64:" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func add(
        _ path: String,
        as name: String,
        to checksum: inout Checksum
    ) throws(ImageError) {
        for child in try StoreFile.names(in: path) {
            let file = "\(path)/\(child)"
            let inside = "\(name)/\(child)"
            if StoreFile.isFolder(file) {
                checksum.update(Array("d\(inside)\0".utf8))
                try add(file, as: inside, to: &checksum)
            } else if let target = StoreFile.linkTarget(file) {
                checksum.update(Array("l\(inside)\0\(target)\0".utf8))
            } else {
                checksum.update(Array("f\(inside)\0\(StoreFile.byteCount(file) ?? -1)\0".utf8))
                var sum = checksum
                try StoreFile.read(file) { chunk throws(ImageError) in sum.update(chunk) }
                checksum = sum
            }
        }
    }
}

/// The store itself as a source: what is left of an image is enough to put it together again.
public struct StoreSource: BlobSource {
    private let store: ImageStore

    /// The blobs of a store.
    public init(_ store: ImageStore) { self.store = store }

    /// The manifest that the reference stood for when it was last pulled.
    public func resolve(_ reference: ImageReference) throws(ImageError) -> BlobDescriptor {
        let text = "\(reference)"
        let known = try store.references().first { $0.reference == text }?.digest
        guard let digest = reference.digest ?? known,
            let byteCount = StoreFile.byteCount(store.blobPath(digest))
        else { throw .notFound("the image store has no manifest of \(reference)") }
        return BlobDescriptor(
            mediaType: "application/vnd.oci.image.manifest.v1+json",
            digest: digest,
            byteCount: byteCount
        )
    }

    /// Always fails: what the store has is found before a source is asked.
    public func read(
        _ blob: BlobDescriptor,
        from offset: Int64,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        throw .notFound("the image store lacks the blob \(blob.digest)")
    }
}
