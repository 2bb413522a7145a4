/// The forms in which a WebAssembly workload is packed.
///
/// A: archives that hold `*.wasm` files, the root file system. B to E: the module itself as the only
/// layer, under the media types of runwasi, the CNCF artifact, wasm-to-oci and Solo.io. Which is
/// which follows from the media types of configuration and layers alone.
public enum ImageForm: String, Sendable, CaseIterable {
    /// Archives; the configuration names a platform of the builder's.
    case rootFileSystem
    /// One raw module, with an image configuration.
    case moduleImage
    /// One raw module, an artifact.
    case moduleArtifact

    private static let componentLayer =
        "application/vnd.bytecodealliance.wasm.component.layer.v0+wasm"
    /// Raw modules by the media type of their configuration.
    private static let moduleLayers: [String: Set<String>] = [
        "application/vnd.wasm.config.v0+json": ["application/wasm"],
        "application/vnd.wasm.config.v1+json": ["application/vnd.wasm.content.layer.v1+wasm"],
        "application/vnd.module.wasm.config.v1+json": [
            "application/vnd.module.wasm.content.layer.v1+wasm"
        ],
    ]
    private static let imageModuleLayers: Set<String> = [
        componentLayer, "application/vnd.w3c.wasm.module.v1+wasm", "application/wasm",
    ]

    /// Recognises the form of an image.
    ///
    /// - Throws: ``ImageError/unsupported(found:)`` naming what it is instead.
    public init(
        _ manifest: ImageManifest,
        _ configuration: ImageConfiguration
    ) throws(ImageError) {
        let types = manifest.layers.map(\.mediaType)
        if let spin = types.first(where: { $0.split(separator: ".").contains("fermyon") }) {
            throw .unsupported(found: "a Spin application (layer \(spin))")
        }
        if configuration.platform.hasPrefix("wasip2/") || configuration.isComponent {
            throw .unsupported(found: "a component for wasip2, which needs the component model")
        }
        let configuration = manifest.configuration.mediaType
        if let modules = Self.moduleLayers[configuration] {
            try Self.checkSingle(types, allowed: modules)
            self = .moduleArtifact
        } else if MediaTypes.configurations.contains(configuration) {
            if types.contains(where: { Self.imageModuleLayers.contains($0) }) {
                try Self.checkSingle(types, allowed: Self.imageModuleLayers)
                self = .moduleImage
                return
            }
            if let other = types.first(where: { !MediaTypes.archives.contains($0) }) {
                throw .unsupported(found: "an image with a layer of type \(other)")
            }
            self = .rootFileSystem
        } else {
            throw .unsupported(
                found: manifest.artifactType.map { "an artifact of type \($0)" }
                    ?? "an artifact with configuration \(configuration)"
            )
        }
    }

    private static func checkSingle(_ types: [String], allowed: Set<String>) throws(ImageError) {
        guard types.count == 1 else {
            throw .unsupported(
                found: "an artifact of \(types.count) layers, where one module is run"
            )
        }
        guard allowed.contains(types[0]) else {
            throw .unsupported(found: "an artifact with a layer of type \(types[0])")
        }
    }
}
