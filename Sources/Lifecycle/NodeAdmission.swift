public import KubeModel

/// Which pods a node takes: those that fit beside the others, as a kubelet decides it.
///
/// The order of the checks and the words are the kubelet's, so that a status reads the same here and
/// there. Source: Kubernetes, "Node-pressure Eviction" and "Assigning Pods to Nodes"; the kubelet's
/// types of rejection (`OutOfcpu`, `NodeAffinity`, `Evicted`, `NodeShutdown`).
public struct NodeAdmission: Equatable, Sendable {
    /// What pods may use in all; nil for as much as they ask for.
    public var allocatable: ResourceAmounts?
    /// How many pods there may be; nil for any number.
    public var podCountMax: Int64?
    /// The node's labels; nil where nobody has said them, and selectors are not looked at.
    public var labels: [String: String]?
    /// The node's taints.
    public var taints: [Taint]
    /// What the node is short of.
    public var pressures: Set<NodePressure>
    /// Whether the machine is going down.
    public var isShuttingDown: Bool

    /// A node that takes everything, unless told otherwise.
    public init(
        allocatable: ResourceAmounts? = nil,
        podCountMax: Int64? = nil,
        labels: [String: String]? = nil,
        taints: [Taint] = [],
        pressures: Set<NodePressure> = [],
        isShuttingDown: Bool = false
    ) {
        self.allocatable = allocatable
        self.podCountMax = podCountMax
        self.labels = labels
        self.taints = taints
        self.pressures = pressures
        self.isShuttingDown = isShuttingDown
    }

    /// Why a pod is not taken beside `count` others that ask for `used`; nil when it is.
    public func refusal(of pod: Pod, beside used: ResourceAmounts, count: Int64) -> PodVerdict? {
        pressureRefusal(of: pod)
            ?? shortage(of: pod.spec.requested, beside: used, count: count)
            ?? placementRefusal(of: pod)
            ?? shutdownRefusal()
    }

    private func pressureRefusal(of pod: Pod) -> PodVerdict? {
        guard !pressures.isEmpty, !pod.isCritical else { return nil }
        if pressures == [.memory] {
            if pod.spec.qosClass != .bestEffort { return nil }
            let taint = Taint(key: NodePressure.memory.taintKey, effect: "NoSchedule")
            if pod.spec.tolerations.contains(where: { $0.tolerates(taint) }) { return nil }
        }
        let names = pressures.map(\.rawValue).sorted().joined(separator: " ")
        return Self.refused("Evicted", "The node had condition: [\(names)]. ")
    }

    private func shortage(
        of wanted: ResourceAmounts,
        beside used: ResourceAmounts,
        count: Int64
    ) -> PodVerdict? {
        func check(_ name: String, _ wanted: Int64, _ used: Int64, _ most: Int64) -> PodVerdict? {
            guard wanted > 0, wanted > max(0, most) - min(max(0, used), max(0, most)) else {
                return nil
            }
            return Self.refused(
                "OutOf\(name)",
                "Node didn't have enough resource: \(name), requested: \(wanted), used: \(used), "
                    + "capacity: \(most)"
            )
        }
        if let podCountMax, let verdict = check("pods", 1, count, podCountMax) { return verdict }
        guard let most = allocatable else { return nil }
        let processors = \ResourceAmounts.processorMillicores
        let memory = \ResourceAmounts.memoryByteCount
        let storage = \ResourceAmounts.storageByteCount
        for (name, path) in [
            ("cpu", processors), ("memory", memory), ("ephemeral-storage", storage),
        ] {
            let verdict = check(
                name,
                wanted[keyPath: path],
                used[keyPath: path],
                most[keyPath: path]
            )
            if let verdict { return verdict }
        }
        return nil
    }

    private func placementRefusal(of pod: Pod) -> PodVerdict? {
        if let labels, !pod.spec.nodeSelector.allSatisfy({ labels[$0.key] == $0.value }) {
            return Self.refused(
                "NodeAffinity",
                "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
            )
        }
        // Why only these: NoSchedule binds a scheduler, and what is sent here was sent to this node.
        let isMinded = taints.contains { taint in
            taint.effect == "NoExecute" && !pod.spec.tolerations.contains { $0.tolerates(taint) }
        }
        guard isMinded, !pod.isStatic else { return nil }
        return Self.refused(
            "TaintToleration",
            "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate"
        )
    }

    private func shutdownRefusal() -> PodVerdict? {
        guard isShuttingDown else { return nil }
        return PodVerdict(
            reason: "NodeShutdown",
            message: "Pod was rejected as the node is shutting down.",
            // The one who sent it cannot know that the node comes back; so it is run then.
            isTemporary: true
        )
    }

    private static func refused(_ reason: String, _ message: String) -> PodVerdict {
        PodVerdict(reason: reason, message: "Pod was rejected: \(message)")
    }
}

/// What a node can be short of; the raw value is the name of the node's condition.
public enum NodePressure: String, Sendable, CaseIterable {
    /// Memory.
    case memory = "MemoryPressure"
    /// Room on a disk, or inodes.
    case disk = "DiskPressure"
    /// Process ids.
    case processes = "PIDPressure"

    /// The taint that a controller of Kubernetes would put on the node for it.
    public var taintKey: String {
        switch self {
        case .memory: "node.kubernetes.io/memory-pressure"
        case .disk: "node.kubernetes.io/disk-pressure"
        case .processes: "node.kubernetes.io/pid-pressure"
        }
    }
}

extension Pod {
    /// Whether it starts before another when both may: this machine's own pods first, then by priority,
    /// then the older ones.
    public func startsBefore(_ other: Pod) -> Bool {
        if isStatic != other.isStatic { return isStatic }
        if spec.priority != other.spec.priority { return spec.priority > other.spec.priority }
        let ages = (metadata.creationTimestamp, other.metadata.creationTimestamp)
        if let own = ages.0, let others = ages.1, own != others { return own < others }
        // One whose age nobody said comes after those whose age is known.
        if (ages.0 == nil) != (ages.1 == nil) { return ages.0 != nil }
        return (nameKey, metadata.uid) < (other.nameKey, other.metadata.uid)
    }
}
