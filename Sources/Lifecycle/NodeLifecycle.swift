public import KubeModel

/// A pod as the controller wants it: present, or gone.
public struct DesiredPod: Equatable, Sendable {
    /// The last version that was accepted.
    public var pod: Pod
    /// Whether it is to be gone.
    public var isDeletionRequested: Bool
    /// How long its end may take, in seconds; nil for what its spec says.
    public var graceSeconds: Int64?

    /// A pod that is wanted, or is to be gone.
    public init(pod: Pod, isDeletionRequested: Bool = false, graceSeconds: Int64? = nil) {
        self.pod = pod
        self.isDeletionRequested = isDeletionRequested
        self.graceSeconds = graceSeconds
    }
}

/// All pods of the node: what is wanted against what is there.
///
/// At most one pod of a name runs: another uid under the same name waits until the old pod has ended.
public struct NodeLifecycle: Equatable, Sendable {
    /// What the supervisor must do for a pod.
    public struct Action: Equatable, Sendable {
        /// The pod.
        public var uid: String
        /// What to do.
        public var action: PodLifecycle.Action

        /// Something to do.
        public init(uid: String, action: PodLifecycle.Action) {
            self.uid = uid
            self.action = action
        }
    }

    /// Every pod that is wanted or not yet gone, by uid.
    public private(set) var pods: [String: PodLifecycle] = [:]
    // The pods of each name, in the order they came.
    private var uidsByName: [String: [String]] = [:]
    /// Which pods are taken; holds for those that arrive from now on.
    public var admission: NodeAdmission
    private var claims = NodeClaims()

    /// A node without pods.
    public init(admission: NodeAdmission = NodeAdmission()) { self.admission = admission }

    /// What the pods that have their place ask for in all.
    public var requested: ResourceAmounts { claims.total }
    /// How many pods have their place: all that were taken and have not ended.
    public var activePodCount: Int64 { claims.count }

    /// Puts in a pod of an earlier life; see ``PodLifecycle/init(_:record:status:bootID:)``.
    ///
    /// - Parameters:
    ///   - pod: The pod.
    ///   - hasPlace: Whether it was taken, although its record is lost: its processes say so.
    public mutating func restore(_ pod: PodLifecycle, hasPlace: Bool = false) {
        guard pods[pod.uid] == nil else { return }
        var pod = pod
        // What had its place keeps it, whatever the node has since lost.
        pod.isAdmitted = hasPlace || pod.startTime != nil && pod.verdict == nil
        pods[pod.uid] = pod
        claims.update(pod.uid, pod)
        let key = pod.pod.nameKey
        // One that waited goes on waiting behind the one that it waits for.
        if pod.isHeld {
            uidsByName[key, default: []].append(pod.uid)
        } else {
            uidsByName[key, default: []].insert(pod.uid, at: 0)
        }
    }

    /// Compares what is wanted with what is there and says what to do: the whole truth at once.
    ///
    /// What is there and not wanted any more ends; the caller passes what is on disk, so a message that
    /// never came takes nothing away.
    public mutating func reconcile(_ desired: [DesiredPod], at now: Moment) -> [Action] {
        let wanted = Set(desired.map(\.pod.nameKey))
        let gone = uidsByName.keys.filter { !wanted.contains($0) }
        return reconcile(changed: desired, gone: gone.sorted(), at: now)
    }

    /// Takes what has changed, and nothing else: as ``reconcile(_:at:)``, at the cost of the change.
    ///
    /// - Parameters:
    ///   - changed: Pods as they are wanted now.
    ///   - gone: Names, as `NAMESPACE/NAME`, under which nothing is wanted any more.
    ///   - now: The time.
    /// - Returns: What to do.
    public mutating func reconcile(
        changed: [DesiredPod],
        gone: [String],
        at now: Moment
    ) -> [Action] {
        var actions: [Action] = []
        for name in gone {
            for uid in uidsByName[name] ?? [] { actions += end(uid, of: name, "Deleted", at: now) }
        }
        // What makes room comes before what needs it.
        for one in changed { actions += replaceOthers(than: one.pod, at: now) }
        let new = changed.filter { pods[$0.pod.metadata.uid] == nil }
        for one in changed where pods[one.pod.metadata.uid] != nil {
            actions += take(one, at: now)
        }
        // Who comes first gets the room.
        for one in new.sorted(by: { $0.pod.startsBefore($1.pod) }) { actions += take(one, at: now) }
        return actions
    }

    private mutating func replaceOthers(than pod: Pod, at now: Moment) -> [Action] {
        var actions: [Action] = []
        for other in uidsByName[pod.nameKey] ?? [] where other != pod.metadata.uid {
            actions += end(other, of: pod.nameKey, "Replaced", at: now)
        }
        return actions
    }

