public import Images

/// Images in one tar archive: an OCI layout as `skopeo copy … oci-archive:` writes it, or what
/// `docker save` writes.
///
/// `docker save` keeps no manifest; one is made here from the configuration and its diff_ids, the same
/// for the same image every time, so that the store knows such an image by a digest as any other.
/// Source: OCI image specification 1.1, image-layout.md; moby, image/tarexport ("manifest.json").
public struct ArchiveSource: BlobSource {
    /// An image that the archive holds.
    public struct Image: Equatable, Sendable {
        /// Its manifest, or the index that it is in.
        public let descriptor: BlobDescriptor
        /// The full names that the archive knows it by.
        public let names: [String]
        /// The bare tag that a layout knows it by.
        public let tag: String?
        /// What it signs: `cosign save` puts signatures beside the image, with a remark.
        public internal(set) var signatureOf: Digest?

        /// Whether it is no image but a signature of one.
        public var isSignature: Bool {
            signatureOf != nil
                || tag?.hasPrefix("sha256-") == true && tag?.hasSuffix(".sig") == true
        }
    }

    /// What the archive holds, in its own order.
    public let images: [Image]
    private let table: ArchiveTable
    /// Where a blob lies in the archive.
    private let places: [Digest: String]
    /// Manifests that stand in no file.
    private let made: [Digest: [UInt8]]

    /// Reads what the archive holds; its blobs are read when asked for.
    public init(path: String) throws(ImageError) {
        table = try ArchiveTable(path)
        if table.entries["oci-layout"] != nil, table.entries["index.json"] != nil {
            let json = try table.bytes("index.json", most: ImageLimits.manifestByteCountMax)
            images = try ImageIndex(json: json).layoutImages
            places = [:]
            made = [:]
        } else if table.entries["manifest.json"] != nil {
            let saved = try SavedImages(table)
            (images, places, made) = (saved.images, saved.places, saved.manifests)
        } else {
            let names = table.entries.keys.sorted().prefix(4).joined(separator: ", ")
            throw .unsupported(
                found: "an archive without index.json and manifest.json; it has "
                    + (names.isEmpty ? "no files" : names)
            )
        }
    }

    /// The image of the reference's digest, name or tag; without any of these in the archive, its only
    /// one.
    public func resolve(_ reference: ImageReference) throws(ImageError) -> BlobDescriptor {
        if let match = images.first(where: { image in
            image.descriptor.digest == reference.digest
                || image.names.contains { (try? ImageReference($0)) == reference }
        }) {
            return match.descriptor
        }
        guard reference.digest == nil, images.count == 1 else {
            throw .notFound("the archive \(table.path) has no image \(reference)")
        }
        return images[0].descriptor
    }

    /// Reads a blob from the archive.
    public func read(
        _ blob: BlobDescriptor,
        from offset: Int64,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        if let bytes = made[blob.digest] {
            return try take(Array(bytes.dropFirst(Int(clamping: max(0, offset)))))
        }
        let standard = "blobs/\(blob.digest.algorithm.rawValue)/\(blob.digest.hex)"
        try table.read(places[blob.digest] ?? standard, from: offset, take)
    }
}

extension ArchiveSource {
    /// The images of a layout that is a folder.
    public static func images(ofLayout layout: LayoutSource) throws(ImageError) -> [Image] {
        try layout.index().layoutImages
    }
}

extension ImageIndex {
    /// The images of a layout's `index.json`, with the names that they have there.
    ///
    /// Source: OCI annotations.md, "org.opencontainers.image.ref.name"; containerd's exporter writes
    /// the full name under a key of its own.
    fileprivate var layoutImages: [ArchiveSource.Image] {
        // cosign save: one entry is the image, the next holds its signatures.
        let kind = "kind"
        let signed =
            manifests.first { $0.annotations[kind] == "dev.cosignproject.cosign/image" }
            ?? manifests.first { $0.annotations[kind] == "dev.cosignproject.cosign/imageIndex" }
        return manifests.map { entry in
            let short = entry.annotations["org.opencontainers.image.ref.name"]
            let full = entry.annotations["io.containerd.image.name"]
            let isFull = short.map { $0.contains("/") || $0.contains(":") } ?? false
            let names = [full, isFull ? short : nil].compactMap(\.self)
            var image = ArchiveSource.Image(
                descriptor: entry,
                names: Array(names.prefix(1)),
                tag: isFull ? nil : short
            )
            if entry.annotations[kind] == "dev.cosignproject.cosign/sigs" {
                image.signatureOf = signed?.digest
            }
            return image
        }
    }
}
