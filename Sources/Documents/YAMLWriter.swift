/// Writes a document as YAML in block style, with the indentation that kubectl uses.
struct YAMLWriter {
    private(set) var text = ""

    mutating func writeTop(_ document: Document) {
        switch document.content {
        case .object(let members) where !members.isEmpty: writeMembers(members, indent: 0)
        case .array(let elements) where !elements.isEmpty: writeElements(elements, indent: 0)
        case .null, .bool, .integer, .real, .string, .array, .object:
            writeScalar(document, indent: 0)
        }
    }

    private mutating func writeMembers(_ members: [Document.Member], indent: Int) {
        for (index, member) in members.enumerated() {
            // Why: the first member of a list's element stands on the line of its dash.
            if index > 0 || !isAfterDash { startLine(indent) }
            isAfterDash = false
            text += Self.inline(member.name)
            text += ":"
            switch member.value.content {
            case .object(let inner) where !inner.isEmpty:
                text += "\n"
                writeMembers(inner, indent: indent + 2)
            case .array(let inner) where !inner.isEmpty:
                text += "\n"
                writeElements(inner, indent: indent)
            case .null, .bool, .integer, .real, .string, .array, .object:
                text += " "
                writeScalar(member.value, indent: indent + 2)
            }
        }
    }

    private mutating func writeElements(_ elements: [Document], indent: Int) {
        for (index, element) in elements.enumerated() {
            if index > 0 || !isAfterDash { startLine(indent) }
            text += "- "
            isAfterDash = true
            switch element.content {
            case .object(let inner) where !inner.isEmpty: writeMembers(inner, indent: indent + 2)
            case .array(let inner) where !inner.isEmpty: writeElements(inner, indent: indent + 2)
            case .null, .bool, .integer, .real, .string, .array, .object:
                writeScalar(element, indent: indent + 2)
            }
            isAfterDash = false
        }
    }

    /// Whether the line so far is indentation and dashes, ready for a first member.
    private var isAfterDash = false

    private mutating func startLine(_ indent: Int) {
        text += String(repeating: " ", count: indent)
    }

    /// Writes what stands on one line, or a block of text, and ends the line.
    private mutating func writeScalar(_ document: Document, indent: Int) {
        switch document.content {
        case .string(let string) where Self.isBlockText(string): writeBlock(string, indent: indent)
        case .string(let string): text += Self.inline(string) + "\n"
        case .array: text += "[]\n"
        case .object: text += "{}\n"
        case .null, .bool, .integer: text += document.jsonText() + "\n"
        case .real(let real): text += real.isFinite ? "\(real)\n" : "null\n"
        }
    }

    private mutating func writeBlock(_ string: String, indent: Int) {
        text += string.hasSuffix("\n") ? "|\n" : "|-\n"
        var lines = string.split(separator: "\n", omittingEmptySubsequences: false)
        if string.hasSuffix("\n") { lines.removeLast() }
        for line in lines {
            if !line.isEmpty {
                text += String(repeating: " ", count: max(indent, 2))
                text += line
            }
            text += "\n"
        }
    }

    /// Whether a literal block gives `string` back: several lines, none with blanks that get lost.
    private static func isBlockText(_ string: String) -> Bool {
        let bytes = Array(string.utf8)
        guard bytes.contains(0x0A), let first = bytes.first, first > UInt8(ascii: " ") else {
            return false
        }
        guard !string.hasSuffix("\n\n"), bytes != [0x0A] else { return false }
        return string.unicodeScalars.allSatisfy { isPrintable($0) || $0 == "\n" }
    }

    /// `string` on one line: as it is where that is safe, else in double quotes.
    private static func inline(_ string: String) -> String {
        isSafePlain(string) ? string : quoted(string)
    }

    private static func isSafePlain(_ string: String) -> Bool {
        guard let first = string.utf8.first, let last = string.utf8.last,
            isWordByte(first) || first == UInt8(ascii: "/"),
            last != UInt8(ascii: ":"), last != UInt8(ascii: " ")
        else { return false }
        let isSafeInside = string.utf8.allSatisfy {
            isWordByte($0) || " -./:@,+=%".utf8.contains($0)
        }
        guard isSafeInside else { return false }
        let bytes = Array(string.utf8)
        let hasMark = bytes.indices.dropLast().contains { index in
            bytes[index] == UInt8(ascii: ":") && bytes[index + 1] == UInt8(ascii: " ")
        }
        return !hasMark && !looksLikeDate(bytes) && !looksLikeSexagesimal(bytes)
            && YAMLScalar.isTextWhenPlain(string)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// Whether another reader could see a date here: four digits and a dash.
    private static func looksLikeDate(_ bytes: [UInt8]) -> Bool {
        bytes.count > 4 && bytes[..<4].allSatisfy({ (0x30...0x39).contains($0) })
            && bytes[4] == UInt8(ascii: "-")
    }

    /// Whether a reader of YAML 1.1 could see a number to the base of 60 here: `12:30`.
    private static func looksLikeSexagesimal(_ bytes: [UInt8]) -> Bool {
        bytes.contains(UInt8(ascii: ":"))
            && bytes.allSatisfy { (0x30...0x39).contains($0) || ":._".utf8.contains($0) }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x1_0000...0x10_FFFF:
            scalar.value != 0x2028 && scalar.value != 0x2029
        default: false
        }
    }

    private static func quoted(_ string: String) -> String {
        var result = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            default:
                let hex = String(scalar.value, radix: 16, uppercase: true)
                let width = hex.utf8.count <= 2 ? 2 : hex.utf8.count <= 4 ? 4 : 8
                let mark = width == 2 ? "\\x" : width == 4 ? "\\u" : "\\U"
                result += mark + String(repeating: "0", count: width - hex.utf8.count) + hex
            }
        }
        return result + "\""
    }
}
