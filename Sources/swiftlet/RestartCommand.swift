import ArgumentParser
import Operator

struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Stops a pod's containers in good order and starts them again.",
        usage: "swiftlet restart NAME [-c CONTAINER]"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions

    @Argument(help: "The pod: NAME or pod/NAME.")
    var pod: String

    @Option(name: [.short, .long], help: "Only this container.")
    var container: String?

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            let name = try PodName(argument: pod, namespace: namespace.chosen())
            try await session.restart(name, container: container)
        }
    }
}
