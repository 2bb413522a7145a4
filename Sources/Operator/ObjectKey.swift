import KubeModel

/// One object on a node: its kind, namespace and name.
public struct ObjectKey: Hashable, Sendable {
    /// Its kind.
    public var kind: ResourceKind
    /// Its namespace.
    public var namespace: String
    /// Its name in that namespace.
    public var name: String

    /// An object by its parts, all known to be well-formed.
    public init(kind: ResourceKind, namespace: String, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// A pod by its name.
    public init(pod: PodName) {
        self.init(kind: .pods, namespace: pod.namespace, name: pod.name)
    }

    /// An object as it is written on a command line, `NAME` after its kind, or `KIND/NAME`.
    ///
    /// - Parameters:
    ///   - argument: The word.
    ///   - kind: The kind that was said before; `nil` when the word must say it.
    ///   - namespace: Where to look for it; the default one if none is given.
    /// - Throws: ``OperatorError/usage(_:)``. Checked here already, because names become parts of
    ///   paths and topics, where a slash or a wildcard would mean something else.
    public init(
        argument: String,
        kind: ResourceKind?,
        namespace: String?
    ) throws(OperatorError) {
        let namespace = namespace ?? "default"
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(
            String.init
        )
        switch (parts.count, kind) {
        case (1, let kind?): self.init(kind: kind, namespace: namespace, name: argument)
        case (2, _):
            guard let named = ResourceKind(parts[0]), kind == nil || kind == named else {
                let what = kind.map { "\"\(argument)\" names no \($0.singular)" } ?? argument
                throw .usage("\(what): kinds are \(ResourceKind.spelledOut)")
            }
            self.init(kind: named, namespace: namespace, name: parts[1])
        case (_, _): throw .usage("\(argument): say what it is, as in pod/\(argument)")
        }
        if let problem = NameRule.subdomainProblem(name) {
            throw .usage("\"\(name)\" names no \(self.kind.singular): \(problem)")
        }
        self.namespace = try PodName.checked(namespace: namespace)
    }

    /// `pod/counter`.
    var text: String { "\(kind.singular)/\(name)" }
    /// `pod counter`, within sentences.
    var words: String { "\(kind.singular) \(name)" }
}
