import KubeModel

/// A pod's name on a node.
public struct PodName: Hashable, Sendable {
    /// Its namespace.
    public var namespace: String
    /// Its name in that namespace.
    public var name: String

    /// A name in a namespace, both known to be well-formed.
    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// A pod as it is written on a command line: `NAME` or `pod/NAME`.
    ///
    /// - Parameters:
    ///   - argument: The word.
    ///   - namespace: Where to look for it.
    /// - Throws: ``OperatorError/usage(_:)``. Checked here already, because names become parts of
    ///   paths and topics, where a slash or a wildcard would mean something else.
    public init(argument: String, namespace: String) throws(OperatorError) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: name = argument
        case 2 where ResourceKind(String(parts[0])) == .pods: name = String(parts[1])
        case _: throw .usage("\(argument) names no pod: write NAME or pod/NAME")
        }
        if let problem = NameRule.subdomainProblem(name) {
            throw .usage("\"\(name)\" names no pod: \(problem)")
        }
        self.namespace = try Self.checked(namespace: namespace)
    }

    /// The namespace itself, when it can be one.
    ///
    /// - Parameter namespace: What the operator wrote.
    /// - Returns: The same.
    /// - Throws: ``OperatorError/usage(_:)``.
    public static func checked(namespace: String) throws(OperatorError) -> String {
        if let problem = NameRule.labelProblem(namespace) {
            throw .usage("\"\(namespace)\" is no namespace: \(problem)")
        }
        return namespace
    }
}
