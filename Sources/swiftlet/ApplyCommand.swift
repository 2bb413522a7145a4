import ArgumentParser
import Host
import Operator

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Makes the node want what a file says, and waits until it has taken it."
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var file: FileOption

    @Option(help: ArgumentHelp("How long to wait for the node.", valueName: "duration"))
    var timeout: String = "30s"

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            let seconds = try Seconds(timeout, option: "--timeout").count
            let manifest = try file.manifest(namespace.namespace)
            try await session.apply(manifest, timeoutSeconds: Int(seconds))
        }
    }
}

/// The file with the objects.
struct FileOption: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp("The file with the objects; - reads standard input.", valueName: "path")
    )
    var path: String?

    /// The objects of the file.
    func manifest(_ namespace: String?) throws(OperatorError) -> ManifestFile {
        guard let path else {
            throw .usage("say what to apply: -f FILE, or -f - for standard input")
        }
        return try ManifestFile(
            bytes: try Self.bytes(path),
            path: path == "-" ? "standard input" : path,
            namespace: namespace ?? "default",
            isNamespaceGiven: namespace != nil
        )
    }

    /// The bytes of a file, or of standard input for `-`.
    static func bytes(_ path: String) throws(OperatorError) -> [UInt8] {
        guard path != "-" else {
            return StandardStream.input.readAll(byteCountMax: ManifestFile.byteCountMax)
        }
        do throws(HostError) {
            return try FileBytes.read(path, byteCountMax: ManifestFile.byteCountMax)
        } catch {
            throw .notRead(message: error.description)
        }
    }
}
