import Documents

/// Reads a template of ``JSONPath``, a character after the other.
struct JSONPathParser {
    private let characters: [Character]
    private var position = 0

    init(_ text: String) { characters = Array(text) }

    /// The whole template.
    mutating func template() throws(OperatorError) -> [JSONPath.Piece] {
        guard characters.count <= JSONPath.byteCountMax else {
            throw .usage("jsonpath: longer than \(JSONPath.byteCountMax) characters")
        }
        let pieces = try pieces(depth: 0)
        guard position == characters.count else { throw problem("end without range") }
        return pieces
    }

    private func problem(_ what: String) -> OperatorError {
        .usage("jsonpath: \(what), at character \(position + 1) of the template")
    }

    private var next: Character? {
        position < characters.count ? characters[position] : nil
    }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text)
        guard characters.count - position >= wanted.count,
            Array(characters[position..<position + wanted.count]) == wanted
        else { return false }
        position += wanted.count
        return true
    }

    private mutating func expect(_ text: String) throws(OperatorError) {
        guard take(text) else { throw problem("\"\(text)\" expected") }
    }

    private mutating func skipSpaces() { while next == " " { position += 1 } }

    /// Pieces up to the end of the template, or up to `{end}`, which is left where it is.
    private mutating func pieces(depth: Int) throws(OperatorError) -> [JSONPath.Piece] {
        guard depth <= JSONPath.depthMax else { throw problem("more ranges in ranges than 8") }
        var pieces: [JSONPath.Piece] = []
        while let character = next {
            guard character == "{" else {
                var text = ""
                while let character = next, character != "{" {
                    text.append(character)
                    position += 1
                }
                pieces.append(.text(text))
                continue
            }
            let start = position
            position += 1
            skipSpaces()
            if take("end") {
                position = start
                return pieces
            }
            pieces.append(try braced(depth))
        }
        return pieces
    }

    /// What follows an opening brace, with its closing one.
    private mutating func braced(_ depth: Int) throws(OperatorError) -> JSONPath.Piece {
        if take("range ") {
            skipSpaces()
            let path = try path()
            try close()
            let body = try pieces(depth: depth + 1)
            try expect("{")
            skipSpaces()
            guard take("end") else { throw problem("range without end") }
            try close()
            return .loop(path, body)
        }
        if let quote = next, quote == "\"" || quote == "'" {
            let text = try quoted()
            try close()
            return .text(text)
        }
        let path = try path()
        try close()
        return .path(path)
    }

    private mutating func close() throws(OperatorError) {
        skipSpaces()
        try expect("}")
    }

    private mutating func quoted() throws(OperatorError) -> String {
        guard let quote = next else { throw problem("a quoted text expected") }
        position += 1
        var text = ""
        while let character = next {
            position += 1
            if character == quote { return text }
            guard character == "\\", let escaped = next else {
                text.append(character)
                continue
            }
            position += 1
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            case "\\", "\"", "'": text.append(escaped)
            default: throw problem("\\\(escaped) is no escape")
            }
        }
        throw problem("a quote is not closed")
    }
}

extension JSONPathParser {
    private mutating func path() throws(OperatorError) -> JSONPath.Path {
        var path = JSONPath.Path()
        if take("$") { path.startsAtRoot = true } else { _ = take("@") }
        while let character = next {
            switch character {
            case ".":
                position += 1
                if take(".") { path.steps.append(.descendants) }
                if next == "[" { continue }
                if take("*") {
                    path.steps.append(.everything)
                } else if let name = try name() {
                    path.steps.append(.member(name))
                }
            case "[":
                position += 1
                path.steps.append(try bracketed())
                try expect("]")
            case _ where path.steps.isEmpty && !path.startsAtRoot && character.isLetter:
                // kubectl takes `{metadata.name}` for `{.metadata.name}`.
                guard let name = try name() else { return path }
                path.steps.append(.member(name))
            case _: return path
            }
        }
        return path
    }

    private mutating func name() throws(OperatorError) -> String? {
        var name = ""
        while let character = next {
            if character == "\\", position + 1 < characters.count {
                // Why: names of annotations have dots, which are written with a backslash.
                name.append(characters[position + 1])
                position += 2
                continue
            }
            guard character.isLetter || character.isNumber || "-_/".contains(character) else {
                break
            }
            name.append(character)
            position += 1
        }
        return name.isEmpty ? nil : name
    }

    private mutating func bracketed() throws(OperatorError) -> JSONPath.Step {
        skipSpaces()
        if take("*") { return .everything }
        if take("?(") {
            let filter = try filter()
            skipSpaces()
            try expect(")")
            return .filter(filter)
        }
        var selectors: [JSONPath.Selector] = []
        repeat {
            skipSpaces()
            if next == "'" || next == "\"" {
                selectors.append(.name(try quoted()))
            } else {
                selectors.append(try slice())
            }
            skipSpaces()
        } while take(",")
        return .elements(selectors)
    }

    private mutating func slice() throws(OperatorError) -> JSONPath.Selector {
        let from = try integer()
        guard take(":") else {
            guard let from else { throw problem("an index, a name in quotes, * or ?( expected") }
            return .index(from)
        }
        let to = try integer()
        let step = take(":") ? try integer() ?? 1 : 1
        guard step > 0 else { throw problem("the step of a slice must be above zero") }
        return .slice(from: from, to: to, step: step)
    }

    private mutating func integer() throws(OperatorError) -> Int? {
        let start = position
        _ = take("-")
        while let character = next, character.isASCII, character.isNumber { position += 1 }
        guard position > start else { return nil }
        guard let number = Int32(String(characters[start..<position])) else {
            throw problem("\(String(characters[start..<position])) is no index")
        }
        return Int(number)
    }

    private mutating func filter() throws(OperatorError) -> JSONPath.Filter {
        skipSpaces()
        var filter = JSONPath.Filter(left: try path())
        skipSpaces()
        if take("=~") { throw problem("regular expressions are not supported") }
        for comparison in JSONPath.Filter.Comparison.allCases where take(comparison.rawValue) {
            filter.comparison = comparison
            skipSpaces()
            filter.right = try literal()
            break
        }
        return filter
    }

    private mutating func literal() throws(OperatorError) -> Document {
        if next == "\"" || next == "'" { return .string(try quoted()) }
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        guard let number = try integer() else {
            throw problem("a text in quotes, a whole number, true or false expected")
        }
        return .integer(Int64(number))
    }
}
