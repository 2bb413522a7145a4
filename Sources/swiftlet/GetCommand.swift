import ArgumentParser
import Operator

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Lists pods or nodes."
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions

    @Argument(help: "pods or nodes; pod/NAME names one at once.")
    var kind: String

    @Argument(help: "Only these.")
    var names: [String] = []

    @Flag(name: [.customShort("A"), .long], help: "Pods of all namespaces.")
    var allNamespaces = false

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "table, wide, json, yaml or name."
    )
    var output: OutputFormat = .table

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            let (resource, names) = try target()
            if allNamespaces, !names.isEmpty || namespace.namespace != nil {
                throw .usage("-A lists every namespace: leave out -n and the names")
            }
            let place = try namespace.chosen()
            if resource == .pods {
                for name in names { _ = try PodName(argument: name, namespace: place) }
            }
            try await session.get(
                resource,
                names: names,
                namespace: allNamespaces ? nil : place,
                format: output
            )
        }
    }

    private func target() throws(OperatorError) -> (ResourceKind, [String]) {
        let parts = kind.split(separator: "/", maxSplits: 1).map(String.init)
        guard let resource = parts.first.flatMap({ ResourceKind($0) }) else {
            throw .usage("\(kind) is not known: pods or nodes can be listed")
        }
        return (resource, Array(parts.dropFirst()) + names)
    }
}
