import Documents
import KubeModel
import Synchronization
import Trust
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
    /// Signs manifests and requests; nil where nodes trust the broker.
    let signingKey: SigningKey?

    init(
        client: ControllerClient,
        topics: TopicSpelling,
        timeoutSeconds: Int,
        console: Console,
        signingKey: SigningKey? = nil
    ) {
        self.client = client
        self.topics = topics
        self.timeoutSeconds = timeoutSeconds
        self.console = console
        self.signingKey = signingKey
    }

    // Why so seldom: each look fetches what is retained again.
    var lookAgainMilliseconds: Int { 2_000 }

    func objects(
        _ kind: ResourceKind,
        in namespace: String?
    ) async throws(OperatorError) -> [Document] {
        switch kind {
        case .pods, .configMaps, .secrets:
            let below = "\(kind.plural)/\(namespace ?? "+")/+"
            let reported = kind == .pods ? try await retained("status/\(below)") : [:]
            let desired = try await retained("desired/\(below)")
            return Set(reported.keys).union(desired.keys)
                .sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
                .compactMap { Self.shown($0, desired[$0], reported[$0]) }
        case .nodes:
            try await remarkOnPresence()
            return try await messages("status/node").map { message throws(OperatorError) in
                try read(message)
            }
        case .images: return ImageSummary.images(of: try await objects(.nodes, in: nil))
        // Not retained: nobody but a listener at the time has them.
        case .events: return []
        }
    }

    func object(_ key: ObjectKey) async throws(OperatorError) -> Document? {
        guard key.kind.isDesired else {
            return try await objects(key.kind, in: key.namespace)
                .first { ObjectView($0).name == key.name }
        }
        let known = try await known(key)
        return Self.shown(key, known.desired, known.reported)
    }

    /// What is wanted and what is reported as the one object that people see.
    private static func shown(
        _ key: ObjectKey,
        _ desired: Document?,
        _ reported: Document?
    ) -> Document? {
        switch key.kind {
        case .pods: PodMerge.merge(desired: desired, reported: reported)
        case .secrets: desired.map { Secret.redacted($0) }
        case .configMaps, .nodes, .events, .images: desired
        }
    }

    func node() async throws(OperatorError) -> Document? { try await first("status/node") }

    func status() async throws(OperatorError) -> Document {
        var report = ObjectBuilder()
        report.set("node", topics.nodeName)
        let unknown: Document = ["state": "not known to the broker"]
        report.set("link", try await first("status/connection") ?? unknown)
        report.set("desired", try await first("status/desired"))
        let pods = try await objects(.pods, in: nil)
        var counts = ObjectBuilder()
        counts.set("desired", Int64(pods.count))
        let running = pods.count { $0["status"]?["phase"]?.string == "Running" }
        counts.set("running", Int64(running))
        report.set("pods", counts.document)
        return report.document
    }

    func usage() async throws(OperatorError) -> Document {
        // Why not sent: a metered link is not for numbers that are old when they arrive.
        throw .notThisWay(what: "usage does not travel", advice: "run `swiftlet top` on the node")
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
        let known = try await known(object.key)
        let step = try VersionStep(
            wanted: object.document,
            retained: known.desired,
            reported: known.reported,
            stored: try await stored(object.key),
            newUID: UniqueID.random(),
            now: console.now()
        )
        let answers = try await listen(object.key)
        // Why also when nothing changed: the broker may have lost it, and the node ignores news
        // that is old.
        let payload = step.object.json()
        try await publish(object.key, payload)
        _ = try await editManifest { edit in
            guard let address = Self.address(object.key) else { return }
            edit.list(
                address,
                uid: step.uid,
                resourceVersion: step.resourceVersion,
                payload: payload
            )
        }
        try await confirmed(by: answers, what: object.key.words) { answer, _ in
            guard object.key.kind == .pods else { return step.verdict(answer, about: object.key) }
            return step.verdict(answer, console)
        }
        return step.change
    }

    func delete(_ deletion: Deletion) async throws(OperatorError) {
        let known = try await known(deletion.key)
        let stored = try await stored(deletion.key)
        let living = known.reported.map { ObjectView($0) }
        let isGone = living?.isTrue(ConditionType.deleted) ?? false
        let tombstone = Tombstone(
            deletion,
            retained: known.desired,
            reported: isGone ? Optional.none : known.reported,
            stored: stored,
            now: console.now()
        )
        if let living, !isGone, Self.hasNeverBeen(living) {
            // The empty message makes the node forget its refusal; no pod is there to answer.
            _ = try await drop(deletion.key)
            return try await clear(deletion.key)
        }
        guard let tombstone else {
            // What is left of a deletion that nobody has waited for.
            if isGone { try await clear(deletion.key) }
            throw .notFound(kind: deletion.key.kind.singular, name: deletion.key.name)
        }
        let answers = try await listen(deletion.key)
        let isListed = try await drop(deletion.key)
        // What a manifest lists no more is gone; a tombstone would say nothing.
        if !isListed { try await publish(deletion.key, tombstone.payload) }
        var uid =
            (isGone ? Optional.none : living?.uid) ?? known.desired.flatMap { ObjectView($0).uid }
        while let other = try await ended(deletion, uid, answers) {
            uid = other
            let next = Tombstone(
                deletion,
                retained: known.desired,
                reported: Optional.none,
                stored: stored,
                uid: other,
                now: console.now()
            )
            if !isListed, let next { try await publish(deletion.key, next.payload) }
        }
        try await clear(deletion.key)
    }

    /// Waits until the node says that an object is gone; answers with the uid of another pod that it
    /// has under the name, which then has to go, too.
    private func ended(
        _ deletion: Deletion,
        _ uid: String?,
        _ answers: AsyncStream<InboundMessage>
    ) async throws(OperatorError) -> String? {
        let other = Mutex<String?>(nil)
        try await confirmed(
            by: answers,
            what: "the end of \(deletion.key.words)",
            seconds: deletion.timeoutSeconds
        ) { answer, _ in
            guard deletion.key.kind == .pods else {
                return StoredObject.find(deletion.key, in: answer) == nil ? .yes : .undecided
            }
            let isThis = uid == nil || answer.uid == uid
            if answer.isTrue(ConditionType.deleted) { return isThis ? .yes : .undecided }
            guard !isThis, let present = answer.uid else { return .undecided }
            other.withLock { $0 = present }
            return .yes
        }
        return other.withLock { $0 }
    }
}
