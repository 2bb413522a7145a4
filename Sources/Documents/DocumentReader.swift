/// A place in a document that knows its path, so that whatever is wrong there can be named.
///
/// A member that is `null` counts as absent, as in Kubernetes.
public struct DocumentReader: Sendable {
    /// What stands here.
    public let document: Document
    /// Where this is: `spec.containers[1]`; empty at the top.
    public let path: String

    /// A reader at the top of `document`, or at `path` of a larger one.
    public init(_ document: Document, path: String = "") {
        self.document = document
        self.path = path
    }

    /// The line of this place; nil when it is not known.
    public var line: Int? { document.line }

    /// An error about this place.
    public func error(_ message: String) -> FieldError {
        FieldError(path: path, line: line, message: message)
    }

    /// An error about the member `name` of this object, which may be absent.
    public func error(_ name: String, _ message: String) -> FieldError {
        let line = document[name]?.line ?? line
        return FieldError(path: childPath(name), line: line, message: message)
    }

    private func childPath(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }
}

extension DocumentReader {
    /// The member `name`; nil when it is absent or null.
    ///
    /// - Throws: When this is no object.
    public func optional(_ name: String) throws(FieldError) -> DocumentReader? {
        _ = try members()
        guard let member = document[name], !member.isNull else { return nil }
        return DocumentReader(member, path: childPath(name))
    }

    /// The member `name`.
    ///
    /// - Throws: `Required value` when it is absent or null, and when this is no object.
    public func required(_ name: String) throws(FieldError) -> DocumentReader {
        guard let member = try optional(name) else { throw error(name, "Required value") }
        return member
    }

    /// All members in order, null ones too; a member's path is `path[name]`, as for a map's keys.
    ///
    /// - Throws: When this is no object.
    public func entries() throws(FieldError) -> [(name: String, reader: DocumentReader)] {
        try members().map { member in
            (member.name, DocumentReader(member.value, path: "\(path)[\(member.name)]"))
        }
    }

    /// The elements of an array.
    ///
    /// - Throws: When this is no array.
    public func elements() throws(FieldError) -> [DocumentReader] {
        guard let array = document.array else { throw mismatch("array") }
        return array.enumerated().map { index, element in
            DocumentReader(element, path: "\(path)[\(index)]")
        }
    }

    /// The text here.
    ///
    /// - Throws: When this is something else.
    public func string() throws(FieldError) -> String {
        guard let string = document.string else { throw mismatch("string") }
        return string
    }

    /// The whole number here.
    ///
    /// - Throws: When this is something else, `1.0` too.
    public func integer() throws(FieldError) -> Int64 {
        guard let integer = document.integer else { throw mismatch("integer") }
        return integer
    }

    /// The whole number here, which must lie in `range`.
    ///
    /// - Throws: When it does not, or this is something else.
    public func integer(in range: ClosedRange<Int64>) throws(FieldError) -> Int64 {
        let value = try integer()
        guard range.contains(value) else {
            throw error(
                "Invalid value: \(value): must be between \(range.lowerBound) and "
                    + "\(range.upperBound), inclusive"
            )
        }
        return value
    }

    /// The truth value here.
    ///
    /// - Throws: When this is something else.
    public func bool() throws(FieldError) -> Bool {
        guard let bool = document.bool else { throw mismatch("boolean") }
        return bool
    }

    /// The texts of an array.
    ///
    /// - Throws: When this is no array, or an element is no text.
    public func strings() throws(FieldError) -> [String] {
        var result: [String] = []
        for element in try elements() { result.append(try element.string()) }
        return result
    }

    /// The texts of an object by name.
    ///
    /// - Throws: When this is no object, or a member is no text.
    public func stringMap() throws(FieldError) -> [String: String] {
        var result: [String: String] = [:]
        for (name, reader) in try entries() { result[name] = try reader.string() }
        return result
    }

    /// Refuses every member that is not in `known`; null ones too, since a misspelt name means harm.
    ///
    /// - Parameter known: The names that the caller reads.
    /// - Throws: `unknown field`, with the nearest known name where one is near.
    public func refuseUnknown(known: Set<String>) throws(FieldError) {
        for member in try members() where !known.contains(member.name) {
            throw unknownField(member.name, known: known)
        }
    }

    /// An error about a member that should not be there.
    ///
    /// - Parameters:
    ///   - name: The member.
    ///   - known: The names that would have been right.
    /// - Returns: `unknown field`, with the nearest known name where one is near.
    public func unknownField(_ name: String, known: some Sequence<String>) -> FieldError {
        let hint = Spelling.nearest(to: name, among: known).map { "; did you mean \($0)?" }
        return error(name, "unknown field" + (hint ?? ""))
    }

    /// All members in order, null ones too.
    ///
    /// - Throws: When this is no object.
    public func members() throws(FieldError) -> [Document.Member] {
        guard let members = document.members else { throw mismatch("object") }
        return members
    }

    private func mismatch(_ expected: String) -> FieldError {
        let article = ["array", "object", "integer"].contains(expected) ? "an" : "a"
        return error("must be \(article) \(expected), but is \(kindWithArticle)")
    }

    private var kindWithArticle: String {
        switch document.content {
        case .null: "null"
        case .array, .object, .integer: "an \(document.kindName)"
        case .bool, .real, .string: "a \(document.kindName)"
        }
    }
}
