import Documents
import KubeModel
import Uplink

// What the verbs over the broker are made of: reading what is retained, publishing, waiting.

extension BrokerAccess {
    /// Waits for a status that decides; `judge` also gets the message, which may be an old one.
    func confirmed(
        by answers: AsyncStream<InboundMessage>,
        what: String,
        seconds: Int? = nil,
        _ judge: @escaping @Sendable (ObjectView, InboundMessage) -> BrokerVerdict
    ) async throws(OperatorError) {
        let seconds = seconds ?? timeoutSeconds
        let verdict = await firstValue(withinSeconds: seconds) {
            for await message in answers {
                guard let document = try? Document(json: message.payload) else { continue }
                let verdict = judge(ObjectView(document), message)
                if case .undecided = verdict { continue }
                return verdict
            }
            return nil
        }
        switch verdict {
        case .yes: return
        case .no(let message): throw .refused(what: what, message: Printable.cell(message))
        case .undecided, nil:
            throw .unanswered(what: what, seconds: seconds, advice: await presence())
        }
    }

    /// Where the contract has an object.
    static func address(_ key: ObjectKey) -> DesiredObject.Address? {
        guard let kind = key.kind.objectKind,
            let name = try? ObjectName(namespace: key.namespace, name: key.name)
        else { return nil }
        return .init(kind: kind, name: name)
    }

    func listen(_ key: ObjectKey) async throws(OperatorError) -> AsyncStream<InboundMessage> {
        do {
            return try await client.messages(topics.answer(key), timeoutSeconds: timeoutSeconds)
        } catch {
            throw .broker(error)
        }
    }

    func publish(_ key: ObjectKey, _ payload: [UInt8]) async throws(OperatorError) {
        try await publish(topics.desired(key), payload)
    }

    func publish(_ topic: String, _ payload: [UInt8]) async throws(OperatorError) {
        do {
            try await client.publish(
                topic,
                payload: payload,
                retain: true,
                timeoutSeconds: timeoutSeconds
            )
        } catch {
            throw .broker(error)
        }
    }

    func clear(_ key: ObjectKey) async throws(OperatorError) {
        try await publish(topics.desired(key), [])
        // The other kinds share one topic, which is the node's.
        if key.kind == .pods { try await publish(topics.answer(key), []) }
    }

    func known(
        _ key: ObjectKey
    ) async throws(OperatorError) -> (desired: Document?, reported: Document?) {
        let suffix = "\(key.kind.plural)/\(key.namespace)/\(key.name)"
        let desired = try await retained("desired/" + suffix)[key]
        guard key.kind == .pods else { return (desired, Optional.none) }
        return (desired, try await retained("status/" + suffix)[key])
    }

    /// The object's entry in the node's inventory, for whoever is about to publish its next version.
    func stored(_ key: ObjectKey) async throws(OperatorError) -> Document? {
        // Why an unreadable one is no error: the node writes it anew with its next change.
        guard let message = try await messages("status/desired").first,
            let inventory = try? read(message)
        else { return nil }
        return StoredObject.find(key, in: ObjectView(inventory))
    }

    func messages(_ path: String) async throws(OperatorError) -> [InboundMessage] {
        do {
            return try await client.retained(topics.topic(path), timeoutSeconds: timeoutSeconds)
                .filter { !$0.payload.isEmpty }
        } catch {
            throw .broker(error)
        }
    }

    func retained(_ path: String) async throws(OperatorError) -> [ObjectKey: Document] {
        var documents: [ObjectKey: Document] = [:]
        for message in try await messages(path) {
            guard let key = message.name.flatMap(ObjectKey.init(topic:)) else { continue }
            // Why an unreadable one is no error: it is shown by its name, and can be replaced.
            documents[key] = (try? read(message)) ?? named(key)
        }
        return documents
    }

    private func named(_ key: ObjectKey) -> Document {
        [
            "apiVersion": "v1", "kind": .string(key.kind.objectKind?.rawValue ?? ""),
            "metadata": ["name": .string(key.name), "namespace": .string(key.namespace)],
        ]
    }

    /// Whether the node has refused the object, and has no pod of that name.
    static func hasNeverBeen(_ report: ObjectView) -> Bool {
        let containers = report.status?["containerStatuses"]?.array ?? []
        return report.condition(ConditionType.accepted)?["status"]?.string == "False"
            && containers.isEmpty && report.status?["startTime"] == nil
    }

    func first(_ path: String) async throws(OperatorError) -> Document? {
        guard let message = try await messages(path).first else { return Optional.none }
        return try read(message)
    }

    func read(_ message: InboundMessage) throws(OperatorError) -> Document {
        do throws(DocumentError) {
            return try Document(json: message.payload)
        } catch {
            throw .unreadable(source: message.topic, message: "it is not JSON: \(error)")
        }
    }

    /// A sentence about where the node is, for somebody who waits for it in vain.
    func presence() async -> String {
        let document = (try? await first("status/connection")) ?? Optional.none
        let since = document?["since"]?.string.map { " since \(Printable.cell($0))" } ?? ""
        return switch document?["state"]?.string {
        case "online": "the node is online\(since): look at the log of its swiftletd"
        case "offline", "stopped":
            "the node is \(document?["state"]?.string ?? "away")\(since); it acts when it is back"
        case _: "the broker knows no node \"\(topics.nodeName)\": check --node"
        }
    }

    func remarkOnPresence() async throws(OperatorError) {
        let document = try await first("status/connection")
        let state = document?["state"]?.string ?? "not known to the broker"
        guard state != "online" else { return }
        let since = document?["since"]?.string.map { " since \(Printable.cell($0))" } ?? ""
        console.remark(
            "note: node \(topics.nodeName) is \(Printable.cell(state))\(since); "
                + "this is what it reported last"
        )
    }
}
