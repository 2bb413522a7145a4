import Documents

/// Which objects a verb is about.
public struct Selection: Equatable, Sendable {
    /// Their kind.
    public var kind: ResourceKind
    /// Their names; empty for all.
    public var names: [String]
    /// Their namespace; `nil` for all.
    public var namespace: String?
    /// What their labels must say; `nil` for anything.
    public var labels: LabelSelector?

    /// Objects of a kind.
    public init(
        kind: ResourceKind,
        names: [String] = [],
        namespace: String? = nil,
        labels: LabelSelector? = nil
    ) {
        self.kind = kind
        self.names = names
        self.namespace = namespace
        self.labels = labels
    }
}

extension Selection {
    /// Reads what stands behind a verb: `KIND[,KIND…] [NAME…]`, `KIND/NAME…` or `all`.
    ///
    /// - Parameters:
    ///   - words: The arguments.
    ///   - namespace: Where to look; `nil` for everywhere, which goes without names.
    ///   - labels: What the objects' labels must say, which goes without names, too.
    /// - Returns: One selection a kind, in the order in which the kinds are named; never none.
    /// - Throws: ``OperatorError/usage(_:)``.
    public static func read(
        _ words: [String],
        namespace: String?,
        labels: LabelSelector? = nil
    ) throws(OperatorError) -> [Selection] {
        guard let first = words.first else {
            throw .usage("say what: \(ResourceKind.spelledOut), or KIND/NAME")
        }
        var selections: [Selection] = []
        if first.contains("/") {
            for word in words {
                let key = try ObjectKey(argument: word, kind: nil, namespace: namespace)
                if let index = selections.firstIndex(where: { $0.kind == key.kind }) {
                    selections[index].names.append(key.name)
                } else {
                    selections.append(Selection(kind: key.kind, names: [key.name]))
                }
            }
        } else {
            let names = Array(words.dropFirst())
            for kind in try ResourceKind.list(first) {
                for name in names {
                    _ = try ObjectKey(argument: name, kind: kind, namespace: namespace)
                }
                selections.append(Selection(kind: kind, names: names))
            }
        }
        for index in selections.indices {
            selections[index].namespace = namespace
            selections[index].labels = labels
        }
        let isNamed = selections.contains { !$0.names.isEmpty }
        if isNamed, namespace == nil {
            throw .usage("-A is for every namespace: leave it out, or the names")
        }
        if isNamed, labels != nil {
            throw .usage("-l chooses by labels: leave it out, or the names")
        }
        return selections
    }

    /// The objects that are named, in the default namespace if none is said.
    var keys: [ObjectKey] {
        names.map { ObjectKey(kind: kind, namespace: namespace ?? "default", name: $0) }
    }

    /// Whether an object is one of those that the labels choose.
    func admits(_ object: Document) -> Bool {
        labels?.matches(ObjectView(object).labels) ?? true
    }
}
