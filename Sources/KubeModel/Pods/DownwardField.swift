/// A field of the pod that a container can have in its environment.
public enum DownwardField: Hashable, Sendable {
    /// `metadata.name`
    case name
    /// `metadata.namespace`
    case namespace
    /// `metadata.uid`
    case uid
    /// `metadata.labels['KEY']`
    case label(String)
    /// `metadata.annotations['KEY']`
    case annotation(String)
    /// `spec.nodeName`
    case nodeName
    /// `spec.serviceAccountName`
    case serviceAccountName
    /// `status.hostIP`
    case hostIP
    /// `status.podIP`
    case podIP

    /// Reads a field path; nil for any that is not listed here.
    public init?(path: String) {
        switch path {
        case "metadata.name": self = .name
        case "metadata.namespace": self = .namespace
        case "metadata.uid": self = .uid
        case "spec.nodeName": self = .nodeName
        case "spec.serviceAccountName": self = .serviceAccountName
        case "status.hostIP", "status.hostIPs": self = .hostIP
        case "status.podIP", "status.podIPs": self = .podIP
        default:
            if let key = Self.key(in: path, after: "metadata.labels['") {
                self = .label(key)
            } else if let key = Self.key(in: path, after: "metadata.annotations['") {
                self = .annotation(key)
            } else {
                return nil
            }
        }
    }

    private static func key(in path: String, after prefix: String) -> String? {
        guard path.hasPrefix(prefix), path.hasSuffix("']") else { return nil }
        let key = String(path.dropFirst(prefix.count).dropLast(2))
        return NameRule.qualifiedNameProblem(key) == nil ? key : nil
    }

    /// The path, as it is read.
    public var path: String {
        switch self {
        case .name: "metadata.name"
        case .namespace: "metadata.namespace"
        case .uid: "metadata.uid"
        case .label(let key): "metadata.labels['\(key)']"
        case .annotation(let key): "metadata.annotations['\(key)']"
        case .nodeName: "spec.nodeName"
        case .serviceAccountName: "spec.serviceAccountName"
        case .hostIP: "status.hostIP"
        case .podIP: "status.podIP"
        }
    }
}

/// What is known about a pod when one of its containers starts.
public struct DownwardFacts: Equatable, Sendable {
    /// The node's name.
    public var nodeName: String
    /// The host's address; empty while it has none.
    public var hostIP: String
    /// The pod's address; empty while it has none.
    public var podIP: String
    /// What the node gives to pods, by resource: the limit of what has none.
    public var allocatable: [String: Quantity]

    /// Facts about a start.
    public init(
        nodeName: String,
        hostIP: String = "",
        podIP: String = "",
        allocatable: [String: Quantity] = [:]
    ) {
        self.allocatable = allocatable
        self.nodeName = nodeName
        self.hostIP = hostIP
        self.podIP = podIP
    }

    /// The value of `field` for `pod`; empty for a label or an annotation that it lacks.
    public func value(of field: DownwardField, for pod: Pod) -> String {
        switch field {
        case .name: pod.metadata.name
        case .namespace: pod.metadata.namespace
        case .uid: pod.metadata.uid
        case .label(let key): pod.metadata.labels[key] ?? ""
        case .annotation(let key): pod.metadata.annotations[key] ?? ""
        case .nodeName: nodeName
        case .serviceAccountName: pod.spec.serviceAccountName
        case .hostIP: hostIP
        case .podIP: podIP
        }
    }
}
