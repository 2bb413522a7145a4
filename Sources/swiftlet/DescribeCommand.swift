import ArgumentParser
import Operator

struct DescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Says everything about a pod.",
        usage: "swiftlet describe pod NAME"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions

    @Argument(help: "pod NAME, or pod/NAME.")
    var target: [String]

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            let words = target.joined(separator: target.count == 2 ? "/" : " ")
            guard words.contains("/") else {
                throw .usage("say what: swiftlet describe pod NAME")
            }
            let pod = try PodName(argument: words, namespace: namespace.chosen())
            try await session.describe(pod)
        }
    }
}
