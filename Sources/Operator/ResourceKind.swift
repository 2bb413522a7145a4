import KubeModel

/// The kinds that the verbs know.
public enum ResourceKind: String, CaseIterable, Hashable, Sendable {
    case pods
    case nodes
    case events
    case configMaps = "configmaps"
    case secrets
    case images

    /// Reads a kind as kubectl users write it: `po`, `pod`, `pods`, `cm`, `configmap`.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "po", "pod", "pods": self = .pods
        case "no", "node", "nodes": self = .nodes
        case "ev", "event", "events": self = .events
        case "cm", "configmap", "configmaps": self = .configMaps
        case "secret", "secrets": self = .secrets
        case "image", "images": self = .images
        default: return nil
        }
    }

    /// Reads one kind, or several with commas between them, each once; `all` is what a controller
    /// sends to a node.
    static func list(_ text: String) throws(OperatorError) -> [ResourceKind] {
        var kinds: [ResourceKind] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let kind = ResourceKind(String(word))
            guard kind != nil || word == "all" else {
                throw .usage(
                    "\"\(word)\" is no kind (\(spelledOut), all); one object is KIND/NAME, as in pod/web"
                )
            }
            let named = kind.map { [$0] } ?? allCases.filter(\.isDesired)
            kinds += named.filter { !kinds.contains($0) }
        }
        return kinds
    }

    /// One of it, as in `pod/counter`.
    var singular: String { String(rawValue.dropLast()) }

    /// The word in the paths of the control socket and in topics.
    var plural: String { rawValue }

    /// The kind of v1 object; images are no objects of Kubernetes.
    var objectKind: ObjectKind? {
        switch self {
        case .pods: .pod
        case .nodes: .node
        case .events: .event
        case .configMaps: .configMap
        case .secrets: .secret
        case .images: nil
        }
    }

    /// Whether a controller sends objects of this kind to a node.
    var isDesired: Bool {
        switch self {
        case .pods, .configMaps, .secrets: true
        case .nodes, .events, .images: false
        }
    }

    /// Whether its objects stand in namespaces.
    public var isNamespaced: Bool {
        switch self {
        case .pods, .events, .configMaps, .secrets: true
        case .nodes, .images: false
        }
    }

    /// The kinds in words, for errors.
    public static var spelledOut: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
