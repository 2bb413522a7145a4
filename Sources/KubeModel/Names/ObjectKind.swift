/// The kinds of objects that this node knows.
public enum ObjectKind: String, Sendable, CaseIterable {
    /// A pod.
    case pod = "Pod"
    /// Configuration that pods name.
    case configMap = "ConfigMap"
    /// Configuration that pods name and nobody else may read.
    case secret = "Secret"
    /// This machine.
    case node = "Node"
    /// Something that happened.
    case event = "Event"

    /// The word in topics and paths: `pods`.
    public var plural: String {
        switch self {
        case .pod: "pods"
        case .configMap: "configmaps"
        case .secret: "secrets"
        case .node: "nodes"
        case .event: "events"
        }
    }

    /// The kind whose plural is `plural`; nil for any other word.
    public init?(plural: String) {
        guard let kind = Self.allCases.first(where: { $0.plural == plural }) else { return nil }
        self = kind
    }
}
