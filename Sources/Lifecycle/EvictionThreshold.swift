/// Something that can run short, measured as what is left of it.
///
/// Source: Kubernetes, "Node-pressure Eviction", "Eviction signals".
public enum EvictionSignal: String, Sendable, CaseIterable {
    /// Bytes of memory that could be had without swapping.
    case memory = "memory.available"
    /// Bytes on the disk of volumes, logs and the database.
    case nodeDisk = "nodefs.available"
    /// Inodes there.
    case nodeInodes = "nodefs.inodesFree"
    /// Bytes on the disk of images.
    case imageDisk = "imagefs.available"
    /// Process ids.
    case processes = "pid.available"

    /// The condition of the node that it makes true.
    public var pressure: NodePressure {
        switch self {
        case .memory: .memory
        case .nodeDisk, .nodeInodes, .imageDisk: .disk
        case .processes: .processes
        }
    }

    /// What runs short, as the kubelet's messages name it.
    public var resourceName: String {
        switch self {
        case .memory: "memory"
        case .nodeDisk, .imageDisk: "ephemeral-storage"
        case .nodeInodes: "inodes"
        case .processes: "pids"
        }
    }

    /// Whether removing images and what ended containers left may help.
    public var isAboutDisk: Bool { pressure == .disk }
}

/// An amount, or a share of what there is.
public enum EvictionAmount: Equatable, Sendable {
    /// So many bytes, inodes or ids.
    case count(Int64)
    /// So many hundredths of the capacity.
    case percent(Int64)

    /// The amount where there is `capacity` in all.
    public func count(of capacity: Int64) -> Int64 {
        switch self {
        case .count(let count): count
        case .percent(let percent):
            // Divided first: a disk may be larger than a hundredth of what the number can hold.
            capacity / 100 * percent + capacity % 100 * percent / 100
        }
    }
}

/// From where on pods are evicted.
public struct EvictionThreshold: Equatable, Sendable {
    /// What is measured.
    public var signal: EvictionSignal
    /// Less than this is too little.
    public var amount: EvictionAmount
    /// Seconds that it must have been too little before a pod goes, which then ends in its own time;
    /// nil for at once, and pods are killed.
    public var graceSeconds: Int64?
    /// How much more than the threshold must be there before it counts as enough again.
    public var minimumReclaim: EvictionAmount

    /// A threshold.
    public init(
        _ signal: EvictionSignal,
        _ amount: EvictionAmount,
        graceSeconds: Int64? = nil,
        minimumReclaim: EvictionAmount = .count(0)
    ) {
        self.signal = signal
        self.amount = amount
        self.graceSeconds = graceSeconds
        self.minimumReclaim = minimumReclaim
    }

    /// Whether pods are killed at once.
    public var isHard: Bool { graceSeconds == nil }
}

/// What was measured at one time.
public struct NodeReading: Equatable, Sendable {
    /// One measurement.
    public struct Amount: Equatable, Sendable {
        /// What is left.
        public var available: Int64
        /// What there is in all.
        public var capacity: Int64

        /// A measurement.
        public init(available: Int64, capacity: Int64) {
            self.available = available
            self.capacity = capacity
        }
    }

    /// What could be measured.
    public var amounts: [EvictionSignal: Amount]

    /// Measurements.
    public init(_ amounts: [EvictionSignal: Amount] = [:]) { self.amounts = amounts }

    func isShort(_ threshold: EvictionThreshold, withReclaim: Bool) -> Bool {
        guard let amount = amounts[threshold.signal] else { return false }
        var most = threshold.amount.count(of: amount.capacity)
        if withReclaim {
            let more = threshold.minimumReclaim.count(of: amount.capacity)
            most = most.addingReportingOverflow(more).overflow ? .max : most + more
        }
        return amount.available < most
    }
}
