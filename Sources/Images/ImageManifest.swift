internal import Documents

/// One image: its configuration and its layers.
public struct ImageManifest: Equatable, Sendable {
    /// What describes the image.
    public var configuration: BlobDescriptor
    /// In order, the lowest first.
    public var layers: [BlobDescriptor]
    /// Remarks.
    public var annotations: [String: String]
    /// What kind of artifact it is, where it says so.
    public var artifactType: String?

    /// Reads a manifest of OCI or Docker's schema 2.
    public init(json: [UInt8]) throws(ImageError) {
        let reader = DocumentReader(try parsedJSON(json, what: "manifest"))
        do {
            configuration = try BlobDescriptor(try reader.required("config"))
            layers = []
            for element in try reader.required("layers").elements() {
                layers.append(try BlobDescriptor(element))
            }
            annotations = try reader.optional("annotations")?.stringMap() ?? [:]
            artifactType = try reader.optional("artifactType")?.string()
        } catch {
            throw .malformed(what: "manifest", message: "\(error)")
        }
        guard layers.count <= ImageLimits.layerCountMax else {
            throw .tooLarge(
                what: "number of layers",
                actual: Int64(layers.count),
                most: Int64(ImageLimits.layerCountMax)
            )
        }
    }
}

/// Several manifests under one name.
public struct ImageIndex: Equatable, Sendable {
    /// In the order of the file.
    public var manifests: [BlobDescriptor]

    /// Reads an index of OCI or a manifest list of Docker.
    public init(json: [UInt8]) throws(ImageError) {
        let reader = DocumentReader(try parsedJSON(json, what: "index"))
        do {
            manifests = []
            for element in try reader.required("manifests").elements() {
                manifests.append(try BlobDescriptor(element))
            }
        } catch {
            throw .malformed(what: "index", message: "\(error)")
        }
        guard manifests.count <= ImageLimits.indexEntryCountMax else {
            throw .tooLarge(
                what: "number of manifests in the index",
                actual: Int64(manifests.count),
                most: Int64(ImageLimits.indexEntryCountMax)
            )
        }
    }

    /// The manifest to take: wasm for WASI first; then, when there is just one, that one.
    ///
    /// A lone manifest is never refused for its platform: images built on a PC say linux/amd64 and
    /// hold a module all the same. Attestations of a build stand beside images and are none.
    public func choose() throws(ImageError) -> BlobDescriptor {
        let images = manifests.filter { $0.annotations[Self.kindAnnotation] == nil }
        for system in ["wasip1", "wasi", "linux"] {
            for architecture in ["wasm", "wasm32"] {
                let wanted = "\(system)/\(architecture)"
                if let match = images.first(where: { $0.platform == wanted }) { return match }
            }
        }
        if images.contains(where: { $0.platform?.hasPrefix("wasip2/") ?? false }) {
            throw .unsupported(found: "a component for wasip2, which needs the component model")
        }
        if images.count == 1 { return images[0] }
        throw .noPlatform(found: images.map { $0.platform ?? "unknown" })
    }

    /// Source: BuildKit, "Image Attestation Storage": `attestation-manifest` stands here.
    private static let kindAnnotation = "vnd.docker.reference.type"
}

/// JSON with an error of ours.
func parsedJSON(_ json: [UInt8], what: String) throws(ImageError) -> Document {
    let limits = DocumentLimits(byteCountMax: Int(ImageLimits.manifestByteCountMax))
    do {
        return try Document(json: json, limits: limits)
    } catch {
        throw .malformed(what: what, message: "\(error)")
    }
}
