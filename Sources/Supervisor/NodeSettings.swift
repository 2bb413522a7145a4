public import KubeModel
public import Lifecycle

/// What an operator says about the node as a whole.
public struct NodeSettings: Equatable, Sendable {
    /// Marks that keep pods away.
    public var taints: [Taint]
    /// How many pods there may be.
    public var podCountMax: Int64
    /// What is kept for everything that is not a pod.
    public var reserved: ResourceAmounts
    /// When pods are evicted.
    public var eviction: NodeEviction.Settings
    /// In which order pods end with the machine; none: they are left to the service manager.
    public var shutdownGroups: [NodeShutdown.Group]

    /// Source: the kubelet's default of maxPods.
    public static let standardPodCountMax: Int64 = 110

    /// Settings; nothing is reserved, and nothing evicted, unless told otherwise.
    public init(
        taints: [Taint] = [],
        podCountMax: Int64 = standardPodCountMax,
        reserved: ResourceAmounts = ResourceAmounts(),
        eviction: NodeEviction.Settings = NodeEviction.Settings(),
        shutdownGroups: [NodeShutdown.Group] = NodeShutdown.standardGroups
    ) {
        self.taints = taints
        self.podCountMax = podCountMax
        self.reserved = reserved
        self.eviction = eviction
        self.shutdownGroups = shutdownGroups
    }

    /// What is left of a capacity for pods: without what is reserved, and without what they could never
    /// use because something would be evicted before.
    ///
    /// Source: Kubernetes, "Reserve Compute Resources for System Daemons", "Node Allocatable".
    func allocatable(of capacity: ResourceAmounts) -> ResourceAmounts {
        func margin(_ signal: EvictionSignal, _ capacity: Int64) -> Int64 {
            eviction.thresholds.filter { $0.signal == signal && $0.isHard }
                .map { $0.amount.count(of: capacity) }.max() ?? 0
        }
        let margins = ResourceAmounts(
            memoryByteCount: margin(.memory, capacity.memoryByteCount),
            storageByteCount: margin(.nodeDisk, capacity.storageByteCount)
        )
        return capacity - reserved - margins
    }
}
