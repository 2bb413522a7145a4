internal import Documents

/// The images of this node, in one folder; what lies here under a digest has been verified.
///
/// `blobs/ALGORITHM/HEX` are the verified bytes, `roots/HEX` the unpacked root file system of the
/// manifest HEX, `images/HEX.json` what is known of that image, `references/HEX.json` which image a
/// reference stands for (HEX is the SHA-256 of the reference's text), `pins/HEX.json` which references
/// are kept though nothing uses them, `pulls` what is being pulled, `ingest` what is being fetched,
/// `signatures` what was signed about a digest and `aside` what turned out to be damaged. Every file
/// appears under its name whole and synced, so a reader needs no lock.
///
/// All of it belongs to whom the folder belongs, also what root makes in it: that may be a user of pulls.
/// So nobody who works in it, root least of all, follows a link or believes a path that is written there.
public struct ImageStore: Sendable {
    /// The folder, as it is reached.
    public let directory: String
    /// The folder, as people know it.
    let name: String
    /// Whether nothing is written, because this is only a look.
    let isReading: Bool

    /// Opens a store and makes its folders where they are missing.
    ///
    /// With an `owner` it is given to that one first, with all that is in it; only root can.
    public init(directory: String, owner: FileOwner? = nil) throws(ImageError) {
        try StoreFile.makeFolder(directory, links: .followed)
        // Links above the store are the operator's own.
        let directory = StoreFile.canonical(directory)
        self.directory = directory
        name = directory
        isReading = false
        try owner?.take(directory)
        for name in [
            "blobs/sha256", "blobs/sha512", "roots", "images", "references", "pins", "pulls",
            "ingest", "aside", "signatures",
        ] {
            try StoreFile.makeFolder("\(directory)/\(name)")
        }
        // Why: what is synced within a folder is lost with it where the folder's own name was not. Each
        // time, since whoever made them may have been stopped before this.
        for path in ["\(directory)/blobs", directory, "\(directory)/.."] {
            try StoreFile.syncFolder(path)
        }
    }

    /// Opens a store that is there, to look at it only.
    public init(reading directory: String) throws(ImageError) {
        let directory = StoreFile.canonical(directory)
        self.directory = directory
        name = directory
        isReading = true
        guard StoreFile.isFolder("\(directory)/references") else {
            throw .notFound("\(directory) is no image store")
        }
    }

    /// A store that is reached without a path, which its user may have no way to.
    private init(entered store: ImageStore) {
        directory = "."
        name = store.name
        isReading = store.isReading
    }

    /// The same store, which this process goes into, and needs no folder above it from then on.
    ///
    /// For a process that does nothing else: relative paths begin there, those of the whole process.
    public func entered() throws(ImageError) -> ImageStore {
        try StoreFile.enter(directory)
        return ImageStore(entered: self)
    }

    /// The image that a reference stands for, if it is here whole.
    public func lookup(_ reference: ImageReference) throws(ImageError) -> StoredImage? {
        guard let record = try record(of: reference) else { return nil }
        var image = try image(record.digest)
        image?.resolvedDigest = record.resolvedDigest
        return image
    }

    /// The manifest of the image that a reference stands for, whether that image is here or not.
    public func manifestDigest(of reference: ImageReference) throws(ImageError) -> Digest? {
        try record(of: reference)?.digest
    }

    private func record(of reference: ImageReference) throws(ImageError) -> ReferenceRecord? {
        let path = referencePath(reference)
        guard StoreFile.exists(path) else { return nil }
        let json = try StoreFile.read(path, byteCountMax: ImageLimits.configurationByteCountMax)
        // Why no error: a record that the disk has damaged would stay for ever; a pull replaces it.
        return ReferenceRecord(json, path: path)
    }

    /// The image with a manifest's digest, if it is here whole.
    public func image(_ manifestDigest: Digest) throws(ImageError) -> StoredImage? {
        let path = imagePath(manifestDigest)
        guard StoreFile.exists(path) else { return nil }
        let json = try StoreFile.read(path, byteCountMax: ImageLimits.manifestByteCountMax)
        // As for a reference: what cannot be read is not here, and is made anew from its layers.
        guard let image = try? StoredImage(json: json, path: path, in: self) else { return nil }
        // A folder or blob that went missing is no image any more: it is pulled again.
        let isThere = image.rootDirectory.map(StoreFile.isFolder) ?? true
        return isThere && image.moduleFile.map { StoreFile.exists($0) } ?? true ? image : nil
    }

    /// All images, by their references.
    public func list() throws(ImageError) -> [(reference: String, image: StoredImage)] {
        var result: [(String, StoredImage)] = []
        for record in try referenceRecords() {
            // One record that is damaged must not hide the others.
            guard var image = try? image(record.digest) else { continue }
            image.resolvedDigest = record.resolvedDigest
            result.append((record.reference, image))
        }
        return result.sorted { $0.0 < $1.0 }
    }

    /// Keeps an image and the reference that stands for it; on disk when this returns.
    public func save(_ image: StoredImage, as reference: ImageReference) throws(ImageError) {
        var image = image
        if image.contentChecksum == nil { image.contentChecksum = try contentChecksum(of: image) }
        try StoreFile.replace(imagePath(image.manifestDigest), image.json(in: self))
        let entry: Document = [
            "reference": .string("\(reference)"),
            "manifestDigest": .string("\(image.manifestDigest)"),
            "resolvedDigest": .string("\(image.resolvedDigest ?? image.manifestDigest)"),
        ]
        try StoreFile.replace(referencePath(reference), entry.json())
    }

    /// Where a verified blob lies, if it is here.
    public func blobPath(_ digest: Digest) -> String {
        "\(directory)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    /// Where the root file system of an image is unpacked to.
    public func rootPath(_ manifestDigest: Digest) -> String {
        "\(directory)/roots/\(manifestDigest.hex)"
    }

    func imagePath(_ manifestDigest: Digest) -> String {
        "\(directory)/images/\(manifestDigest.hex).json"
    }

    func referencePath(_ reference: ImageReference) -> String {
        "\(directory)/references/\(Digest.of(Array("\(reference)".utf8)).hex).json"
    }
}
