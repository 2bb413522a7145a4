/// The keys whose word counts on a node.
public struct TrustedKeys: Equatable, Sendable {
    private let keys: [VerifyingKey]

    /// These keys and no others.
    ///
    /// - Throws: ``TrustError/noKeys`` for none: that would be trust in nobody.
    public init(_ keys: [VerifyingKey]) throws(TrustError) {
        guard !keys.isEmpty else { throw .noKeys }
        self.keys = keys
    }

    /// Checks the signature of a manifest's exact bytes.
    ///
    /// - Throws: Why it does not count.
    public func verify(_ signature: Signature, manifest payload: [UInt8]) throws(TrustError) {
        try verify(signature, of: payload)
    }

    /// Checks the signature of a request.
    ///
    /// - Returns: The request's bytes.
    /// - Throws: Why it does not count.
    public func verify(
        request payload: [UInt8],
        id: String,
        node: String
    ) throws(TrustError) -> [UInt8] {
        guard let signed = SignedRequest(payload: payload) else { throw .notSigned }
        let message = SignedRequest.message(signed.request, id: id, node: node)
        try verify(signed.signature, of: message)
        return signed.request
    }

    private func verify(_ signature: Signature, of message: [UInt8]) throws(TrustError) {
        guard let key = keys.first(where: { $0.id == signature.keyID }) else {
            throw .unknownKey(id: signature.keyID)
        }
        guard Ed25519.isValid(signature.bytes, of: message, publicKey: key.bytes) else {
            throw .wrong(keyID: key.id)
        }
    }
}
