/// Where the blobs of one image come from: a layout on disk, or (in a target of its own) a registry.
public protocol BlobSource {
    /// The descriptor of what the reference names: a manifest or an index.
    func resolve(_ reference: ImageReference) throws(ImageError) -> BlobDescriptor

    /// Reads a blob from byte `offset` on and hands over its bytes in order, in chunks.
    func read(
        _ blob: BlobDescriptor,
        from offset: Int64,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError)

    /// The manifests of what is attached to an image, its signatures among them.
    ///
    /// A source that can be asked for referrers answers with those too; nothing there is no error.
    func attachments(
        of subject: Digest,
        beside reference: ImageReference
    ) throws(ImageError) -> [BlobDescriptor]
}

/// An OCI image layout in a folder.
///
/// Source: OCI image specification 1.1, image-layout.md.
public struct LayoutSource: BlobSource {
    private static let tagAnnotation = "org.opencontainers.image.ref.name"
    let path: String
    /// Where its files are reached.
    private let place: String
    /// The folder, where it is held open.
    private let folder: SharedFile?

    /// A layout at `path`, by which it is reached.
    public init(path: String) {
        self.path = path
        place = path
        folder = nil
    }

    /// A layout that is held open, for who will have no way through the folders above it any more.
    public init(holding path: String) throws(ImageError) {
        self.path = path
        let folder = try SharedFile(path, links: .followed)
        self.folder = folder
        // Source: proc(5): it leads to the folder itself, for its own process whoever that has become.
        place = "/proc/self/fd/\(folder.descriptor)"
    }

    /// The entry of `index.json` with the reference's tag or digest; without either, its only entry.
    public func resolve(_ reference: ImageReference) throws(ImageError) -> BlobDescriptor {
        let entries = try index().manifests
        if let digest = reference.digest {
            guard let entry = entries.first(where: { $0.digest == digest }) else {
                throw .notFound("the layout \(path) holds no \(digest)")
            }
            return entry
        }
        if let tag = reference.tag {
            guard let entry = entries.first(where: { $0.annotations[Self.tagAnnotation] == tag })
            else {
                throw .notFound("the layout \(path) has no tag \(tag), only \(tags(entries))")
            }
            return entry
        }
        guard entries.count == 1 else {
            throw .notFound(
                "the layout \(path) holds \(entries.count) images; name one of the tags \(tags(entries))"
            )
        }
        return entries[0]
    }

    /// Everything that the layout holds.
    public func index() throws(ImageError) -> ImageIndex {
        let file = "\(place)/index.json"
        guard StoreFile.exists("\(place)/oci-layout", links: .followed),
            StoreFile.exists(file, links: .followed)
        else {
            throw .notFound("\(path) is no OCI image layout: it has no oci-layout and index.json")
        }
        let most = ImageLimits.manifestByteCountMax
        return try ImageIndex(json: StoreFile.read(file, byteCountMax: most, links: .followed))
    }

    /// Whether a path is a folder, and so may be a layout.
    public static func isFolder(_ path: String) -> Bool { StoreFile.isFolder(path) }

    /// Reads from `blobs/ALGORITHM/HEX`.
    public func read(
        _ blob: BlobDescriptor,
        from offset: Int64,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        let file = "\(place)/blobs/\(blob.digest.algorithm.rawValue)/\(blob.digest.hex)"
        guard StoreFile.exists(file, links: .followed) else {
            throw .notFound("the layout \(path) lacks the blob \(blob.digest)")
        }
        try StoreFile.read(file, from: offset, links: .followed, take)
    }

    private func tags(_ entries: [BlobDescriptor]) -> String {
        let tags = entries.compactMap { $0.annotations[Self.tagAnnotation] }.sorted()
        return tags.isEmpty ? "untagged ones" : tags.prefix(16).joined(separator: ", ")
    }
}
