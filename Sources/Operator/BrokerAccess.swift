import Documents
import Uplink

/// Reaches a node through its broker, as the controller of the contract.
///
/// It reads what is retained (what is wanted, what is reported) and publishes what is wanted; the
/// node may be away meanwhile.
struct BrokerAccess: NodeAccess {
    private let client: ControllerClient
    private let topics: TopicSpelling
    private let console: Console
    private let timeoutSeconds: Int

    init(
        client: ControllerClient,
        topics: TopicSpelling,
        timeoutSeconds: Int,
        console: Console
    ) {
        self.client = client
        self.topics = topics
        self.timeoutSeconds = timeoutSeconds
        self.console = console
    }

    func pods(in namespace: String?) async throws(OperatorError) -> [Document] {
        let namespace = namespace ?? "+"
        let reported = try await retained("status/pods/\(namespace)/+")
        let desired = try await retained("desired/pods/\(namespace)/+")
        let names = Set(reported.keys).union(desired.keys)
        return names.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
            .compactMap { PodMerge.merge(desired: desired[$0], reported: reported[$0]) }
    }

    func pod(_ name: PodName) async throws(OperatorError) -> Document? {
        let known = try await known(name)
        return PodMerge.merge(desired: known.desired, reported: known.reported)
    }

    func nodes() async throws(OperatorError) -> [Document] {
        try await remarkOnPresence()
        return try await messages("status/node").map { message throws(OperatorError) in
            try read(message)
        }
    }

    func events(about name: PodName) async throws(OperatorError) -> [Document] {
        []  // Events are not retained: nobody but a listener at the time has them.
    }

    func status() async throws(OperatorError) -> Document {
        var report = ObjectBuilder()
        report.set("node", topics.nodeName)
        for path in ["connection", "desired"] {
            let message = try await messages("status/\(path)").first
            report.set(path, try message.map { message throws(OperatorError) in try read(message) })
        }
        let pods = try await pods(in: nil)
        var counts = ObjectBuilder()
        counts.set("desired", Int64(pods.count))
        let running = pods.count { $0["status"]?["phase"]?.string == "Running" }
        counts.set("running", Int64(running))
        report.set("pods", counts.document)
        return report.document
    }

    func log(
        _ question: LogQuestion,
        sink: @escaping @Sendable ([UInt8]) async -> Bool
    ) async throws(OperatorError) {
        throw .notThisWay(
            what: "logs over the broker are not available in this version",
            advice: "run `swiftlet logs \(question.pod.name)` on the node"
        )
    }

    func apply(_ object: ManifestObject) async throws(OperatorError) -> AppliedChange {
        let known = try await known(object.pod)
        let step = try VersionStep(
            wanted: object.document,
            retained: known.desired,
            reported: known.reported,
            newUID: UniqueID.random(),
            now: console.now()
        )
        let answers = try await listen(object.pod)
        // Why also when nothing changed: the broker may have lost it, and the node ignores news
        // that is old.
        try await publish(object.pod, step.object.json())
        try await confirmed(object.pod, by: answers, what: "pod \(object.pod.name)") { answer in
            guard answer.uid == step.uid, answer.resourceVersion == step.resourceVersion,
                let accepted = answer.condition(ConditionType.accepted)
            else { return .undecided }
            if accepted["status"]?.string == "True" { return .yes }
            let reason = accepted["reason"]?.string ?? "Refused"
            return .no(reason + ": " + (accepted["message"]?.string ?? "the node gave no message"))
        }
        return step.change
    }

    func delete(_ deletion: Deletion) async throws(OperatorError) {
        let known = try await known(deletion.pod)
        let living = known.reported.map { ObjectView($0) }
        let isGone = living?.isTrue(ConditionType.deleted) ?? false
        let tombstone = Tombstone(
            deletion,
            retained: known.desired,
            reported: isGone ? Optional.none : known.reported,
            now: console.now()
        )
        guard let tombstone else {
            // What is left of a deletion that nobody has waited for.
            if isGone { try await clear(deletion.pod) }
            throw .notFound(kind: "pod", name: deletion.pod.name)
        }
        let uid = living?.uid ?? known.desired.flatMap { ObjectView($0).uid }
        let answers = try await listen(deletion.pod)
        try await publish(deletion.pod, tombstone.payload)
        let what = "the end of pod \(deletion.pod.name)"
        let seconds = deletion.timeoutSeconds
        try await confirmed(deletion.pod, by: answers, what: what, seconds: seconds) { answer in
            guard uid == nil || answer.uid == uid else { return .undecided }
            return answer.isTrue(ConditionType.deleted) ? .yes : .undecided
        }
        try await clear(deletion.pod)
    }
}

