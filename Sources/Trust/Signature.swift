internal import Documents
internal import KubeModel

/// A signature and the name of its key: the payload of `desired/manifest.sig`.
///
/// Form: `{"key": "9f86d081884c7d65", "signature": "BASE64"}`.
public struct Signature: Equatable, Sendable {
    /// Whose it is.
    public var keyID: String
    /// The 64 bytes.
    public var bytes: [UInt8]

    // Why: ours have 140 bytes; what is longer is not worth reading.
    private static let payloadBytesMax = 1_024

    /// A signature made in code.
    public init(keyID: String, bytes: [UInt8]) {
        self.keyID = keyID
        self.bytes = bytes
    }

    /// Reads a payload; nil for what is none.
    public init?(payload: [UInt8]) {
        guard payload.count <= Self.payloadBytesMax, let document = try? Document(json: payload)
        else { return nil }
        self.init(document)
    }

    init?(_ document: Document) {
        guard let keyID = document["key"]?.string,
            let bytes = document["signature"]?.string.flatMap({ Base64.decode($0) })
        else { return nil }
        self.init(keyID: keyID, bytes: bytes)
    }

    /// The payload.
    public var payload: [UInt8] { document.json() }

    var document: Document {
        ["key": .string(keyID), "signature": .string(Base64.encode(bytes))]
    }
}
