import ArgumentParser
import Operator

struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Ends pods and forgets other objects, and waits until they are gone.",
        usage: "swiftlet delete KIND NAME… | swiftlet delete -f FILE"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var file: FileOption

    @Argument(help: "KIND NAME…, or KIND/NAME….")
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
            throw .usage("say what to delete: KIND NAME, or -f FILE")
        }
        let keys = named.isEmpty ? try file.manifest(namespace.namespace).objects.map(\.key) : named
        return keys.map {
            Deletion(key: $0, graceSeconds: gracePeriod, timeoutSeconds: seconds)
        }
    }

    private func names() throws(OperatorError) -> [ObjectKey] {
        guard let first = targets.first else { return [] }
        let kind = ResourceKind(first)
        let names = kind == nil ? targets : Array(targets.dropFirst())
        guard !names.isEmpty else { throw .usage("which? swiftlet delete \(first) NAME") }
        let place = try namespace.chosen()
        return try names.map { name throws(OperatorError) in
            let key = try ObjectKey(argument: name, kind: kind, namespace: place)
            switch key.kind {
            case .pods, .configMaps, .secrets: return key
            case .nodes: throw .usage("a node cannot be deleted: stop its swiftletd")
            case .events: throw .usage("events cannot be deleted: old ones go by themselves")
            case .images: throw .usage("say: swiftlet image remove \(key.name)")
            }
        }
    }
}
