public import Documents
internal import Host
internal import Images
internal import KubeModel
internal import Lifecycle
internal import StateStore

extension Supervisor {
    // Why: the report names every pod, and a controller that sends many at once rings for each.
    private static let reportAgainNanoseconds: Int64 = 2_000_000_000

    /// Says upstream what is stored: at once, but not again within two seconds.
    func publishDesiredSoon() async {
        let now = clock().monotonicNanoseconds
        let next = (reportedAt ?? .min).addingReportingOverflow(Self.reportAgainNanoseconds)
        guard reportedAt == nil || next.overflow || next.partialValue <= now else {
            return timers.set(.report, at: next.partialValue)
        }
        reportedAt = now
        timers.set(.report, at: nil)
        await publishDesired()
    }

    /// Says upstream what is stored, names and versions only.
    func publishDesired() async {
        do throws(StoreError) {
            let document = try await store.desiredReport().document
            try await store.enqueue(
                OutboxMessage(topic: "status/desired", payload: document.json())
            )
        } catch {
            note(error: error.description, reason: "DatabaseFailed")
        }
    }

    /// Measures the machine and says upstream how it is.
    public func publishNode() async {
        do throws(StoreError) {
            try await store.enqueue(
                OutboxMessage(topic: "status/node", payload: await nodeDocument().json())
            )
        } catch {
            note(error: error.description, reason: "DatabaseFailed")
        }
    }

    /// Says upstream when the clock was set, which is some time after the boot.
    func noteClock() {
        let isSet = clock().wall >= .believableMin
        defer { isClockSet = isSet }
        if let isClockSet, isClockSet != isSet { effects.append(.publishNode) }
    }

    /// This machine as a v1.Node.
    public func nodeDocument() async -> Document {
        let facts = await workshop.run { [configuration] () -> NodeFacts in
            NodeFacts(configuration: configuration)
        }
        let standard = NodeConditions.standard(
            eviction.pressures,
            isShuttingDown: shutdown != nil
        )
        var conditions = await knownConditions()
        let now = clock().wall
        let all = standard + facts.sandboxConditions + [NodeConditions.clock(now)]
        if conditions.update(all, at: now) {
            do throws(StoreError) {
                try await store.setValue(conditions.record, for: Self.conditionsKey)
            } catch {
                note(error: error.description, reason: "DatabaseFailed")
            }
        }
        self.conditions = conditions
        return facts.node(
            conditions: conditions.conditions,
            taints: configuration.node.taints + pressureTaints
        ).document
    }

    /// Measures what there is, so that only pods that fit are taken.
    func prepareAdmission() async {
        let facts = await workshop.run { [configuration] () -> NodeFacts in
            NodeFacts(configuration: configuration)
        }
        node.admission = NodeAdmission(
            allocatable: facts.allocatable,
            podCountMax: configuration.node.podCountMax,
            labels: facts.labels,
            taints: configuration.node.taints
        )
    }

    private static let conditionsKey = "node.conditions"

    private func knownConditions() async -> NodeConditions {
        if let conditions { return conditions }
        let record = (try? await store.value(Self.conditionsKey)) ?? nil
        return conditions ?? NodeConditions(record: record ?? "")
    }

    // What a controller of Kubernetes would put on a node that runs short.
    private var pressureTaints: [Taint] {
        eviction.pressures.sorted { $0.rawValue < $1.rawValue }
            .map { Taint(key: $0.taintKey, effect: "NoSchedule") }
    }

    /// The link to the broker has changed.
    public func linkChanged(state: String, detail: String) {
        if state == "online" { networkReturned() }
        linkPhase = (state, detail, clock())
    }

