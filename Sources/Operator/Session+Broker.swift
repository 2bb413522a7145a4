import Uplink

// The way over the broker: one connection, and one node or all of them.

extension Session {
    /// Carries a verb out on the node, or on all; `asOne`: once, on all as if they were one.
    func overBroker(
        _ timeoutSeconds: Int,
        asOne: Bool = false,
        _ verb: Verb
    ) async throws(OperatorError) {
        guard let configuration = reach.broker else { return }
        guard asOne, reach.isForAllNodes else {
            return try await eachNode(timeoutSeconds, configuration) {
                access,
                console throws(OperatorError) in
                try await verb(Commands(access: access, console: console))
            }
        }
        try await withClient(configuration) { client throws(OperatorError) in
            let names = try await Self.nodeNames(client, configuration.prefix)
            let nodes = names.map {
                ($0, access(client, configuration, $0, timeoutSeconds, console.named($0)))
            }
            try await verb(Commands(access: FleetAccess(nodes: nodes), console: console))
        }
    }

    /// Does something on the node, or on each: one that fails does not keep the others from it.
    func eachNode(
        _ timeoutSeconds: Int,
        _ configuration: UplinkConfiguration,
        _ body: (BrokerAccess, Console) async throws(OperatorError) -> Void
    ) async throws(OperatorError) {
        try await withClient(configuration) { client throws(OperatorError) in
            guard reach.isForAllNodes else {
                let name = configuration.nodeName
                let access = access(client, configuration, name, timeoutSeconds, console)
                return try await body(access, console)
            }
            let names = try await Self.nodeNames(client, configuration.prefix)
            var last: OperatorError?
            for name in names {
                let console = console.named(name)
                let access = access(client, configuration, name, timeoutSeconds, console)
                do throws(OperatorError) { try await body(access, console) } catch {
                    console.remark("error: \(error)")
                    last = error
                }
            }
            if let last { throw .someFailed(last.exitCode, nodeCount: names.count) }
        }
    }

    private func withClient(
        _ configuration: UplinkConfiguration,
        _ body: (ControllerClient) async throws(OperatorError) -> Void
    ) async throws(OperatorError) {
        let client = ControllerClient(configuration: configuration)
        do throws(UplinkError) {
            try await client.connect(timeoutSeconds: Self.brokerSeconds)
        } catch {
            throw .broker(error)
        }
        do throws(OperatorError) {
            try await body(client)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }

    private func access(
        _ client: ControllerClient,
        _ configuration: UplinkConfiguration,
        _ nodeName: String,
        _ timeoutSeconds: Int,
        _ console: Console
    ) -> BrokerAccess {
        BrokerAccess(
            client: client,
            topics: TopicSpelling(prefix: configuration.prefix, nodeName: nodeName),
            timeoutSeconds: timeoutSeconds,
            console: console,
            signingKey: reach.signingKey
        )
    }

    /// The nodes that have ever been at the broker, by name.
    private static func nodeNames(
        _ client: ControllerClient,
        _ prefix: String
    ) async throws(OperatorError) -> [String] {
        let suffix = "/" + TopicName.connection.path
        let names: [String]
        do throws(UplinkError) {
            names = try await client.retained("\(prefix)/+\(suffix)", timeoutSeconds: brokerSeconds)
                .filter { $0.topic.hasPrefix(prefix + "/") && $0.topic.hasSuffix(suffix) }
                .map { String($0.topic.dropFirst(prefix.count + 1).dropLast(suffix.count)) }
                .filter(TopicName.isNamespace)
        } catch {
            throw .broker(error)
        }
        guard !names.isEmpty else {
            throw .notFound(kind: "node", name: "any below \(prefix)")
        }
        return names
    }
}
