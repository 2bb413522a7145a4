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

    /// A layout at `path`.
    public init(path: String) { self.path = path }

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
        let file = "\(path)/index.json"
        guard StoreFile.exists("\(path)/oci-layout"), StoreFile.exists(file) else {
            throw .notFound("\(path) is no OCI image layout: it has no oci-layout and index.json")
        }
        let json = try StoreFile.read(file, byteCountMax: ImageLimits.manifestByteCountMax)
        return try ImageIndex(json: json)
    }

    /// Whether a path is a folder, and so may be a layout.
    public static func isFolder(_ path: String) -> Bool { StoreFile.isFolder(path) }

    /// Reads from `blobs/ALGORITHM/HEX`.
    public func read(
        _ blob: BlobDescriptor,
        from offset: Int64,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        let file = "\(path)/blobs/\(blob.digest.algorithm.rawValue)/\(blob.digest.hex)"
        guard StoreFile.exists(file) else {
            throw .notFound("the layout \(path) lacks the blob \(blob.digest)")
        }
        try StoreFile.read(file, from: offset, take)
    }

    private func tags(_ entries: [BlobDescriptor]) -> String {
        let tags = entries.compactMap { $0.annotations[Self.tagAnnotation] }.sorted()
        return tags.isEmpty ? "untagged ones" : tags.prefix(16).joined(separator: ", ")
    }
}
