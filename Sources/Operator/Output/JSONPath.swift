public import Documents

/// A template of `-o jsonpath=…`, as kubectl reads it.
///
/// Text stands for itself; `{…}` holds a path (`.items[*].metadata.name`), a quoted text (`{"\n"}`),
/// or `range PATH` … `end`. Source: the Kubernetes documentation, "JSONPath Support". Left out, and
/// refused by name: regular expressions, as in kubectl itself.
public struct JSONPath: Equatable, Sendable {
    /// One part of a template.
    indirect enum Piece: Equatable, Sendable {
        case text(String)
        case path(Path)
        case loop(Path, [Piece])
    }

    /// Steps from a value to others.
    struct Path: Equatable, Sendable {
        /// Whether it starts at the whole document, not at the value of the loop.
        var startsAtRoot = false
        var steps: [Step] = []
    }

    /// One step; each leads from any number of values to any number.
    enum Step: Equatable, Sendable {
        case member(String)
        case everything
        case descendants
        case elements([Selector])
        case filter(Filter)
    }

    /// What stands between brackets.
    enum Selector: Equatable, Sendable {
        case index(Int)
        case slice(from: Int?, to: Int?, step: Int)
        case name(String)
    }

    /// `[?(@.type=="Ready")]`: the elements for which it holds.
    struct Filter: Equatable, Sendable {
        enum Comparison: String, CaseIterable, Sendable {
            case equal = "=="
            case notEqual = "!="
            case lessOrEqual = "<="
            case greaterOrEqual = ">="
            case less = "<"
            case greater = ">"
        }
        var left: Path
        /// `nil`: it holds when the path leads anywhere.
        var comparison: Comparison?
        var right: Document?
    }

    // Why: a template is typed by a person.
    static let byteCountMax = 4_096
    static let depthMax = 8
    // Why: `..` visits everything; an answer of a node has some thousand values.
    static let valueCountMax = 1_000_000

    let pieces: [Piece]

    /// Reads a template.
    ///
    /// - Parameter text: The template, with or without braces around a lone path.
    /// - Throws: ``OperatorError/usage(_:)``, with the place.
    public init(_ text: String) throws(OperatorError) {
        var parser = JSONPathParser(text.contains("{") ? text : "{\(text)}")
        pieces = try parser.template()
    }

    /// What the template makes of a document.
    ///
    /// - Parameter document: The whole answer.
    /// - Returns: The text, without a line end that the template does not ask for.
    public func text(_ document: Document) -> String {
        var text = ""
        Self.write(pieces, root: document, current: document, into: &text)
        return text
    }

    private static func write(
        _ pieces: [Piece],
        root: Document,
        current: Document,
        into text: inout String
    ) {
        for piece in pieces {
            switch piece {
            case .text(let words): text += words
            case .path(let path):
                text += path.values(root, current).map(\.plainText).joined(separator: " ")
            case .loop(let path, let body):
                for value in path.values(root, current) {
                    write(body, root: root, current: value, into: &text)
                }
            }
        }
    }
}

extension JSONPath.Path {
    /// What the path leads to, in the order of the document.
    func values(_ root: Document, _ current: Document) -> [Document] {
        var values = [startsAtRoot ? root : current]
        for step in steps {
            values = values.flatMap { step.values(from: $0, root) }
            guard values.count <= JSONPath.valueCountMax else { return [] }
        }
        return values
    }
}

extension JSONPath.Step {
    fileprivate func values(from value: Document, _ root: Document) -> [Document] {
        switch self {
        case .member(let name): value[name].map { [$0] } ?? []
        case .everything: value.children
        case .descendants: value.withDescendants
        case .elements(let selectors): selectors.flatMap { $0.values(from: value) }
        case .filter(let filter): (value.array ?? []).filter { filter.holds($0, root) }
        }
    }
}

extension JSONPath.Selector {
    fileprivate func values(from value: Document) -> [Document] {
        switch self {
        case .name(let name): return value[name].map { [$0] } ?? []
        case .index(let index):
            guard let array = value.array else { return [] }
            return value[index < 0 ? array.count + index : index].map { [$0] } ?? []
        case .slice(let from, let to, let step):
            guard let array = value.array else { return [] }
            func place(_ index: Int) -> Int {
                min(max(index < 0 ? array.count + index : index, 0), array.count)
            }
            let range = (place(from ?? 0), place(to ?? array.count))
            return stride(from: range.0, to: range.1, by: step).map { array[$0] }
        }
    }
}

extension JSONPath.Filter {
    fileprivate func holds(_ element: Document, _ root: Document) -> Bool {
        let values = left.values(root, element)
        guard let comparison, let right else { return !values.isEmpty }
        guard let value = values.first else { return false }
        switch comparison {
        case .equal: return value == right
        case .notEqual: return value != right
        case .less: return Self.order(value, right, <, <)
        case .lessOrEqual: return Self.order(value, right, <=, <=)
        case .greater: return Self.order(value, right, >, >)
        case .greaterOrEqual: return Self.order(value, right, >=, >=)
        }
    }

    private static func order(
        _ left: Document,
        _ right: Document,
        _ numbers: (Double, Double) -> Bool,
        _ texts: (String, String) -> Bool
    ) -> Bool {
        if let left = left.number, let right = right.number { return numbers(left, right) }
        if let left = left.string, let right = right.string { return texts(left, right) }
        return false
    }
}

extension Document {
    fileprivate var children: [Document] { array ?? members?.map(\.value) ?? [] }

    /// The value and all below it; bounded by the depth and size that documents are read with.
    fileprivate var withDescendants: [Document] {
        [self] + children.flatMap(\.withDescendants)
    }
}
