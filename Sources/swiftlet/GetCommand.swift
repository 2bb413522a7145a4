import ArgumentParser
import Operator

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Lists objects: pods, nodes, events, configmaps, secrets, images.",
        usage: "swiftlet get KIND[,KIND…] [NAME…] | swiftlet get KIND/NAME… | swiftlet get all"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions

    @Argument(help: "What: KIND, KIND/NAME, or all: pods, configmaps and secrets.")
    var what: [String]

    @Flag(name: [.customShort("A"), .long], help: "Of all namespaces.")
    var allNamespaces = false

    @OptionGroup var labels: SelectorOption
    @OptionGroup var format: FormatOption

    @Flag(help: "Tell the labels in a column.")
    var showLabels = false

    @Flag(help: "Leave out the line of headers.")
    var noHeaders = false

    @Flag(name: [.short, .long], help: "Go on, and list what changes.")
    var watch = false

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            if allNamespaces, namespace.namespace != nil {
                throw .usage("-A lists every namespace: leave out -n")
            }
            let selections = try Selection.read(
                what,
                namespace: allNamespaces ? nil : try namespace.chosen(),
                labels: try labels.chosen()
            )
            let listing = Listing(
                try format.chosen(),
                showsLabels: showLabels,
                leavesOutHeaders: noHeaders
            )
            guard watch else { return try await session.get(selections, listing) }
            try await session.watch(selections, listing)
        }
    }
}
