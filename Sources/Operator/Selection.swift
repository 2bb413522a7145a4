/// Which objects a verb is about.
public struct Selection: Equatable, Sendable {
    /// Their kind.
    public var kind: ResourceKind
    /// Their names; empty for all.
    public var names: [String]
    /// Their namespace; `nil` for all.
    public var namespace: String?

    /// Objects of a kind.
    public init(kind: ResourceKind, names: [String] = [], namespace: String? = nil) {
        self.kind = kind
        self.names = names
        self.namespace = namespace
    }
}
