import ArgumentParser
import Operator

struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Ends pods, and waits until they are gone.",
        usage: "swiftlet delete pod NAME… | swiftlet delete -f FILE"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var file: FileOption

    @Argument(help: "pod NAME…, or pod/NAME….")
    var targets: [String] = []

    @Option(help: ArgumentHelp("Seconds a pod gets to end by itself.", valueName: "seconds"))
    var gracePeriod: Int64?

    @Option(help: ArgumentHelp("How long to wait for the end.", valueName: "duration"))
    var timeout: String = "2m"

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            try await session.delete(try deletions())
        }
    }

    private func deletions() throws(OperatorError) -> [Deletion] {
        let seconds = Int(try Seconds(timeout, option: "--timeout").count)
        if let gracePeriod, !(0...86_400).contains(gracePeriod) {
            throw .usage("--grace-period must be 0 to 86400 seconds")
        }
        let named = try names()
        guard named.isEmpty != (file.path == nil) else {
            throw .usage("say what to delete: pod NAME, or -f FILE")
        }
        let pods = named.isEmpty ? try file.manifest(namespace.namespace).objects.map(\.pod) : named
        return pods.map {
            Deletion(pod: $0, graceSeconds: gracePeriod, timeoutSeconds: seconds)
        }
    }

    private func names() throws(OperatorError) -> [PodName] {
        guard let first = targets.first else { return [] }
        let names =
            switch ResourceKind(first) {
            case .pods: Array(targets.dropFirst())
            case .nodes: throw .usage("a node cannot be deleted: stop its swiftletd")
            case nil: targets
            }
        let isBare = names.count == targets.count
        if isBare, let bare = names.first(where: { !$0.contains("/") }) {
            throw .usage("say what \(bare) is: swiftlet delete pod \(bare)")
        }
        guard !names.isEmpty else { throw .usage("which pod? swiftlet delete pod NAME") }
        return try names.map { name throws(OperatorError) in
            try PodName(argument: name, namespace: namespace.chosen())
        }
    }
}
