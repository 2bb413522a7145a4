/// How the contract's topics of one node are written.
struct TopicSpelling: Equatable, Sendable {
    var prefix: String
    var nodeName: String

    /// A whole topic or filter from the part below the node.
    func topic(_ path: String) -> String { "\(prefix)/\(nodeName)/\(path)" }

    func desired(_ key: ObjectKey) -> String {
        topic("desired/\(key.kind.plural)/\(key.namespace)/\(key.name)")
    }

    /// Where the node answers: pods have a topic each, all else stands in one.
    func answer(_ key: ObjectKey) -> String {
        switch key.kind {
        case .pods: topic("status/pods/\(key.namespace)/\(key.name)")
        case .configMaps, .secrets, .nodes, .events, .images: topic("status/desired")
        }
    }
}
