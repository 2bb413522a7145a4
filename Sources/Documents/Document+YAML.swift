extension Document {
    /// Reads a YAML stream of any number of documents, as Kubernetes reads manifests.
    ///
    /// `yes`, `on`, `y` and their like are truth values, `0644` is octal, dates are text, merge keys work.
    /// Refused are duplicate keys, foreign tags, NUL, infinities, and whole numbers beyond 64 bits.
    ///
    /// - Parameters:
    ///   - yaml: The whole text in UTF-8.
    ///   - limits: What is too much; values that aliases repeat are counted each time.
    /// - Returns: The documents that hold something.
    /// - Throws: What is wrong, and where.
    public static func yaml(
        _ yaml: [UInt8],
        limits: DocumentLimits = .message
    ) throws(DocumentError) -> [Document] {
        guard yaml.count <= limits.byteCountMax else {
            throw DocumentError(
                "document has \(yaml.count) bytes, more than \(limits.byteCountMax)",
                at: 0,
                in: []
            )
        }
        var composer = YAMLComposer(yaml, limits)
        return try composer.documents()
    }

    /// Reads a YAML stream from a string.
    ///
    /// - Parameters:
    ///   - text: The whole text.
    ///   - limits: What is too much.
    /// - Returns: The documents that hold something.
    /// - Throws: What is wrong, and where.
    public static func yaml(
        text: String,
        limits: DocumentLimits = .message
    ) throws(DocumentError) -> [Document] {
        try yaml(Array(text.utf8), limits: limits)
    }

    /// The document as YAML in block style, ending with a line end.
    ///
    /// Texts are quoted wherever a reader of YAML 1.1 or 1.2 could take them for something else.
    public func yamlText() -> String {
        var writer = YAMLWriter()
        writer.writeTop(self)
        return writer.text
    }
}