    /// The daemon's account of itself.
    public func statusDocument() async -> Document {
        var link = ObjectBuilder()
        link.set("state", linkPhase?.state ?? "not configured")
        link.set("since", linkPhase?.since.wall.rfc3339)
        link.set("message", linkPhase.flatMap { $0.detail.isEmpty ? nil : $0.detail })
        let pods = node.pods.values
        let running = pods.count { $0.status.phase == .running }
        let due = (try? await store.dueCount()) ?? 0
        let pulls = await desk.pulls().map { reference, progress in
            let image = Document.Member(name: "image", value: .string(reference))
            return Document.object([image] + (progress?.document.members ?? []))
        }
        return [
            "kind": "SwiftletStatus", "apiVersion": "swiftlet.dev/v1",
            "node": .string(configuration.nodeName), "version": .string(configuration.version),
            "bootID": .string(configuration.bootID), "link": link.document,
            "pods": [
                "desired": .integer(Int64(wantedUIDs.count)), "running": .integer(Int64(running)),
            ],
            "outbox": ["due": .integer(due)], "pulls": .array(pulls),
            "lastErrors": recentErrors.document,
        ]
    }

    /// All pods as v1 objects, by namespace and name; those of one namespace only, if one is given.
    public func podDocuments(namespace: String? = nil) -> [Document] {
        node.pods.values
            .filter { namespace == nil || $0.pod.metadata.namespace == namespace }
            .sorted { ($0.nameKey, $0.uid) < ($1.nameKey, $1.uid) }
            .filter(speaks)
            .map(document)
    }

    /// One pod; nil where there is none.
    public func podDocument(namespace: String, name: String) -> Document? {
        pod(namespace: namespace, name: name).map(document)
    }

    /// The pod of a name that is wanted, else one that is still ending.
    func pod(namespace: String, name: String) -> PodLifecycle? {
        let key = Self.key(namespace, name)
        if let uid = wantedUIDs[key], let pod = node.pods[uid] { return pod }
        return node.pods.values.first { $0.nameKey == key }
    }

    private func document(_ pod: PodLifecycle) -> Document {
        var whole = pod.pod
        whole.spec.nodeName = configuration.nodeName
        whole.status = report(of: pod).status
        return whole.document
    }

    /// Where the log of a container lies, and whether it still grows.
    public struct LogPlace: Equatable, Sendable {
        /// The file.
        public var path: String
        /// The pod that the container belongs to.
        public var uid: String
        /// The container.
        public var container: String
        /// The run that the log is of.
        public var attempt: Int64
        let instanceFile: String
        let exitRecord: String

        /// Whether nobody writes into it any more; looks at the files of the run.
        public var hasEnded: Bool {
            FileTree.isFile(exitRecord)
                || FileTree.isFile(instanceFile) && !InstanceLock.isHeld(instanceFile)
        }
    }

    /// Why there is no log.
    public enum LogProblem: Error, Equatable, Sendable {
        /// There is no such pod.
        case noPod
        /// The pod has no such container, or several and none was named; these are there.
        case noContainer([String])
        /// The container has not run, or not before.
        case noRun
    }

    /// Finds a container's log; the last run's, or the one's before.
    public func logPlace(
        namespace: String,
        name: String,
        container wanted: String?,
        isPrevious: Bool
    ) throws(LogProblem) -> LogPlace {
        guard let pod = pod(namespace: namespace, name: name) else { throw .noPod }
        let names = pod.pod.spec.containers.map(\.name)
        let all = names + pod.pod.spec.initContainers.map(\.name)
        guard let chosen = wanted ?? (names.count == 1 ? names.first : nil), all.contains(chosen),
            let container = pod.container(chosen)
        else { throw .noContainer(all) }
        let attempt = container.attempt - (isPrevious ? 1 : 0)
        guard attempt > 0 else { throw .noRun }
        let logs = configuration.layout.podLogs(namespace: namespace, name: name, uid: pod.uid)
        let instance = Instance(uid: pod.uid, container: chosen, attempt: attempt)
        return LogPlace(
            path: configuration.layout.log(logs, chosen, attempt: attempt),
            uid: pod.uid,
            container: chosen,
            attempt: attempt,
            instanceFile: configuration.layout.instanceFile(instance),
            exitRecord: configuration.layout.exitRecord(instance)
        )
    }
}

extension Supervisor {
    /// Remembers what went wrong elsewhere in the daemon, for `swiftlet status`.
    public func complain(
        _ message: String,
        reason: String,
        namespace: String? = nil,
        name: String? = nil
    ) {
        note(error: message, reason: reason, namespace, name)
    }
}
