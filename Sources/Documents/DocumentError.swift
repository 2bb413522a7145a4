/// Where and why bytes are not a document that we take.
public struct DocumentError: Error, Equatable, Sendable {
    /// What is wrong, without any of the document's values: those may be secrets.
    public var message: String
    /// The 1-based line.
    public var line: Int
    /// The 1-based column, in characters.
    public var column: Int
    /// The 0-based offset from the first byte.
    public var byteOffset: Int

    /// An error at a place.
    public init(message: String, line: Int, column: Int, byteOffset: Int) {
        self.message = message
        self.line = line
        self.column = column
        self.byteOffset = byteOffset
    }
}

extension DocumentError: CustomStringConvertible {
    /// The message with its line and column.
    public var description: String { "line \(line), column \(column): \(message)" }
}

extension DocumentError {
    /// An error at `byteOffset` of `bytes`; line and column are counted here.
    init(_ message: String, at byteOffset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(byteOffset)
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        self.init(
            message: message,
            line: before.count { $0 == 0x0A } + 1,
            // Why: continuation bytes of UTF-8 belong to the character before them.
            column: before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1,
            byteOffset: byteOffset
        )
    }
}
