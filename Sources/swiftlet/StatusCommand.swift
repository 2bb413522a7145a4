import ArgumentParser
import Operator

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Says how the daemon is: its link, its pods, its last errors."
    )

    @OptionGroup var node: NodeOptions

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "table, json or yaml."
    )
    var output: OutputFormat = .table

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            try await session.status(format: output)
        }
    }
}
