public import KubeModel

/// The life of one pod, as a value: init containers in order, then the others side by side, until it
/// is done or asked to go.
///
/// Events of its containers go in; what the supervisor must do comes out, and ``status`` is always up
/// to date. Source: Kubernetes, "Pod Lifecycle", "Init Containers", "Sidecar Containers".
public struct PodLifecycle: Equatable, Sendable {
    /// What the supervisor must do now, in this order.
    public enum Action: Equatable, Sendable {
        /// An action of one container.
        case container(String, ContainerLifecycle.Action)
        /// Tell whoever watches something about the pod as a whole.
        case note(PodNote)
        /// Everything has ended, as was asked: remove its folders and rows.
        case remove
    }

    /// How a pod goes.
    struct Deletion: Equatable, Sendable {
        var graceNanoseconds: Int64
        var reason: String
    }

    /// What is between a restored pod and ``settle(at:)``; it takes no part in comparing pods.
    struct Settlement: Equatable, Sendable {
        /// Whether its containers may be of an earlier version than it says.
        var isDue = false

        static func == (left: Settlement, right: Settlement) -> Bool { true }
    }

    /// The pod as it is wanted: the last version that was accepted.
    public internal(set) var pod: Pod
    /// How it is.
    public internal(set) var status: PodStatus
    /// Its containers: init containers first, each in the order of the spec; after them those of an
    /// earlier spec that still have to end.
    public internal(set) var containers: [ContainerLifecycle]
    /// Whether it must wait: a pod of its name has not ended yet.
    public internal(set) var isHeld = false
    var deletion: Deletion?
    /// When the node took it up; nil while it waits.
    public internal(set) var startTime: Timestamp?
    var hasAskedForRemoval = false
    /// Why the node ended it, or never began it; nil for a pod that may run.
    public internal(set) var verdict: PodVerdict?
    /// Whether the node has taken it, so that it has its place beside the others.
    public internal(set) var isAdmitted = false

    /// How long it has been active, where that matters.
    var activity: PodActivity?
    /// How long it was active in earlier boots, in nanoseconds.
    var activeBefore: Int64 = 0
    /// The last version that was ready.
    var lastGood: Pod?
    /// The newest version's time to become ready.
    var rollout: PodRollout?
    /// Why the newest version does not run.
    var rolledBack: RolledBack?
    var settlement = Settlement()
    /// Runs of containers that are in the spec no more.
    var retired = RetiredRuns()

    /// A pod that has just arrived.
    public init(_ pod: Pod) {
        self.pod = pod
        status = PodStatus()
        let all = pod.spec.initContainers + pod.spec.containers
        containers = all.map { ContainerLifecycle(name: $0.name) }
        for (index, container) in all.enumerated() {
            containers[index].fingerprint = pod.fingerprint(ofContainer: container.name)
            containers[index].checks = ContainerChecks(container, in: pod)
        }
    }

    /// What tells this pod from all others.
    public var uid: String { pod.metadata.uid }
    /// Whether it was asked to go.
    public var isDeleting: Bool { deletion != nil }
    /// Whether everything has ended as was asked.
    public var hasEnded: Bool { hasAskedForRemoval }

    /// The container of a name; nil where there is none.
    public func container(_ name: String) -> ContainerLifecycle? {
        containers.first { $0.name == name }
    }

    /// Whether it looks to the world, and to a later life of the daemon, as `other` does: what only
    /// its probes count is left out.
    public func isRecordedAs(_ other: PodLifecycle) -> Bool {
        withoutCounts == other.withoutCounts
    }

    private var withoutCounts: PodLifecycle {
        var plain = self
        for index in plain.containers.indices { plain.containers[index].probes = [] }
        plain.activity?.seen = 0
        return plain
    }

    /// When it wants to hear ``wake(at:)`` at the latest, in monotonic nanoseconds; nil for never.
    public var wakeAt: Int64? {
        (containers.map(\.wakeAt) + [deadlineAt, rolloutAt]).compactMap { $0 }.min()
    }
}

extension PodLifecycle {
    /// Takes an event of one of its containers.
    public mutating func handle(
        _ event: ContainerLifecycle.Event,
        of name: String,
        at now: Moment
    ) -> [Action] {
        guard let index = containers.firstIndex(where: { $0.name == name }) else { return [] }
        let policy = restartPolicy(ofContainer: name)
        let actions = containers[index].handle(event, at: now, policy: policy)
        return wrap(actions, name) + endAtBackoffLimit(name, at: now) + advance(at: now)
    }

