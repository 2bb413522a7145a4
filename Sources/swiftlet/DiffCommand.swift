import ArgumentParser
import Operator

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Shows what an apply of a file would change.",
        discussion: "Exit codes: 0 nothing, 1 something; 64 and more: it could not be found out."
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var file: FileOption

    func run() async throws {
        var differs = false
        try await run(node) { session throws(OperatorError) in
            differs = try await session.diff(try file.manifest(namespace.namespace))
        }
        if differs { throw ExitCode(1) }
    }
}
