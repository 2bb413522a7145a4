/// What a column holds or a statement is given.
enum SQLValue: Equatable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    init(_ text: String) { self = .text(text) }
    init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .null }
    init(_ bool: Bool) { self = .integer(bool ? 1 : 0) }
    init(_ blob: [UInt8]) { self = .blob(blob) }

    var integer: Int64? {
        if case .integer(let integer) = self { integer } else { nil }
    }

    /// The text; empty for anything else, which the schema rules out.
    var text: String {
        if case .text(let text) = self { text } else { "" }
    }

    /// The bytes; empty for anything else, which the schema rules out.
    var blob: [UInt8] {
        if case .blob(let blob) = self { blob } else { [] }
    }
}
