import ArgumentParser
import Operator

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Says what pods, or the node, use now.",
        usage: "swiftlet top pods | swiftlet top node"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions

    @Argument(help: "pods or node.")
    var kind: String

    @Flag(name: [.customShort("A"), .long], help: "Of all namespaces.")
    var allNamespaces = false

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            switch ResourceKind(kind) {
            case .pods:
                let place = try namespace.chosen()
                try await session.topPods(namespace: allNamespaces ? nil : place)
            case .nodes: try await session.topNode()
            case .events, .configMaps, .secrets, .images, nil:
                throw .usage("top \(kind): pods or node")
            }
        }
    }
}
