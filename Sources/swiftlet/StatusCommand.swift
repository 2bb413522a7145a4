import ArgumentParser
import Operator

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Says how the daemon is: its link, its pods, its last errors."
    )

    @OptionGroup var node: NodeOptions

    @OptionGroup var format: FormatOption

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            try await session.status(format: try format.chosen())
        }
    }
}
