/// Walks over the bytes of a JSON text without understanding values: depth before parsing, lines after.
struct JSONScan {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Refuses a text that is too long, too deep or of too many values, before memory is spent on it.
    ///
    /// - Parameters:
    ///   - bytes: The text, not yet known to be JSON.
    ///   - limits: What the caller takes.
    /// - Throws: The limit that is passed, and where.
    static func check(_ bytes: [UInt8], _ limits: DocumentLimits) throws(DocumentError) {
        guard bytes.count <= limits.byteCountMax else {
            throw DocumentError(
                "document has \(bytes.count) bytes, more than \(limits.byteCountMax)",
                at: 0,
                in: []
            )
        }
        var scan = JSONScan(bytes)
        try scan.checkNesting(limits)
    }

    private mutating func checkNesting(_ limits: DocumentLimits) throws(DocumentError) {
        var depth = 0
        var nodeCount = 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                skipString()
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                nodeCount += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ","): nodeCount += 1
            default: break
            }
            if depth > limits.depthMax {
                throw DocumentError(
                    "more than \(limits.depthMax) arrays and objects inside one another",
                    at: position,
                    in: bytes
                )
            }
            if nodeCount > limits.nodeCountMax {
                throw DocumentError(
                    "more than \(limits.nodeCountMax) values",
                    at: position,
                    in: bytes
                )
            }
            position += 1
        }
    }

    /// Gives each value of `document` the line on which it starts in `bytes`.
    ///
    /// - Parameters:
    ///   - document: What the parser made of `bytes`.
    ///   - bytes: The text, known to be JSON.
    static func addLines(to document: inout Document, from bytes: [UInt8]) {
        var scan = JSONScan(bytes)
        scan.annotate(&document)
    }

    private mutating func annotate(_ document: inout Document) {
        skipBlanks()
        document.line = line
        switch document.content {
        case .array(var elements):
            document.content = .null
            position += 1
            for index in elements.indices {
                annotate(&elements[index])
                skipSeparator()
            }
            if elements.isEmpty { skipSeparator() }
            document.content = .array(elements)
        case .object(var members):
            document.content = .null
            position += 1
            for index in members.indices {
                skipBlanks()
                skipString()
                skipSeparator()
                annotate(&members[index].value)
                skipSeparator()
            }
            if members.isEmpty { skipSeparator() }
            document.content = .object(members)
        case .string: skipString()
        case .null, .bool, .integer, .real: skipWord()
        }
    }

    /// Passes over one `,`, `:`, `]` or `}` and the blanks before it.
    private mutating func skipSeparator() {
        skipBlanks()
        position += 1
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] <= UInt8(ascii: " ") {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    private mutating func skipWord() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): return
            case 0...UInt8(ascii: " "): return
            default: position += 1
            }
        }
    }

    private mutating func skipString() {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\"): position += 2
            case UInt8(ascii: "\""):
                position += 1
                return
            default: position += 1
            }
        }
    }
}
