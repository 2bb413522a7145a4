import ArgumentParser
import Operator

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Lists objects: pods, nodes, events, configmaps, secrets, images."
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions

    @Argument(help: "The kind; pod/NAME names one at once.")
    var kind: String

    @Argument(help: "Only these.")
    var names: [String] = []

    @Flag(name: [.customShort("A"), .long], help: "Of all namespaces.")
    var allNamespaces = false

    @OptionGroup var format: FormatOption

    @Flag(name: [.short, .long], help: "Go on, and list what changes.")
    var watch = false

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            let (resource, names) = try target()
            if allNamespaces, !names.isEmpty || namespace.namespace != nil {
                throw .usage("-A lists every namespace: leave out -n and the names")
            }
            let place = try namespace.chosen()
            if resource.isNamespaced {
                for name in names {
                    _ = try ObjectKey(argument: name, kind: resource, namespace: place)
                }
            }
            let selection = Selection(
                kind: resource,
                names: names,
                namespace: allNamespaces ? nil : place
            )
            try await session.get(selection, format: try format.chosen(), watches: watch)
        }
    }

    private func target() throws(OperatorError) -> (ResourceKind, [String]) {
        let parts = kind.split(separator: "/", maxSplits: 1).map(String.init)
        guard let resource = parts.first.flatMap({ ResourceKind($0) }) else {
            throw .usage("\(kind) is not known: \(ResourceKind.spelledOut) can be listed")
        }
        return (resource, Array(parts.dropFirst()) + names)
    }
}
