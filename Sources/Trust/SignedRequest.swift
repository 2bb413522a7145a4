internal import Documents

/// A request with its signature: the payload of `requests/ID` where a node trusts only some.
///
/// Form: `{"request": "THE REQUEST'S JSON", "key": "…", "signature": "BASE64"}`; signed are the words
/// `swiftlet request`, the node, the ID and the request's bytes, so that none of them can be another's.
public struct SignedRequest: Equatable, Sendable {
    /// The request's exact bytes.
    public var request: [UInt8]
    /// Over them, the ID and the node.
    public var signature: Signature

    // Why: a request has 16 KiB at most, and JSON may escape each byte.
    private static let payloadBytesMax = 128 * 1_024

    init(request: [UInt8], signature: Signature) {
        self.request = request
        self.signature = signature
    }

    /// Reads a payload; nil for what is not signed.
    public init?(payload: [UInt8]) {
        guard payload.count <= Self.payloadBytesMax, let document = try? Document(json: payload),
            let request = document["request"]?.string, let signature = Signature(document)
        else { return nil }
        self.init(request: Array(request.utf8), signature: signature)
    }

    var payload: [UInt8] {
        let text: Document = ["request": .string(String(decoding: request, as: UTF8.self))]
        return Document.object((text.members ?? []) + (signature.document.members ?? [])).json()
    }

    /// The bytes that are signed; no manifest begins like that, so none can be taken for it.
    static func message(_ request: [UInt8], id: String, node: String) -> [UInt8] {
        Array("swiftlet request\n\(node)\n\(id)\n".utf8) + request
    }
}
