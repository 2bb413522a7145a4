/// One variable of a container's environment.
public struct EnvironmentVariable: Equatable, Sendable {
    /// Where a value comes from.
    public enum Value: Equatable, Sendable {
        /// The text, in which `$(NAME)` stands for an earlier variable.
        case literal(String)
        /// A field of the pod.
        case field(DownwardField)
        /// An amount of a container's resources.
        case resource(ResourceSelector)
        /// A key of a ConfigMap.
        case configMapKey(ConfigKey)
        /// A key of a Secret.
        case secretKey(ConfigKey)
    }

    /// Printable ASCII without `=`.
    public var name: String
    /// Where its value comes from.
    public var value: Value

    /// A variable made in code.
    public init(name: String, value: Value) {
        self.name = name
        self.value = value
    }

    /// A variable of a text.
    public init(name: String, value: String) {
        self.init(name: name, value: .literal(value))
    }
}

/// A key of a ConfigMap or a Secret.
public struct ConfigKey: Equatable, Sendable {
    /// The ConfigMap or the Secret, in the pod's namespace.
    public var name: String
    /// The key.
    public var key: String
    /// Whether the variable is left out where the key is missing.
    public var isOptional: Bool

    /// A key made in code.
    public init(name: String, key: String, isOptional: Bool = false) {
        self.name = name
        self.key = key
        self.isOptional = isOptional
    }
}

/// A ConfigMap or a Secret whose keys all become variables.
public struct EnvironmentFrom: Equatable, Sendable {
    /// Where the keys come from.
    public enum Source: Equatable, Sendable {
        /// The ConfigMap of this name.
        case configMap(String)
        /// The Secret of this name.
        case secret(String)
    }

    /// Stands before each key.
    public var prefix: String
    /// Where the keys come from.
    public var source: Source
    /// Whether the container starts without it.
    public var isOptional: Bool

    /// A source made in code.
    public init(prefix: String = "", source: Source, isOptional: Bool = false) {
        self.prefix = prefix
        self.source = source
        self.isOptional = isOptional
    }
}
