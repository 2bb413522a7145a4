/// How a pod is.
public struct PodStatus: Equatable, Sendable {
    /// Where it is in its life.
    public var phase: PodPhase
    /// What holds of it, each type once.
    public var conditions: [PodCondition]
    /// Why it is so, for people; nil for nothing to say.
    public var message: String?
    /// Why it is so, in one word: `Evicted`.
    public var reason: String?
    /// Its address; nil while it has none.
    public var podIP: String?
    /// The node's address; nil while it has none.
    public var hostIP: String?
    /// When the node took it up.
    public var startTime: Timestamp?
    /// How its init containers are, in the order of the spec.
    public var initContainerStatuses: [ContainerStatus]
    /// How its containers are, in the order of the spec.
    public var containerStatuses: [ContainerStatus]
    /// How it is treated when memory runs short; nil while it is not known.
    public var qosClass: QOSClass?

    /// A status made in code.
    public init(
        phase: PodPhase = .pending,
        conditions: [PodCondition] = [],
        message: String? = nil,
        reason: String? = nil,
        podIP: String? = nil,
        hostIP: String? = nil,
        startTime: Timestamp? = nil,
        initContainerStatuses: [ContainerStatus] = [],
        containerStatuses: [ContainerStatus] = [],
        qosClass: QOSClass? = nil
    ) {
        self.phase = phase
        self.conditions = conditions
        self.message = message
        self.reason = reason
        self.podIP = podIP
        self.hostIP = hostIP
        self.startTime = startTime
        self.initContainerStatuses = initContainerStatuses
        self.containerStatuses = containerStatuses
        self.qosClass = qosClass
    }

    /// The condition of a type; nil where there is none.
    public func condition(_ type: String) -> PodCondition? {
        conditions.first { $0.type == type }
    }

    /// Sets a condition.
    ///
    /// The time of its last transition stays unless its status changed.
    public mutating func set(_ condition: PodCondition) {
        guard let index = conditions.firstIndex(where: { $0.type == condition.type }) else {
            conditions.append(condition)
            return
        }
        var condition = condition
        if conditions[index].status == condition.status {
            condition.lastTransitionTime = conditions[index].lastTransitionTime
        }
        conditions[index] = condition
    }
}

/// Where a pod is in its life.
public enum PodPhase: String, Sendable, CaseIterable {
    /// Taken, and not yet every container has started.
    case pending = "Pending"
    /// A container runs or will run again.
    case running = "Running"
    /// All containers ended with 0, for good.
    case succeeded = "Succeeded"
    /// All containers ended for good, and one of them not with 0.
    case failed = "Failed"
    /// It cannot be told.
    case unknown = "Unknown"

    /// Whether nothing will change any more.
    public var isTerminal: Bool {
        switch self {
        case .succeeded, .failed: true
        case .pending, .running, .unknown: false
        }
    }
}

/// One thing that holds, or does not, of a pod or a node.
public struct PodCondition: Equatable, Sendable {
    /// Whether it holds.
    public enum Status: String, Sendable, CaseIterable {
        /// It holds.
        case yes = "True"
        /// It does not.
        case no = "False"
        /// It cannot be told.
        case unknown = "Unknown"
    }

    /// What it is about: `Ready`, `swiftlet.dev/Accepted`.
    public var type: String
    /// Whether it holds.
    public var status: Status
    /// Why, in one word.
    public var reason: String?
    /// Why, for people.
    public var message: String?
    /// Since when.
    public var lastTransitionTime: Timestamp?
    /// When it was last looked at; written for nodes.
    public var lastHeartbeatTime: Timestamp?

    /// A condition made in code.
    public init(
        type: String,
        status: Status,
        reason: String? = nil,
        message: String? = nil,
        lastTransitionTime: Timestamp? = nil,
        lastHeartbeatTime: Timestamp? = nil
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.lastTransitionTime = lastTransitionTime
        self.lastHeartbeatTime = lastHeartbeatTime
    }
}

/// The types of conditions that this node writes.
public enum ConditionType {
    /// A node was chosen.
    public static let podScheduled = "PodScheduled"
    /// All init containers have ended well.
    public static let initialized = "Initialized"
    /// All containers are ready.
    public static let containersReady = "ContainersReady"
    /// The pod can serve.
    public static let ready = "Ready"
    /// The spec with this uid and resourceVersion is on disk (True), or was refused (False).
    public static let accepted = "swiftlet.dev/Accepted"
    /// The pod is ended by something that is not its fault, and why.
    public static let disruptionTarget = "DisruptionTarget"
    /// The newest version was not ready in time, and the one before it runs.
    public static let rolledBack = "swiftlet.dev/RolledBack"
    /// The pod has what its containers need to start: its address and its turn.
    public static let readyToStart = "PodReadyToStartContainers"
    /// The pod is gone, as was asked.
    public static let deleted = "swiftlet.dev/Deleted"
}
