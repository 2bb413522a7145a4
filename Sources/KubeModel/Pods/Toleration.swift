public import Documents

/// A mark of nodes that a pod does not mind.
///
/// Source: Kubernetes, "Taints and Tolerations".
public struct Toleration: Equatable, Sendable {
    /// How the value is compared.
    public enum Comparison: String, Sendable, CaseIterable {
        /// The taint must have the same value.
        case equal = "Equal"
        /// Any value will do.
        case exists = "Exists"
    }

    /// The taint's name; empty for any.
    public var key: String
    /// How the value is compared.
    public var comparison: Comparison
    /// The value; empty for none.
    public var value: String
    /// The taint's effect; empty for any.
    public var effect: String
    /// How long a pod stays after a `NoExecute` taint came; nil for as long as it likes.
    public var tolerationSeconds: Int64?

    /// A toleration made in code.
    public init(
        key: String = "",
        comparison: Comparison = .equal,
        value: String = "",
        effect: String = "",
        tolerationSeconds: Int64? = nil
    ) {
        self.key = key
        self.comparison = comparison
        self.value = value
        self.effect = effect
        self.tolerationSeconds = tolerationSeconds
    }

    /// Whether it makes a pod not mind the taint.
    public func tolerates(_ taint: Taint) -> Bool {
        guard effect.isEmpty || effect == taint.effect else { return false }
        guard key.isEmpty || key == taint.key else { return false }
        switch comparison {
        case .exists: return true
        case .equal: return value == taint.value ?? ""
        }
    }
}

extension Toleration {
    private static let effects: Set<String> = ["", "NoSchedule", "PreferNoSchedule", "NoExecute"]

    init(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: [
            "key", "operator", "value", "effect", "tolerationSeconds",
        ])
        self.init()
        key = try reader.string("key")
        comparison = try reader.choice("operator", absent: .equal)
        value = try reader.string("value")
        effect = try reader.string("effect")
        tolerationSeconds = try reader.optional("tolerationSeconds")?.integer()
        guard Self.effects.contains(effect) else {
            let known = Self.effects.filter { !$0.isEmpty }.sorted().joined(separator: ", ")
            throw reader.error("effect", "Unsupported value: \"\(effect)\": supported are \(known)")
        }
        guard !key.isEmpty || comparison == .exists else {
            throw reader.error("operator", "must be Exists when key is empty")
        }
        guard comparison == .equal || value.isEmpty else {
            throw reader.error("value", "must be empty when operator is Exists")
        }
        guard tolerationSeconds == nil || effect == "NoExecute" else {
            throw reader.error("effect", "must be NoExecute when tolerationSeconds is set")
        }
    }

    /// The toleration as Kubernetes writes it.
    public var document: Document {
        var object = ObjectBuilder()
        object.set("key", key.isEmpty ? nil : key)
        object.set("operator", comparison == .equal ? nil : comparison.rawValue)
        object.set("value", value.isEmpty ? nil : value)
        object.set("effect", effect.isEmpty ? nil : effect)
        object.set("tolerationSeconds", tolerationSeconds)
        return object.document
    }
}
