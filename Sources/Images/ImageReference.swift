/// Where an image is: in a registry (`ghcr.io/org/app:1.2@sha256:…`) or in an OCI layout on disk
/// (`oci:PATH[:TAG][@DIGEST]`).
///
/// Registry references follow the grammar of the distribution project, with Docker's defaults: a
/// first part without `.`, `:` or the name `localhost` is no host but part of the name, the host is
/// then docker.io, and a one-part name there lies in `library/`. Without tag and digest the tag is
/// `latest`. Source: distribution/reference, grammar in reference.go; OCI distribution 1.1.
public struct ImageReference: Hashable, Sendable {
    /// The two places.
    public enum Place: Hashable, Sendable {
        /// A registry's host (with its port) and the repository's name.
        case registry(host: String, repository: String)
        /// A folder with `oci-layout` and `index.json`.
        case layout(path: String)
    }

    /// Where it is.
    public let place: Place
    /// The tag; `nil` when only a digest was given, or a layout without a tag.
    public let tag: String?
    /// The digest of the manifest or index, when the reference pins it.
    public let digest: Digest?

    /// Longest reference in bytes: the grammar's 255 of a name, a tag of 128, a digest, and a path.
    public static let byteCountMax = 4_096
    static let nameByteCountMax = 255
    static let tagByteCountMax = 128

    /// Reads a reference.
    public init(_ text: String) throws(ImageError) {
        var scan = ReferenceScan(text)
        guard text.utf8.count <= Self.byteCountMax else {
            throw scan.error(at: Self.byteCountMax, "it has more than \(Self.byteCountMax) bytes")
        }
        if text.hasPrefix("oci:") {
            (place, tag, digest) = try scan.layout()
        } else {
            (place, tag, digest) = try scan.registry()
        }
    }
}

extension ImageReference: CustomStringConvertible {
    /// The reference with all defaults written out.
    public var description: String {
        let base =
            switch place {
            case .registry(let host, let repository): "\(host)/\(repository)"
            case .layout(let path): "oci:\(path)"
            }
        return base + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }
}
