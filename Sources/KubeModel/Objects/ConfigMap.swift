public import Documents

/// Configuration that pods name.
public struct ConfigMap: Equatable, Sendable {
    /// Name, uid, version, labels.
    public var metadata: ObjectMetadata
    /// Bytes by key.
    public var data: [String: [UInt8]]

    /// Reads a v1.ConfigMap.
    ///
    /// - Parameter document: The object.
    /// - Throws: The first field that is wrong.
    public init(_ document: Document) throws(FieldError) {
        var context = ReadingContext()
        let reader = DocumentReader(document)
        try reader.requireKind("ConfigMap")
        try reader.refuseUnknown(
            known: ["apiVersion", "kind", "metadata", "data", "binaryData", "immutable"]
        )
        metadata = try ObjectMetadata(reader.required("metadata"), &context)
        data = try reader.texts("data")
        try data.add(reader.base64("binaryData"), reader)
    }
}

/// Configuration that only the pods that name it may read.
///
/// It is in no log, event or status.
public struct Secret: Equatable, Sendable {
    /// Name, uid, version, labels.
    public var metadata: ObjectMetadata
    /// What it is for: `Opaque`, `kubernetes.io/dockerconfigjson`.
    public var type: String
    /// Bytes by key.
    public var data: [String: [UInt8]]

    /// Reads a v1.Secret.
    ///
    /// - Parameter document: The object.
    /// - Throws: The first field that is wrong; never with a value in it.
    public init(_ document: Document) throws(FieldError) {
        var context = ReadingContext()
        let reader = DocumentReader(document)
        try reader.requireKind("Secret")
        try reader.refuseUnknown(
            known: ["apiVersion", "kind", "metadata", "data", "stringData", "immutable", "type"]
        )
        metadata = try ObjectMetadata(reader.required("metadata"), &context)
        type = try reader.string("type", absent: "Opaque")
        data = try reader.base64("data")
        // Why: what is written as text wins over what is encoded, as at the API server.
        data.merge(try reader.texts("stringData")) { $1 }
    }
}

extension DocumentReader {
    fileprivate func texts(_ name: String) throws(FieldError) -> [String: [UInt8]] {
        try keys(name) { (value) throws(FieldError) in Array(try value.string().utf8) }
    }

    fileprivate func base64(_ name: String) throws(FieldError) -> [String: [UInt8]] {
        try keys(name) { (value) throws(FieldError) in
            guard let bytes = Base64.decode(try value.string()) else {
                throw value.error("must be base64")
            }
            return bytes
        }
    }

    private func keys(
        _ name: String,
        _ decode: (DocumentReader) throws(FieldError) -> [UInt8]
    ) throws(FieldError) -> [String: [UInt8]] {
        guard let reader = try optional(name) else { return [:] }
        var result: [String: [UInt8]] = [:]
        for (key, value) in try reader.entries() {
            if let problem = NameRule.configKeyProblem(key) { throw value.invalid(key, problem) }
            result[key] = try decode(value)
        }
        return result
    }
}

extension [String: [UInt8]] {
    fileprivate mutating func add(
        _ others: [String: [UInt8]],
        _ reader: DocumentReader
    ) throws(FieldError) {
        for (key, value) in others {
            guard updateValue(value, forKey: key) == nil else {
                throw reader.error(
                    "binaryData[\(key)]",
                    "Invalid value: duplicate of key in data[\(key)]"
                )
            }
        }
    }
}
