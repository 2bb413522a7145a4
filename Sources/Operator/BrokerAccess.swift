import Documents
import KubeModel
import Uplink

/// Reaches a node through its broker, as the controller of the contract.
///
/// It reads what is retained (what is wanted, what is reported) and publishes what is wanted; the
/// node may be away meanwhile.
struct BrokerAccess: NodeAccess {
    let client: ControllerClient
    let topics: TopicSpelling
    let console: Console
    let timeoutSeconds: Int

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
        let unknown: Document = ["state": "not known to the broker"]
        report.set("link", try await first("status/connection") ?? unknown)
        report.set("desired", try await first("status/desired"))
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
        var reading = RemoteLog(question)
        while true {
            let parts = try await ask(.logs(reading.request))
            reading.begin()
            while !reading.isAtEnd {
                let what = "the log of \(question.pod.name)"
                let part = try await next(of: parts.stream, what: what, seconds: reading.patience)
                let bytes = try reading.take(part)
                if !bytes.isEmpty, await !sink(bytes) {
                    // Nobody reads any more; the node should not go on for the rest of a minute.
                    _ = try? await ask(.cancel(request: parts.id))
                    return
                }
            }
            if let remark = reading.remark { console.remark(remark) }
            guard reading.goesOn else { return }
        }
    }

    func restart(
        _ pod: PodName,
        container: String?
    ) async throws(OperatorError) -> [String] {
        let target = NodeRequest.PodTarget(
            namespace: pod.namespace,
            pod: pod.name,
            container: container
        )
        let what = "the restart of \(pod.name)"
        let parts = try await ask(.restart(target))
        let part = try await next(of: parts.stream, what: what, seconds: timeoutSeconds)
        if let failure = part.error { throw OperatorError(failure, pod: pod, what: what) }
        return part.result?["restarted"]?.array?.compactMap(\.string) ?? []
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
        let payload = step.object.json()
        try await publish(object.pod, payload)
        _ = try await editManifest { edit in
            guard let address = Self.address(object.pod) else { return }
            edit.list(
                address,
                uid: step.uid,
                resourceVersion: step.resourceVersion,
                payload: payload
            )
        }
        try await confirmed(by: answers, what: "pod \(object.pod.name)") { answer, _ in
            guard answer.uid == step.uid, answer.resourceVersion == step.resourceVersion,
                let accepted = answer.condition(ConditionType.accepted)
            else { return .undecided }
            if accepted["status"]?.string == "True" {
                if let remark = accepted["message"]?.string { console.remark("note: \(remark)") }
                return .yes
            }
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
        if let living, !isGone, Self.hasNeverBeen(living) {
            // The empty message makes the node forget its refusal; no pod is there to answer.
            _ = try await drop(deletion.pod)
            return try await clear(deletion.pod)
        }
        guard let tombstone else {
            // What is left of a deletion that nobody has waited for.
            if isGone { try await clear(deletion.pod) }
            throw .notFound(kind: "pod", name: deletion.pod.name)
        }
        let uid = living?.uid ?? known.desired.flatMap { ObjectView($0).uid }
        let answers = try await listen(deletion.pod)
        let isListed = try await drop(deletion.pod)
        // What a manifest lists no more is gone; a tombstone would say nothing.
        if !isListed { try await publish(deletion.pod, tombstone.payload) }
        let what = "the end of pod \(deletion.pod.name)"
        let seconds = deletion.timeoutSeconds
        try await confirmed(by: answers, what: what, seconds: seconds) { answer, _ in
            guard uid == nil || answer.uid == uid else { return .undecided }
            return answer.isTrue(ConditionType.deleted) ? .yes : .undecided
        }
        try await clear(deletion.pod)
    }
}
