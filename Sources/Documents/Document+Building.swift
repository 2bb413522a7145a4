// Documents that are built in code read like what they become: literals for the fixed parts, the
// named makers for values, and `ObjectBuilder` where members may be absent.

extension Document {
    /// The document `null`.
    public static var null: Document { Document(.null) }
    /// A truth value.
    public static func bool(_ value: Bool) -> Document { Document(.bool(value)) }
    /// A whole number.
    public static func integer(_ value: Int64) -> Document { Document(.integer(value)) }
    /// A real number; one that is not finite is written as `null`, since JSON knows none.
    public static func real(_ value: Double) -> Document { Document(.real(value)) }
    /// Text.
    public static func string(_ value: String) -> Document { Document(.string(value)) }
    /// Values in order.
    public static func array(_ elements: [Document]) -> Document { Document(.array(elements)) }
    /// Texts in order.
    public static func strings(_ elements: some Sequence<String>) -> Document {
        Document(.array(elements.map { .string($0) }))
    }
    /// Named values in order.
    public static func object(_ members: [Member]) -> Document { Document(.object(members)) }
    /// Texts by name, sorted by name, so that equal dictionaries give equal bytes.
    public static func sortedStrings(_ values: [String: String]) -> Document {
        let sorted = values.sorted { $0.key < $1.key }
        return .object(sorted.map { Member(name: $0.key, value: .string($0.value)) })
    }
}

extension Document: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self.init(.string(value)) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self.init(.integer(value)) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self.init(.bool(value)) }
    /// A real number.
    public init(floatLiteral value: Double) { self.init(.real(value)) }
    /// The document `null`.
    public init(nilLiteral: ()) { self.init(.null) }
    /// Values in order.
    public init(arrayLiteral elements: Document...) { self.init(.array(elements)) }
    /// Named values in the order of the literal.
    public init(dictionaryLiteral elements: (String, Document)...) {
        self.init(.object(elements.map { Member(name: $0.0, value: $0.1) }))
    }
}

/// Collects the members of an object in order and leaves out those that are absent.
public struct ObjectBuilder: Sendable {
    private var members: [Document.Member] = []

    /// An object without members.
    public init() {}

    /// Appends a member, unless `value` is nil.
    ///
    /// The caller names each member once.
    public mutating func set(_ name: String, _ value: Document?) {
        guard let value else { return }
        members.append(Document.Member(name: name, value: value))
    }

    /// Appends a text, unless it is nil.
    public mutating func set(_ name: String, _ value: String?) {
        set(name, value.map { .string($0) })
    }

    /// Appends a whole number, unless it is nil.
    public mutating func set(_ name: String, _ value: Int64?) {
        set(name, value.map { .integer($0) })
    }

    /// Appends a truth value, unless it is nil.
    public mutating func set(_ name: String, _ value: Bool?) {
        set(name, value.map { .bool($0) })
    }

    /// Appends texts by name, sorted, unless there are none.
    public mutating func set(_ name: String, _ value: [String: String]) {
        set(name, value.isEmpty ? nil : .sortedStrings(value))
    }

    /// Appends texts, unless they are nil.
    public mutating func set(_ name: String, _ value: [String]?) {
        set(name, value.map { .strings($0) })
    }

    /// Appends an array made from `elements`, unless there are none.
    public mutating func set<Element>(
        _ name: String,
        _ elements: [Element],
        _ encode: (Element) -> Document
    ) {
        set(name, elements.isEmpty ? nil : .array(elements.map(encode)))
    }

    /// The object so far.
    public var document: Document { .object(members) }
    /// Whether nothing was set.
    public var isEmpty: Bool { members.isEmpty }
}
