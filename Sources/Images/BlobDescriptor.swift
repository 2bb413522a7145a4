internal import Documents

/// What a manifest or index says of one blob.
///
/// Source: OCI image specification 1.1, descriptor.md.
public struct BlobDescriptor: Equatable, Sendable {
    /// What its bytes are.
    public var mediaType: String
    /// What its bytes must hash to.
    public var digest: Digest
    /// How many there must be.
    public var byteCount: Int64
    /// `os/architecture`, where an index says so.
    public var platform: String?
    /// Remarks; a layout keeps an image's tag here.
    public var annotations: [String: String] = [:]

    /// A descriptor without platform and annotations.
    public init(mediaType: String, digest: Digest, byteCount: Int64) {
        self.mediaType = mediaType
        self.digest = digest
        self.byteCount = byteCount
    }
}

extension BlobDescriptor {
    init(_ reader: DocumentReader) throws(FieldError) {
        mediaType = try reader.required("mediaType").string()
        let digestReader = try reader.required("digest")
        guard let digest = Digest(try digestReader.string()) else {
            throw digestReader.error("must be sha256: or sha512: and its hex digits")
        }
        self.digest = digest
        byteCount = try reader.required("size").integer(in: 0...Int64.max)
        if let platformReader = try reader.optional("platform") {
            let system = try platformReader.required("os").string()
            let architecture = try platformReader.required("architecture").string()
            platform = "\(system)/\(architecture)"
        }
        annotations = try reader.optional("annotations")?.stringMap() ?? [:]
    }
}

/// The media types that we know by name, of OCI and of Docker's schema 2.
public enum MediaTypes {
    /// Whether it is that of several manifests under one name.
    public static func isIndex(_ type: String) -> Bool {
        type == "application/vnd.oci.image.index.v1+json"
            || type == "application/vnd.docker.distribution.manifest.list.v2+json"
    }

    /// Whether it is that of one image.
    public static func isManifest(_ type: String) -> Bool {
        type == "application/vnd.oci.image.manifest.v1+json"
            || type == "application/vnd.docker.distribution.manifest.v2+json"
    }

    static let configurations: Set<String> = [
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.docker.container.image.v1+json",
    ]
    /// Archives that become the root file system.
    static let archives: Set<String> = [
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+gzip",
        "application/vnd.oci.image.layer.v1.tar+zstd",
        "application/vnd.docker.image.rootfs.diff.tar",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.diff.tar.zstd",
    ]
}
