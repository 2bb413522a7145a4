import ArgumentParser
import Operator

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Lists what has happened, oldest first."
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var format: FormatOption

    @Flag(name: [.customShort("A"), .long], help: "Of all namespaces.")
    var allNamespaces = false

    @Flag(name: [.short, .long], help: "Go on, and list what happens.")
    var watch = false

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            let place = try namespace.chosen()
            let events = [Selection(kind: .events, namespace: allNamespaces ? nil : place)]
            let listing = Listing(try format.chosen())
            guard watch else { return try await session.get(events, listing) }
            try await session.watch(events, listing)
        }
    }
}
