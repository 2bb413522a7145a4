import ControlAPI
import KubeModel
import Synchronization
import Uplink

/// One run of the operator's program: finds the way to the node, then carries the verb out.
public struct Session: Sendable {
    let reach: Reach
    let console: Console

    /// How long the broker gets for each of its answers, in seconds.
    static let brokerSeconds = 10

    /// A session that has not begun to connect.
    public init(reach: Reach, console: Console) {
        self.reach = reach
        self.console = console
    }

    /// Lists objects.
    public func get(
        _ selections: [Selection],
        _ listing: Listing
    ) async throws(OperatorError) {
        try await reading(asOne: true) { commands throws(OperatorError) in
            try await commands.get(selections, listing)
        }
    }

    /// Lists objects of one kind, and then what changes.
    public func watch(
        _ selections: [Selection],
        _ listing: Listing
    ) async throws(OperatorError) {
        guard let only = selections.first, selections.count == 1 else {
            throw .usage("-w watches one kind: name one of them")
        }
        try await reading(asOne: true) { commands throws(OperatorError) in
            try await commands.watch(only, listing)
        }
    }

    /// Says what the pods of a namespace, or of all, use now.
    public func topPods(namespace: String?) async throws(OperatorError) {
        try await reading { commands throws(OperatorError) in
            try await commands.topPods(namespace: namespace)
        }
    }

    /// Says what the node uses now.
    public func topNode() async throws(OperatorError) {
        try await reading { commands throws(OperatorError) in try await commands.topNode() }
    }

    /// Waits until objects are as wanted.
    public func wait(
        for goal: WaitGoal,
        _ selections: [Selection],
        timeoutSeconds: Int64
    ) async throws(OperatorError) {
        try await reading { commands throws(OperatorError) in
            try await commands.wait(for: goal, selections, timeoutSeconds: timeoutSeconds)
        }
    }

    /// Shows what an apply would change, and answers whether anything would.
    public func diff(_ file: ManifestFile) async throws(OperatorError) -> Bool {
        let differs = Mutex(false)
        try await reading { commands throws(OperatorError) in
            let answer = try await commands.diff(file)
            differs.withLock { $0 = answer }
        }
        return differs.withLock { $0 }
    }

    /// Says everything about one object.
    public func describe(_ key: ObjectKey) async throws(OperatorError) {
        try await reading { commands throws(OperatorError) in try await commands.describe(key) }
    }

    /// Writes a container's log.
    public func logs(_ question: LogQuestion) async throws(OperatorError) {
        try await reading { commands throws(OperatorError) in try await commands.logs(question) }
    }

    /// Says how the daemon is.
    public func status(format: OutputFormat) async throws(OperatorError) {
        try await reading { commands throws(OperatorError) in
            try await commands.status(format: format)
        }
    }

    /// Makes the node want the objects of a file.
    public func apply(_ file: ManifestFile, timeoutSeconds: Int) async throws(OperatorError) {
        try await changing(timeoutSeconds) { commands throws(OperatorError) in
            try await commands.apply(file)
        }
    }

    /// Stops containers and starts them again.
    public func restart(_ pod: PodName, container: String?) async throws(OperatorError) {
        try await changing(Self.brokerSeconds) { commands throws(OperatorError) in
            try await commands.restart(pod, container: container)
        }
    }

    /// Ends pods, and forgets other objects.
    public func delete(_ deletions: [Deletion]) async throws(OperatorError) {
        try await changing(Self.brokerSeconds) { commands throws(OperatorError) in
            try await commands.delete(deletions)
        }
    }

    /// Ends pods, and forgets other objects, by name or by their labels.
    public func delete(
        _ selections: [Selection],
        graceSeconds: Int64?,
        timeoutSeconds: Int
    ) async throws(OperatorError) {
        try await changing(Self.brokerSeconds) { commands throws(OperatorError) in
            let keys = try await commands.keys(of: selections)
            try await commands.delete(
                keys.map {
                    Deletion(key: $0, graceSeconds: graceSeconds, timeoutSeconds: timeoutSeconds)
                }
            )
        }
    }

    /// Signs what the broker holds for a node: from now on its manifest lists exactly that.
    public func sign(timeoutSeconds: Int) async throws(OperatorError) {
        guard let configuration = reach.broker, reach.signingKey != nil else {
            throw .usage("sign over the broker needs --broker, --node and --signing-key")
        }
        try await eachNode(timeoutSeconds, configuration) {
            access,
            console throws(OperatorError) in
            let manifest = try await access.signEverything()
            let count = manifest.items.count
            for item in manifest.items {
                let kind = item.address.kind.rawValue.lowercased()
                console.line("\(kind)/\(item.address.name)")
            }
            console.line(
                "manifest \(manifest.epoch)/\(manifest.generation) signed: \(count) objects"
            )
        }
    }

    typealias Verb = (Commands) async throws(OperatorError) -> Void

    /// Asks the daemon, and its files when it is not running.
    private func reading(asOne: Bool = false, _ verb: Verb) async throws(OperatorError) {
        guard reach.broker == nil else {
            return try await overBroker(Self.brokerSeconds, asOne: asOne, verb)
        }
        do throws(OperatorError) {
            try await overSocket(verb)
        } catch .control(let error) where error.isNotRunning {
            let database = try DatabaseAccess(reach: reach, reason: error, console: console)
            try await verb(Commands(access: database, console: console))
        }
    }

    private func changing(_ timeoutSeconds: Int, _ verb: Verb) async throws(OperatorError) {
        guard reach.broker == nil else { return try await overBroker(timeoutSeconds, verb) }
        try await overSocket(verb)
    }

    private func overSocket(_ verb: Verb) async throws(OperatorError) {
        let access = SocketAccess(path: reach.socketPath, console: console)
        try await verb(Commands(access: access, console: console))
    }
}
