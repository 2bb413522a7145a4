internal import Documents

/// How an image wants to be run.
///
/// Source: OCI image specification 1.1, config.md.
public struct ImageConfiguration: Equatable, Sendable {
    /// Comes first of the command line.
    public var entrypoint: [String] = []
    /// Follows the entry point, unless the pod says otherwise.
    public var command: [String] = []
    /// `K=V`.
    public var environment: [String] = []
    /// Where relative paths begin; `/` when the image says nothing.
    public var workingDirectory = "/"
    /// `os/architecture`, as far as it says so.
    public var platform = ""
    /// What each layer hashes to when it is decompressed, lowest first; empty when it does not say.
    public var diffIDs: [Digest] = []
    /// Whether an artifact calls itself a component: it then needs what we do not have.
    public var isComponent = false

    /// A configuration that says nothing, as that of an artifact.
    public init() {}

    /// Reads an image configuration of OCI or Docker, or that of a wasm artifact, whose fields for
    /// running are absent.
    public init(json: [UInt8]) throws(ImageError) {
        let reader = DocumentReader(try parsedJSON(json, what: "image configuration"))
        do {
            let system = try reader.optional("os")?.string() ?? ""
            platform = "\(system)/\(try reader.optional("architecture")?.string() ?? "")"
            isComponent = try reader.optional("component") != nil
            if let layers = try reader.optional("rootfs")?.optional("diff_ids") {
                for element in try layers.elements() {
                    guard let digest = Digest(try element.string()) else {
                        throw element.error("must be sha256: or sha512: and its hex digits")
                    }
                    diffIDs.append(digest)
                }
            }
            guard let run = try reader.optional("config") else { return }
            entrypoint = try run.optional("Entrypoint")?.strings() ?? []
            command = try run.optional("Cmd")?.strings() ?? []
            environment = try run.optional("Env")?.strings() ?? []
            let folder = try run.optional("WorkingDir")?.string() ?? ""
            workingDirectory = folder.isEmpty ? "/" : folder
        } catch {
            throw .malformed(what: "image configuration", message: "\(error)")
        }
    }
}

extension ImageConfiguration {
    /// The decompressed digest of each layer, or `nil` for each when the configuration has none.
    ///
    /// - Throws: When it names more or fewer than the manifest has layers.
    public func diffIDs(of manifest: ImageManifest) throws(ImageError) -> [Digest?] {
        if diffIDs.isEmpty { return manifest.layers.map { _ in nil } }
        guard diffIDs.count == manifest.layers.count else {
            throw .malformed(
                what: "image configuration",
                message: "it has \(diffIDs.count) diff_ids, but the manifest "
                    + "\(manifest.layers.count) layers"
            )
        }
        return diffIDs
    }
}
