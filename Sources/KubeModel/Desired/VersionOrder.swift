/// Which version of an object a message carries.
public struct ObjectVersion: Equatable, Sendable {
    /// What tells the object from another of its name.
    public var uid: String
    /// An opaque text.
    public var resourceVersion: String
    /// Whether `resourceVersion` was made here from a digest, and thus is no number whatever it looks like.
    public var isDerived: Bool
    /// The sender's counter; nil where it keeps none.
    public var generation: Int64?

    /// A version made in code.
    public init(
        uid: String,
        resourceVersion: String,
        isDerived: Bool = false,
        generation: Int64? = nil
    ) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.isDerived = isDerived
        self.generation = generation
    }
}

/// Whether a version that arrives replaces the one that is stored: rule 4 of the MQTT contract.
public enum VersionOrder {
    /// What becomes of the one that arrives.
    public enum Decision: Equatable, Sendable {
        /// Nothing is stored: it is taken.
        case new
        /// It is the stored one: old news.
        case same
        /// It is taken in place of the stored one.
        case newer
        /// It is older than the stored one, which stays.
        case stale
        /// It is another object of the same name: the stored one ends, then this one starts.
        case otherUID
    }

    /// Decides about `incoming`.
    ///
    /// - Parameters:
    ///   - stored: What is on disk under the same kind and name; nil for nothing.
    ///   - incoming: What arrived; if it was written by hand, with the uid and version made for it.
    /// - Returns: What becomes of it. Where no order is known, the later arrival wins.
    public static func decide(stored: ObjectVersion?, incoming: ObjectVersion) -> Decision {
        guard let stored else { return .new }
        guard stored.uid == incoming.uid else { return .otherUID }
        guard stored.resourceVersion != incoming.resourceVersion else { return .same }
        if let old = number(stored), let new = number(incoming) {
            return isLess(new, old) ? .stale : .newer
        }
        if let old = stored.generation, let new = incoming.generation {
            return new < old ? .stale : .newer
        }
        return .newer
    }

    /// The digits of a decimal number of any length, without zeros in front; nil for what is none.
    private static func number(_ version: ObjectVersion) -> Substring.UTF8View? {
        let digits = version.resourceVersion.utf8
        guard !version.isDerived, !digits.isEmpty,
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return digits.drop { $0 == 0x30 }
    }

    private static func isLess(_ left: Substring.UTF8View, _ right: Substring.UTF8View) -> Bool {
        left.count != right.count
            ? left.count < right.count : left.lexicographicallyPrecedes(right)
    }
}
