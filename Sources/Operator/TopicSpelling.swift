/// How the contract's topics of one node are written.
struct TopicSpelling: Equatable, Sendable {
    var prefix: String
    var nodeName: String

    /// A whole topic or filter from the part below the node.
    func topic(_ path: String) -> String { "\(prefix)/\(nodeName)/\(path)" }

    func desired(_ pod: PodName) -> String {
        topic("desired/pods/\(pod.namespace)/\(pod.name)")
    }

    func status(_ pod: PodName) -> String {
        topic("status/pods/\(pod.namespace)/\(pod.name)")
    }
}
