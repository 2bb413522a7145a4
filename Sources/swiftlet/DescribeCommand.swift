import ArgumentParser
import Operator

struct DescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Says everything about an object.",
        usage: "swiftlet describe KIND NAME"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions

    @Argument(help: "KIND NAME, or KIND/NAME.")
    var target: [String]

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            let words = target.joined(separator: target.count == 2 ? "/" : " ")
            guard words.contains("/") else {
                throw .usage("say what: swiftlet describe pod NAME")
            }
            let place = try namespace.chosen()
            try await session.describe(
                try ObjectKey(argument: words, kind: nil, namespace: place)
            )
        }
    }
}
