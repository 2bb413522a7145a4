public import Documents

/// The name of an object within its kind on this node.
public struct ObjectName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// A label of RFC 1123; `default` where nothing was said.
    public let namespace: String
    /// A domain name of RFC 1123.
    public let name: String

    /// A checked name.
    ///
    /// - Parameters:
    ///   - namespace: A label of RFC 1123.
    ///   - name: A domain name of RFC 1123.
    /// - Throws: Which of the two is wrong, in Kubernetes' words.
    public init(namespace: String, name: String) throws(FieldError) {
        if let problem = NameRule.labelProblem(namespace) {
            let message = "Invalid value: \"\(namespace)\": \(problem)"
            throw FieldError(path: "metadata.namespace", message: message)
        }
        if let problem = NameRule.subdomainProblem(name) {
            let message = "Invalid value: \"\(name)\": \(problem)"
            throw FieldError(path: "metadata.name", message: message)
        }
        self.namespace = namespace
        self.name = name
    }

    /// `NAMESPACE/NAME`.
    public var description: String { "\(namespace)/\(name)" }

    /// By namespace, then by name.
    public static func < (left: ObjectName, right: ObjectName) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// One object among all that ever had its name.
public struct ObjectReference: Hashable, Sendable {
    /// Its kind.
    public var kind: ObjectKind
    /// Its namespace; empty for nodes.
    public var namespace: String
    /// Its name.
    public var name: String
    /// What tells it from another of the same name.
    public var uid: String

    /// A reference.
    public init(kind: ObjectKind, namespace: String, name: String, uid: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
    }
}

extension ObjectReference {
    /// The reference as it stands in an event.
    public var document: Document {
        var object = ObjectBuilder()
        object.set("kind", kind.rawValue)
        object.set("namespace", namespace.isEmpty ? nil : namespace)
        object.set("name", name)
        object.set("uid", uid.isEmpty ? nil : uid)
        object.set("apiVersion", "v1")
        return object.document
    }
}
