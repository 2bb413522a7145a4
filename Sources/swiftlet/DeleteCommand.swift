import ArgumentParser
import Operator

struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Ends pods and forgets other objects, and waits until they are gone.",
        usage: "swiftlet delete KIND NAME… | KIND/NAME… | KIND -l app=web | KIND --all | -f FILE"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var file: FileOption

    @OptionGroup var labels: SelectorOption

    @Argument(help: "KIND NAME…, KIND/NAME…, or KIND with -l or --all.")
    var targets: [String] = []

    @Flag(help: "All of the kind in the namespace.")
    var all = false

    @Option(help: ArgumentHelp("Seconds a pod gets to end by itself.", valueName: "seconds"))
    var gracePeriod: Int64?

    @Option(help: ArgumentHelp("How long to wait for the end.", valueName: "duration"))
    var timeout: String = "2m"

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            let seconds = Int(try Seconds(timeout, option: "--timeout").count)
            if let gracePeriod, !(0...86_400).contains(gracePeriod) {
                throw .usage("--grace-period must be 0 to 86400 seconds")
            }
            guard targets.isEmpty != (file.path == nil) else {
                throw .usage("say what to delete: KIND NAME, or -f FILE")
            }
            guard targets.isEmpty else {
                return try await session.delete(
                    try selections(),
                    graceSeconds: gracePeriod,
                    timeoutSeconds: seconds
                )
            }
            let keys = try file.manifest(namespace.namespace).objects.map(\.key)
            try await session.delete(
                keys.map {
                    Deletion(key: $0, graceSeconds: gracePeriod, timeoutSeconds: seconds)
                }
            )
        }
    }

    private func selections() throws(OperatorError) -> [Selection] {
        let selections = try Selection.read(
            targets,
            namespace: try namespace.chosen(),
            labels: try labels.chosen()
        )
        for selection in selections {
            switch selection.kind {
            case .pods, .configMaps, .secrets: break
            case .nodes: throw .usage("a node cannot be deleted: stop its swiftletd")
            case .events: throw .usage("events cannot be deleted: old ones go by themselves")
            case .images: throw .usage("say: swiftlet image remove IMAGE")
            }
            guard selection.names.isEmpty == (all || selection.labels != nil) else {
                throw .usage("which? swiftlet delete KIND NAME, KIND -l app=web, or KIND --all")
            }
        }
        return selections
    }
}
