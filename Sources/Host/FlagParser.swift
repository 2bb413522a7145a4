/// The few flags of `swiftletd`, `swiftlet-run` and `swiftlet-pull`.
///
/// A flag with a value takes it from the next word or after `=`. `--` ends the flags, and so does the
/// first operand: what follows belongs to it. `--help` and `--version` need not be declared.
public struct FlagParser: Sendable {
    /// One flag.
    public struct Flag: Sendable {
        /// What may follow a flag.
        public enum Value: Equatable, Sendable {
            /// Nothing.
            case none
            /// A value that must be there; the text is its name in the usage.
            case required(String)
            /// A value that may be there after `=`.
            case optional(String)
        }

        /// Its spelling, with the dashes.
        public let name: String
        /// What follows it.
        public let value: Value
        /// Whether it may be given more than once.
        public let isRepeatable: Bool
        /// One line for the usage.
        public let help: String

        /// Declares a flag.
        public init(_ name: String, _ value: Value, isRepeatable: Bool = false, help: String) {
            self.name = name
            self.value = value
            self.isRepeatable = isRepeatable
            self.help = help
        }
    }

    private let program: String
    private let summary: String
    private let operands: String
    private let flags: [Flag]

    /// Declares a program: its name, one line about it, its operands as the usage shows them.
    public init(program: String, summary: String, operands: String, flags: [Flag]) {
        self.program = program
        self.summary = summary
        self.operands = operands
        let common = [
            Flag("--help", .none, help: "shows this and ends"),
            Flag("--version", .none, help: "shows the version and ends"),
        ]
        self.flags = flags + common
    }

    /// Sorts the words after the program's name into flags and operands.
    public func parse(_ words: [String]) throws(FlagError) -> ParsedFlags {
        var parsed = ParsedFlags()
        var rest = words[...]
        while let word = rest.first {
            if word == "--" {
                rest = rest.dropFirst()
                break
            }
            guard word.hasPrefix("-"), word != "-" else { break }
            rest = rest.dropFirst()
            try take(word, &rest, into: &parsed)
        }
        parsed.operands = Array(rest)
        return parsed
    }

    /// What `--help` shows.
    public var usage: String {
        let names = flags.map(Self.spelling)
        let width = names.map(\.count).max() ?? 0
        let lines = zip(names, flags)
            .map { name, flag in
                "  \(name)\(String(repeating: " ", count: width - name.count))  \(flag.help)"
            }
        let head = "usage: \(program) [FLAG…] \(operands)"
        return ([head, summary, ""] + lines).joined(separator: "\n") + "\n"
    }

    private func take(
        _ word: String,
        _ rest: inout ArraySlice<String>,
        into parsed: inout ParsedFlags
    ) throws(FlagError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let attached = parts.count == 2 ? String(parts[1]) : nil
        guard let flag = flags.first(where: { $0.name == name }) else {
            throw .unknown(flag: name, nearest: nearest(name))
        }
        guard flag.isRepeatable || !parsed.has(name) else { throw .repeated(flag: name) }
        switch (flag.value, attached) {
        case (.none, .some): throw .unexpectedValue(flag: name)
        case (.none, nil), (.optional, nil): parsed.add(name, nil)
        case (.required, let value?), (.optional, let value?): parsed.add(name, value)
        case (.required(let what), nil):
            guard let value = rest.popFirst() else { throw .missingValue(flag: name, what: what) }
            parsed.add(name, value)
        }
    }

    private static func spelling(_ flag: Flag) -> String {
        switch flag.value {
        case .none: flag.name
        case .required(let what): "\(flag.name) \(what)"
        case .optional(let what): "\(flag.name)[=\(what)]"
        }
    }

    private func nearest(_ name: String) -> String? {
        flags.map { ($0.name, editDistance(name, $0.name)) }
            .filter { $0.1 <= 3 }
            .min { $0.1 < $1.1 }?
            .0
    }
}

/// What a user wrote, sorted.
public struct ParsedFlags: Equatable, Sendable {
    private var given: [String: [String?]] = [:]
    /// The words after the flags.
    public fileprivate(set) var operands: [String] = []

    /// Whether the flag was given.
    public func has(_ name: String) -> Bool { given[name] != nil }

    /// The flag's value, or `nil` when it was not given, or without a value.
    public func value(_ name: String) -> String? { given[name]?.last ?? nil }

    /// All values of a flag that may be given more than once, in order.
    public func values(_ name: String) -> [String] { given[name, default: []].compactMap(\.self) }

    /// The flag's value as a number of bytes.
    public func byteCount(_ name: String) throws(FlagError) -> UInt64? {
        guard let text = value(name) else { return nil }
        guard let count = ByteCount(text) else {
            throw .malformed(flag: name, value: text, wanted: "a number of bytes like 64Mi")
        }
        return count.bytes
    }

    /// The flag's value as a length of time in nanoseconds.
    public func nanoseconds(_ name: String) throws(FlagError) -> UInt64? {
        guard let text = value(name) else { return nil }
        guard let span = TimeSpan(text) else {
            throw .malformed(flag: name, value: text, wanted: "a length of time like 10s")
        }
        return span.nanoseconds
    }

    /// The flag's value as a whole number.
    public func number(_ name: String) throws(FlagError) -> UInt64? {
        guard let text = value(name) else { return nil }
        guard let number = wholeNumber(Substring(text)) else {
            throw .malformed(flag: name, value: text, wanted: "a whole number")
        }
        return number
    }

    fileprivate mutating func add(_ name: String, _ value: String?) {
        given[name, default: []].append(value)
    }
}

/// What a user wrote wrongly.
public enum FlagError: Error, Equatable, Sendable {
    /// No such flag; `nearest` is what may have been meant.
    case unknown(flag: String, nearest: String?)
    /// The flag needs a value, and the line ends.
    case missingValue(flag: String, what: String)
    /// The flag takes no value.
    case unexpectedValue(flag: String)
    /// The flag was given twice.
    case repeated(flag: String)
    /// The flag's value does not have the form it needs.
    case malformed(flag: String, value: String, wanted: String)
    /// An operand is missing.
    case missingOperand(String)
}

extension FlagError: CustomStringConvertible {
    /// One sentence that names the flag.
    public var description: String {
        switch self {
        case .unknown(let flag, let nearest?): "unknown flag \(flag); did you mean \(nearest)?"
        case .unknown(let flag, nil): "unknown flag \(flag)"
        case .missingValue(let flag, let what): "\(flag) needs a value: \(what)"
        case .unexpectedValue(let flag): "\(flag) takes no value"
        case .repeated(let flag): "\(flag) is given twice"
        case .malformed(let flag, let value, let wanted): "\(flag) \(value): not \(wanted)"
        case .missingOperand(let what): "\(what) is missing"
        }
    }
}

/// How many letters must be changed, added or removed to make one word of the other.
private func editDistance(_ from: String, _ to: String) -> Int {
    let target = Array(to.utf8)
    var row = Array(0...target.count)
    for (line, letter) in from.utf8.enumerated() {
        var diagonal = row[0]
        row[0] = line + 1
        for (column, other) in target.enumerated() {
            let changed = diagonal + (letter == other ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
        }
    }
    return row[target.count]
}