extension BrokerAccess {
    /// What one status says about the question.
    fileprivate enum Verdict {
        case undecided
        case yes
        case no(String)
    }

    /// Waits for a status that decides.
    private func confirmed(
        _ pod: PodName,
        by answers: AsyncStream<InboundMessage>,
        what: String,
        seconds: Int? = nil,
        _ judge: @escaping @Sendable (ObjectView) -> Verdict
    ) async throws(OperatorError) {
        let seconds = seconds ?? timeoutSeconds
        let verdict = await firstValue(withinSeconds: seconds) {
            for await message in answers {
                guard let document = try? Document(json: message.payload) else { continue }
                let verdict = judge(ObjectView(document))
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

    private func listen(_ pod: PodName) async throws(OperatorError) -> AsyncStream<InboundMessage> {
        do {
            return try await client.messages(topics.status(pod), timeoutSeconds: timeoutSeconds)
        } catch {
            throw .broker(error)
        }
    }

    private func publish(_ pod: PodName, _ payload: [UInt8]) async throws(OperatorError) {
        try await publish(topics.desired(pod), payload)
    }

    private func publish(_ topic: String, _ payload: [UInt8]) async throws(OperatorError) {
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

    private func clear(_ pod: PodName) async throws(OperatorError) {
        try await publish(topics.desired(pod), [])
        try await publish(topics.status(pod), [])
    }

    private func known(
        _ pod: PodName
    ) async throws(OperatorError) -> (desired: Document?, reported: Document?) {
        let suffix = "pods/\(pod.namespace)/\(pod.name)"
        return (
            try await retained("desired/" + suffix)[pod],
            try await retained("status/" + suffix)[pod]
        )
    }

    private func messages(_ path: String) async throws(OperatorError) -> [InboundMessage] {
        do {
            return try await client.retained(topics.topic(path), timeoutSeconds: timeoutSeconds)
                .filter { !$0.payload.isEmpty }
        } catch {
            throw .broker(error)
        }
    }

    private func retained(_ path: String) async throws(OperatorError) -> [PodName: Document] {
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

    private func named(_ pod: PodName) -> Document {
        [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": .string(pod.name), "namespace": .string(pod.namespace)],
        ]
    }

    private func read(_ message: InboundMessage) throws(OperatorError) -> Document {
        do throws(DocumentError) {
            return try Document(json: message.payload)
        } catch {
            throw .unreadable(source: message.topic, message: "it is not JSON: \(error)")
        }
    }

    /// A sentence about where the node is, for somebody who waits for it in vain.
    private func presence() async -> String {
        let message = try? await messages("status/connection").first
        let document = message.flatMap { try? Document(json: $0.payload) }
        let since = document?["since"]?.string.map { " since \(Printable.cell($0))" } ?? ""
        return switch document?["state"]?.string {
        case "online": "the node is online\(since): look at the log of its swiftletd"
        case "offline", "stopped":
            "the node is \(document?["state"]?.string ?? "away")\(since); it acts when it is back"
        case _: "the broker knows no node \"\(topics.nodeName)\": check --node"
        }
    }

    private func remarkOnPresence() async throws(OperatorError) {
        let message = try await messages("status/connection").first
        let document = try message.map { message throws(OperatorError) in try read(message) }
        let state = document?["state"]?.string ?? "not known to the broker"
        guard state != "online" else { return }
        let since = document?["since"]?.string.map { " since \(Printable.cell($0))" } ?? ""
        console.remark(
            "note: node \(topics.nodeName) is \(Printable.cell(state))\(since); "
                + "this is what it reported last"
        )
    }
}

/// How the contract's topics of one node are written.
struct TopicSpelling: Equatable, Sendable {
    var prefix: String
    var nodeName: String

    /// A whole topic or filter from the part below the node.
    func topic(_ path: String) -> String { "\(prefix)/\(nodeName)/\(path)" }

    func desired(_ pod: PodName) -> String {
        topic("desired/pods/\(pod.namespace)/\(pod.name)")
    }

    func status(_ pod: PodName) -> String {
        topic("status/pods/\(pod.namespace)/\(pod.name)")
    }
}