    /// Does what has become due; also the first call after the pod arrived.
    public mutating func wake(at now: Moment) -> [Action] {
        var actions: [Action] = []
        for index in containers.indices {
            actions += wrap(containers[index].wake(at: now), containers[index].name)
        }
        return actions + advance(at: now)
    }

    /// Lets it go on, or makes it wait for another pod of its name.
    public mutating func hold(_ isHeld: Bool, at now: Moment) -> [Action] {
        guard self.isHeld != isHeld else { return [] }
        self.isHeld = isHeld
        return advance(at: now)
    }

    /// Ends it: containers are asked, and killed when the grace is over.
    ///
    /// A second request may only shorten the grace.
    public mutating func delete(
        graceSeconds: Int64? = nil,
        reason: String = "Deleted",
        at now: Moment
    ) -> [Action] {
        let grace = graceSeconds ?? pod.spec.terminationGracePeriodSeconds
        let wanted = nanoseconds(ofSeconds: max(0, grace))
        if let deletion, deletion.graceNanoseconds <= wanted { return advance(at: now) }
        deletion = Deletion(graceNanoseconds: wanted, reason: reason)
        if pod.metadata.deletionTimestamp == nil { pod.metadata.deletionTimestamp = now.wall }
        var actions: [Action] = []
        for index in containers.indices {
            containers[index].startsAfterStop = false
            let stop = containers[index].stop(graceNanoseconds: wanted, at: now)
            actions += wrap(stop, containers[index].name)
        }
        return actions + advance(at: now)
    }

    /// Takes a newer version of the same pod: containers whose spec changed are replaced.
    public mutating func update(_ newer: Pod, at now: Moment) -> [Action] {
        guard newer.metadata.resourceVersion != pod.metadata.resourceVersion else { return [] }
        let deletionTimestamp = pod.metadata.deletionTimestamp
        let older = pod
        pod = newer
        pod.metadata.deletionTimestamp = pod.metadata.deletionTimestamp ?? deletionTimestamp
        guard !isDeleting else { return advance(at: now) }
        beginRollout(after: older)
        let grace = nanoseconds(ofSeconds: newer.spec.terminationGracePeriodSeconds)
        return takeOverSpec(grace, at: now) + advance(at: now)
    }

    /// Brings the containers in line with the spec: those whose spec changed are replaced.
    mutating func takeOverSpec(_ grace: Int64, at now: Moment) -> [Action] {
        var kept: [ContainerLifecycle] = []
        var actions: [Action] = []
        for wanted in pod.spec.initContainers + pod.spec.containers {
            let fingerprint = pod.fingerprint(ofContainer: wanted.name)
            guard var container = container(wanted.name) else {
                var added = ContainerLifecycle(name: wanted.name)
                added.fingerprint = fingerprint
                if isDone { added.state = .finished }
                retired.revive(&added)
                kept.append(added)
                continue
            }
            if container.fingerprint != fingerprint {
                actions += wrap(
                    container.change(fingerprint, wanted, grace, at: now),
                    wanted.name
                )
            } else {
                // Back to what runs before its image was there: nothing is to be changed.
                container.upgrade = nil
            }
            kept.append(container)
        }
        for var gone in containers where !kept.contains(where: { $0.name == gone.name }) {
            gone.startsAfterStop = false
            actions += wrap(gone.stop(graceNanoseconds: grace, at: now), gone.name)
            if gone.state != .finished { kept.append(gone) } else { retired.retire(gone) }
        }
        containers = kept
        return actions
    }

    func wrap(_ actions: [ContainerLifecycle.Action], _ name: String) -> [Action] {
        actions.map { .container(name, $0) }
    }
}

extension ContainerLifecycle {
    /// Makes the next run one of another spec: what runs now is stopped, what waits tries at once.
    mutating func replace(_ fingerprint: UInt64, _ grace: Int64, at now: Moment) -> [Action] {
        // Why: a container that has done its work stays done; a new pod is the way to run it again.
        guard state != .finished else { return [] }
        self.fingerprint = fingerprint
        startsAfterStop = true
        crashCount = 0
        failureCount = 0
        retryCount = 0
        problem = nil
        let actions = stop(graceNanoseconds: grace, at: now)
        if state == .waiting { startsAfterStop = false }
        return actions
    }
}
