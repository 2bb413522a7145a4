/// One value of a JSON or YAML document, with the line it was read from.
///
/// Members of an object keep their order. Two documents are equal when their values are: the line is
/// a remark for error messages and takes no part.
public struct Document: Sendable {
    /// What a document can hold.
    public enum Content: Equatable, Sendable {
        /// JSON's `null`.
        case null
        /// A truth value.
        case bool(Bool)
        /// A whole number, written without point or exponent.
        case integer(Int64)
        /// A number with a point or an exponent; always finite when it was read.
        case real(Double)
        /// Text.
        case string(String)
        /// Values in order.
        case array([Document])
        /// Named values in the order they were written; no name occurs twice when it was read.
        case object([Member])
    }

    /// One named value of an object.
    public struct Member: Equatable, Sendable {
        /// The key.
        public var name: String
        /// What it names.
        public var value: Document

        /// A member called `name`.
        public init(name: String, value: Document) {
            self.name = name
            self.value = value
        }
    }

    /// The value itself.
    public var content: Content
    /// The 1-based line on which the value starts; nil for documents that were built, not read.
    public var line: Int?

    /// A document of `content`.
    public init(_ content: Content, line: Int? = nil) {
        self.content = content
        self.line = line
    }
}

extension Document: Equatable {
    /// Whether both hold the same value; lines do not matter.
    public static func == (left: Document, right: Document) -> Bool {
        left.content == right.content
    }
}

extension Document {
    /// The member called `name`; nil when there is none or this is no object.
    public subscript(name: String) -> Document? {
        members?.first { $0.name == name }?.value
    }

    /// The element at `index`; nil when there is none or this is no array.
    public subscript(index: Int) -> Document? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    /// Whether this is `null`.
    public var isNull: Bool { content == .null }

    /// The truth value; nil when this is something else.
    public var bool: Bool? {
        if case .bool(let bool) = content { bool } else { nil }
    }

    /// The whole number; nil when this is something else, a real number too.
    public var integer: Int64? {
        if case .integer(let integer) = content { integer } else { nil }
    }

    /// The number, whole or not; nil when this is no number.
    public var number: Double? {
        switch content {
        case .integer(let integer): Double(integer)
        case .real(let real): real
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// The text; nil when this is something else.
    public var string: String? {
        if case .string(let string) = content { string } else { nil }
    }

    /// The elements; nil when this is no array.
    public var array: [Document]? {
        if case .array(let array) = content { array } else { nil }
    }

    /// The members; nil when this is no object.
    public var members: [Member]? {
        if case .object(let members) = content { members } else { nil }
    }

    /// What kind of value this is, in a word for error messages.
    public var kindName: String {
        switch content {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .real: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
