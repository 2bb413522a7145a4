// What a plain scalar means. The rules are those of the reader that Kubernetes uses for manifests
// (go-yaml 2.4 below sigs.k8s.io/yaml): YAML 1.1's booleans, octal with a leading zero, no dates.

extension YAMLScalar {
    /// Whether this is `<<`, which takes over the members of another map.
    var isMergeKey: Bool {
        tag == "tag:yaml.org,2002:merge" || (tag == nil && isPlain && text == "<<")
    }

    /// The value that this stands for.
    ///
    /// - Parameter event: Where it stands, for errors.
    /// - Returns: A scalar; never an array or an object.
    /// - Throws: Numbers out of range, infinities, NUL, tags that are not ours.
    func resolved(at event: YAMLEvent) throws(DocumentError) -> Document.Content {
        guard !text.utf8.contains(0) else { throw event.error("the character NUL is not allowed") }
        let value: Document.Content
        switch tag {
        case nil:
            return isPlain ? try Self.plainValue(of: text, at: event) : .string(text)
        case "!", "tag:yaml.org,2002:str": return .string(text)
        case "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int":
            value = try Self.plainValue(of: text, at: event)
        case "tag:yaml.org,2002:float":
            value = try Self.plainValue(of: text, at: event)
            if case .integer(let integer) = value { return .real(Double(integer)) }
        case .some(let tag): throw event.error("tag \(tag) is not supported")
        }
        guard tag == "tag:yaml.org,2002:\(Self.tagName(of: value))" else {
            throw event.error("value does not fit its tag \(tag ?? "")")
        }
        return value
    }

    private static func tagName(of value: Document.Content) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        case .integer: "int"
        case .real: "float"
        case .string: "str"
        case .array: "seq"
        case .object: "map"
        }
    }

    private static let words: [String: Document.Content] = {
        var words: [String: Document.Content] = [:]
        for word in ["", "~", "null", "Null", "NULL"] { words[word] = .null }
        for word in ["y", "yes", "true", "on"] { words.setAllCases(of: word, .bool(true)) }
        for word in ["n", "no", "false", "off"] { words.setAllCases(of: word, .bool(false)) }
        return words
    }()

    private static func plainValue(
        of text: String,
        at event: YAMLEvent
    ) throws(DocumentError) -> Document.Content {
        if let value = words[text] { return value }
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else {
            return .string(text)
        }
        let digits = Array(text.utf8.filter { $0 != UInt8(ascii: "_") })
        let sign = digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+")
        let unsigned = String(decoding: digits.dropFirst(sign ? 1 : 0), as: UTF8.self)
        if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(unsigned) {
            throw event.error("numbers must be finite; quote it if it is text")
        }
        if let (body, radix) = wholeNumber(unsigned) {
            let signed = digits.first == UInt8(ascii: "-") ? "-" + body : body
            guard let integer = Int64(signed, radix: radix) else {
                throw event.error("whole number does not fit 64 bits; quote it if it is text")
            }
            return .integer(integer)
        }
        guard isDecimal(Array(unsigned.utf8)) else { return .string(text) }
        guard let real = Double(String(decoding: digits, as: UTF8.self)), real.isFinite else {
            throw event.error("number is out of range; quote it if it is text")
        }
        return .real(real)
    }

    /// The digits and their base; nil when this is no whole number.
    private static func wholeNumber(_ text: String) -> (digits: String, radix: Int)? {
        let prefixes = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)]
        for (prefix, radix) in prefixes where text.hasPrefix(prefix) {
            let digits = String(text.dropFirst(2))
            let isWhole = !digits.isEmpty && digits.utf8.allSatisfy { digit($0) ?? 99 < radix }
            return isWhole ? (digits, radix) : nil
        }
        let radix = text.hasPrefix("0") && text.utf8.count > 1 ? 8 : 10
        guard !text.isEmpty, text.utf8.allSatisfy({ digit($0) ?? 99 < radix }) else { return nil }
        return (text, radix)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte) - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte) - 0x37
        default: nil
        }
    }

    /// Digits with a point before some of them and perhaps an exponent, without sign.
    private static func isDecimal(_ text: [UInt8]) -> Bool {
        let mantissa = text.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let parts = mantissa.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy(isDigit) }),
            parts.contains(where: { !$0.isEmpty })
        else { return false }
        guard mantissa.count < text.count else { return true }
        var exponent = text[(mantissa.count + 1)...]
        if exponent.first == UInt8(ascii: "+") || exponent.first == UInt8(ascii: "-") {
            exponent = exponent.dropFirst()
        }
        return !exponent.isEmpty && exponent.allSatisfy(isDigit)
    }

    /// Whether `text`, written without quotes, would be read as itself and nothing else.
    static func isTextWhenPlain(_ text: String) -> Bool {
        let nowhere = YAMLEvent(kind: .streamEnd, line: 1, column: 1, byteOffset: 0)
        guard let value = try? plainValue(of: text, at: nowhere) else { return false }
        return value == .string(text)
    }
}

extension [String: Document.Content] {
    /// Sets `word` in lower case, with a capital, and in upper case.
    fileprivate mutating func setAllCases(of word: String, _ value: Document.Content) {
        self[word] = value
        self[word.prefix(1).uppercased() + word.dropFirst()] = value
        self[word.uppercased()] = value
    }
}
