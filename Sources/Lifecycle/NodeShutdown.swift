internal import KubeModel

/// How pods end when the machine goes down: the least important first, each group in its time.
///
/// Source: Kubernetes, "Node Shutdowns", "Pod Priority based graceful node shutdown".
public struct NodeShutdown: Equatable, Sendable {
    /// Pods of at least this priority, up to that of the next group, and how long they may take.
    public struct Group: Equatable, Sendable {
        /// The lowest priority of the group.
        public var priority: Int64
        /// Seconds that the group may take.
        public var graceSeconds: Int64

        /// A group.
        public init(priority: Int64, graceSeconds: Int64) {
            self.priority = priority
            self.graceSeconds = graceSeconds
        }
    }

    /// The kubelet's two groups, with times that fit before a service manager loses its patience.
    public static let standardGroups = [
        Group(priority: 0, graceSeconds: 20),
        Group(priority: PodPriority.critical, graceSeconds: 10),
    ]

    // What comes, the least important first.
    private var groups: [Group]
    private var present: Turn?

    // The group that is ending, and when its time is over.
    private struct Turn: Equatable {
        var group: Group
        var until: Int64
    }

    /// A shutdown that has not begun.
    public init(groups: [Group] = standardGroups) {
        self.groups = groups.sorted { $0.priority < $1.priority }
    }

    /// Seconds that all of it may take.
    public var graceSeconds: Int64 { groups.reduce(0) { $0 + max(0, $1.graceSeconds) } }

    /// When it wants to look again at the latest; nil once it is over.
    public var wakeAt: Int64? { present?.until }

    /// The pods that are to end now; all groups have had their turn when ``wakeAt`` is nil afterwards.
    ///
    /// A group's turn is over when its time is, or when all its pods have ended.
    public mutating func advance(_ pods: [PodLifecycle], at now: Moment) -> [(String, PodVerdict)] {
        let left = pods.filter { !$0.isAtRest }
        while true {
            if let present, now.monotonicNanoseconds < present.until,
                left.contains(where: { isIn(present.group, $0) })
            {
                return []
            }
            present = nil
            guard let next = groups.first else { return [] }
            groups.removeFirst()
            let chosen = pods.filter { isIn(next, $0) }
            guard !chosen.isEmpty else { continue }
            let until = now.after(nanoseconds(ofSeconds: max(0, next.graceSeconds)))
            present = Turn(group: next, until: until)
            return chosen.map { ($0.uid, Self.verdict(graceSeconds: next.graceSeconds)) }
        }
    }

    // A pod that is of less than the lowest priority ends with the first group.
    private func isIn(_ group: Group, _ pod: PodLifecycle) -> Bool {
        let priority =
            pod.pod.isStatic
            ? max(pod.pod.spec.priority, PodPriority.critical) : pod.pod.spec.priority
        guard let next = groups.first(where: { $0.priority > group.priority }) else { return true }
        return priority < next.priority
    }

    private static func verdict(graceSeconds: Int64) -> PodVerdict {
        PodVerdict(
            reason: "Terminated",
            message: "Pod was terminated in response to imminent node shutdown.",
            graceSeconds: graceSeconds,
            isDisruption: true,
            isTemporary: true
        )
    }
}
