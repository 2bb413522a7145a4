extension Document {
    /// Reads one JSON text (RFC 8259), strictly.
    ///
    /// Refused are duplicate keys, trailing commas, text after the end, numbers out of range (whole ones
    /// must fit 64 bits), invalid UTF-8, lone surrogates and the character NUL.
    ///
    /// - Parameters:
    ///   - json: The whole text in UTF-8.
    ///   - limits: What is too much.
    /// - Throws: What is wrong, and where.
    public init(
        json: [UInt8],
        limits: DocumentLimits = .message
    ) throws(DocumentError) {
        try JSONScan.check(json, limits)
        self = try JanssonTree.parse(json)
        JSONScan.addLines(to: &self, from: json)
    }

    /// Reads one JSON text from a string.
    ///
    /// - Parameters:
    ///   - jsonText: The whole text.
    ///   - limits: What is too much.
    /// - Throws: What is wrong, and where.
    public init(
        jsonText: String,
        limits: DocumentLimits = .message
    ) throws(DocumentError) {
        try self.init(json: Array(jsonText.utf8), limits: limits)
    }

    /// The document as JSON in UTF-8, the same bytes for the same document each time.
    ///
    /// - Parameter pretty: Whether to break lines and indent by two spaces.
    /// - Returns: The text, without a line end after it.
    public func json(pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(isPretty: pretty)
        writer.write(self)
        return writer.bytes
    }

    /// The document as JSON text.
    public func jsonText(pretty: Bool = false) -> String {
        String(decoding: json(pretty: pretty), as: UTF8.self)
    }
}
