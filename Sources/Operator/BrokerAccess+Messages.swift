import Documents
import KubeModel
import Uplink

// What the verbs over the broker are made of: reading what is retained, publishing, waiting.

extension BrokerAccess {
    /// What one status says about the question.
    enum Verdict {
        case undecided
        case yes
        case no(String)
    }

    /// Waits for a status that decides; `judge` also gets the message, which may be an old one.
    func confirmed(
        by answers: AsyncStream<InboundMessage>,
        what: String,
        seconds: Int? = nil,
        _ judge: @escaping @Sendable (ObjectView, InboundMessage) -> Verdict
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

    /// Where the contract has a pod.
    static func address(_ pod: PodName) -> DesiredObject.Address? {
        let name = try? ObjectName(namespace: pod.namespace, name: pod.name)
        return name.map { .init(kind: .pod, name: $0) }
    }

    func listen(_ pod: PodName) async throws(OperatorError) -> AsyncStream<InboundMessage> {
        do {
            return try await client.messages(topics.status(pod), timeoutSeconds: timeoutSeconds)
        } catch {
            throw .broker(error)
        }
    }

    func publish(_ pod: PodName, _ payload: [UInt8]) async throws(OperatorError) {
        try await publish(topics.desired(pod), payload)
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

    func clear(_ pod: PodName) async throws(OperatorError) {
        try await publish(topics.desired(pod), [])
        try await publish(topics.status(pod), [])
    }

    func known(
        _ pod: PodName
    ) async throws(OperatorError) -> (desired: Document?, reported: Document?) {
        let suffix = "pods/\(pod.namespace)/\(pod.name)"
        return (
            try await retained("desired/" + suffix)[pod],
            try await retained("status/" + suffix)[pod]
        )
    }

    func messages(_ path: String) async throws(OperatorError) -> [InboundMessage] {
        do {
            return try await client.retained(topics.topic(path), timeoutSeconds: timeoutSeconds)
                .filter { !$0.payload.isEmpty }
        } catch {
            throw .broker(error)
        }
    }

    func retained(_ path: String) async throws(OperatorError) -> [PodName: Document] {
        var documents: [PodName: Document] = [:]
        for message in try await messages(path) {
            switch message.name {
            case .desired(.pods, let namespace, let name), .podStatus(let namespace, let name):
                let pod = PodName(namespace: namespace, name: name)
                // Why an unreadable one is no error: it is shown by its name, and can be replaced.
                documents[pod] = (try? read(message)) ?? named(pod)
            default: continue
            }
        }
        return documents
    }

    func named(_ pod: PodName) -> Document {
        [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": .string(pod.name), "namespace": .string(pod.namespace)],
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
