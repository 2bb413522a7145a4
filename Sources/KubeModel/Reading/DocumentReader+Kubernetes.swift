internal import Documents

// What Kubernetes' validation says of values, in its words, so that messages can be looked up.

extension DocumentReader {
    /// An error about a value that stands here.
    func invalid(_ value: String, _ problem: String) -> FieldError {
        error("Invalid value: \"\(value)\": \(problem)")
    }

    /// The text here, which must pass `problem`.
    func string(
        checkedBy problem: (String) -> String?
    ) throws(FieldError) -> String {
        let text = try string()
        if let problem = problem(text) { throw invalid(text, problem) }
        return text
    }

    /// The text of a member, or `absent`.
    func string(_ name: String, absent: String = "") throws(FieldError) -> String {
        try optional(name)?.string() ?? absent
    }

    /// The text of a member that must be there and not be empty.
    func requiredString(_ name: String) throws(FieldError) -> String {
        let text = try required(name).string()
        guard !text.isEmpty else { throw error(name, "Required value") }
        return text
    }

    /// The truth value of a member, or `absent`.
    func bool(_ name: String, absent: Bool = false) throws(FieldError) -> Bool {
        try optional(name)?.bool() ?? absent
    }

    /// The whole number of a member in `range`, or nil.
    func integer(
        _ name: String,
        in range: ClosedRange<Int64>
    ) throws(FieldError) -> Int64? {
        try optional(name)?.integer(in: range)
    }

    /// The texts of a member, or nil.
    func strings(_ name: String) throws(FieldError) -> [String]? {
        try optional(name)?.strings()
    }

    /// A word out of a list, or `absent`.
    func choice<Choice>(
        _ name: String,
        absent: Choice
    ) throws(FieldError) -> Choice where Choice: RawRepresentable<String> & CaseIterable {
        guard let reader = try optional(name) else { return absent }
        let text = try reader.string()
        if text.isEmpty { return absent }
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.sorted()
            let supported = words.joined(separator: ", ")
            throw reader.error("Unsupported value: \"\(text)\": supported values: \(supported)")
        }
        return choice
    }

    /// The time of a member, or nil.
    func timestamp(_ name: String) throws(FieldError) -> Timestamp? {
        guard let reader = try optional(name) else { return nil }
        let text = try reader.string()
        guard let timestamp = Timestamp(rfc3339: text) else {
            throw reader.invalid(text, "must be a time in RFC 3339, like 2026-01-31T23:59:59Z")
        }
        return timestamp
    }

    /// The amount here; a bare number counts as its text.
    func quantity() throws(FieldError) -> Quantity {
        let text =
            switch document.content {
            case .string(let text): text
            case .integer(let integer): String(integer)
            case .real(let real): real.description
            case .null, .bool, .array, .object: try string()
            }
        guard let quantity = Quantity(text) else {
            throw invalid(text, "quantities are a number and a suffix, like 250m, 64Mi or 1.5")
        }
        return quantity
    }

    /// What `body` makes of each element of a member; nothing when it is absent.
    func list<Element>(
        _ name: String,
        _ body: (DocumentReader) throws(FieldError) -> Element
    ) throws(FieldError) -> [Element] {
        guard let reader = try optional(name) else { return [] }
        var result: [Element] = []
        for element in try reader.elements() { result.append(try body(element)) }
        return result
    }
}
