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

    /// A configuration that says nothing, as that of an artifact.
    public init() {}

    /// Reads an image configuration of OCI or Docker, or that of a wasm artifact, whose fields for
    /// running are absent.
    public init(json: [UInt8]) throws(ImageError) {
        let reader = DocumentReader(try parsedJSON(json, what: "image configuration"))
        do {
            let system = try reader.optional("os")?.string() ?? ""
            platform = "\(system)/\(try reader.optional("architecture")?.string() ?? "")"
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