    private mutating func end(
        _ uid: String,
        of name: String,
        _ reason: String,
        at now: Moment
    ) -> [Action] {
        // What it waited for may be gone since its record was written.
        let isHeld = uidsByName[name]?.first != uid
        return with(uid) { $0.delete(reason: reason, at: now) + $0.hold(isHeld, at: now) }
    }

    /// The pods of a name, as `NAMESPACE/NAME`, in the order they came.
    public func uids(ofName name: String) -> [String] { uidsByName[name] ?? [] }

    /// Takes one pod as it is wanted now.
    public mutating func take(_ desired: DesiredPod, at now: Moment) -> [Action] {
        let uid = desired.pod.metadata.uid
        let key = desired.pod.nameKey
        var actions = replaceOthers(than: desired.pod, at: now)
        if pods[uid] == nil {
            pods[uid] = PodLifecycle(desired.pod)
            uidsByName[key, default: []].append(uid)
        }
        let isHeld = uidsByName[key]?.first != uid
        if !isHeld, !desired.isDeletionRequested { actions += admit(uid, at: now) }
        actions += with(uid) { pod in
            var actions = isHeld ? pod.hold(true, at: now) : []
            actions += pod.update(desired.pod, at: now)
            if desired.isDeletionRequested {
                actions += pod.delete(graceSeconds: desired.graceSeconds, at: now)
            }
            // Why after that: what is to end must not begin first.
            return actions + pod.hold(isHeld, at: now) + pod.wake(at: now)
        }
        return actions
    }

    /// Takes an event of a container.
    public mutating func handle(
        _ event: ContainerLifecycle.Event,
        of container: String,
        in uid: String,
        at now: Moment
    ) -> [Action] {
        with(uid) { $0.handle(event, of: container, at: now) }
    }

    /// Does what has become due for a pod.
    public mutating func wake(_ uid: String, at now: Moment) -> [Action] {
        with(uid) { $0.wake(at: now) }
    }

    /// The network may be back: what only waits to ask for an image again waits no longer than that.
    ///
    /// - Parameter time: When to ask, on the monotonic clock; a moment from now, so that the gateways of one
    ///   mast do not come all at once.
    /// - Returns: The pods whose time has changed.
    public mutating func linkReturned(retryingAt time: Int64) -> [String] {
        var changed: [String] = []
        for uid in pods.keys.sorted() where pods[uid]?.linkReturned(retryingAt: time) == true {
            changed.append(uid)
        }
        return changed
    }

    /// Brings a restored pod in line with what is wanted, once the fate of its processes is known.
    public mutating func settle(_ uid: String, at now: Moment) -> [Action] {
        with(uid) { $0.settle(at: now) }
    }

    /// Forgets a pod that has ended, and lets the next of its name begin.
    public mutating func remove(_ uid: String, at now: Moment) -> [Action] {
        guard let pod = pods[uid], pod.hasEnded else { return [] }
        pods[uid] = nil
        claims.update(uid, nil)
        let key = pod.pod.nameKey
        uidsByName[key]?.removeAll { $0 == uid }
        guard let next = uidsByName[key]?.first else {
            uidsByName[key] = nil
            return []
        }
        return admit(next, at: now) + with(next) { $0.hold(false, at: now) }
    }

    /// Ends a pod by the node's own decision.
    public mutating func fail(_ uid: String, _ verdict: PodVerdict, at now: Moment) -> [Action] {
        with(uid) { $0.fail(verdict, at: now) }
    }

    /// Gives a pod its place, or refuses it for good; once for each pod.
    private mutating func admit(_ uid: String, at now: Moment) -> [Action] {
        guard let pod = pods[uid], !pod.isAdmitted, pod.verdict == nil, !pod.isDeleting else {
            return []
        }
        let verdict = admission.refusal(of: pod.pod, beside: claims.total, count: claims.count)
        return with(uid) { pod in
            guard let verdict else {
                pod.isAdmitted = true
                return []
            }
            return pod.fail(verdict, at: now)
        }
    }

    mutating func with(
        _ uid: String,
        _ body: (inout PodLifecycle) -> [PodLifecycle.Action]
    ) -> [Action] {
        guard var pod = pods[uid] else { return [] }
        // Why: the dictionary must not hold a second copy while the value changes.
        pods[uid] = nil
        let actions = body(&pod)
        pods[uid] = pod
        claims.update(uid, pod)
        return actions.map { Action(uid: uid, action: $0) }
    }
}

extension Pod {
    /// Namespace and name: one pod at a time may run under it.
    var nameKey: String { "\(metadata.namespace)/\(metadata.name)" }
}
