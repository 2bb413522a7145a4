/// A controller's private key.
///
/// It is in no description, log or error.
public struct SigningKey: Sendable {
    private let bytes: [UInt8]
    /// The key that nodes are given.
    public let verifyingKey: VerifyingKey

    private static let label = "PRIVATE KEY"

    /// A new key from the system's own randomness.
    ///
    /// - Throws: When libcrypto cannot make one.
    public init() throws(TrustError) {
        var random = SystemRandomNumberGenerator()
        try self.init(
            bytes: (0..<Ed25519.keyByteCount).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
        )
    }

    /// Reads the text of a key file: PKCS #8 in PEM, not encrypted.
    ///
    /// - Throws: ``TrustError/noKey(kind:)``.
    public init(pem text: String) throws(TrustError) {
        guard
            let bytes = KeyText.key(text, prefix: KeyText.privatePrefix, label: Self.label)
        else { throw .noKey(kind: "private") }
        try self.init(bytes: bytes)
    }

    private init(bytes: [UInt8]) throws(TrustError) {
        guard let own = Ed25519.publicKey(of: bytes) else { throw .library }
        self.bytes = bytes
        verifyingKey = VerifyingKey(bytes: own)
    }

    /// The text of a key file; for a file that nobody else may read.
    public var pem: String {
        KeyText.pem(bytes, prefix: KeyText.privatePrefix, label: Self.label)
    }

    /// Signs a manifest's exact bytes.
    ///
    /// - Throws: When libcrypto cannot.
    public func sign(manifest payload: [UInt8]) throws(TrustError) -> Signature {
        try sign(payload)
    }

    /// Signs a request for one node under one ID.
    ///
    /// - Returns: The payload of `requests/ID`.
    /// - Throws: When libcrypto cannot.
    public func sign(
        request payload: [UInt8],
        id: String,
        node: String
    ) throws(TrustError) -> [UInt8] {
        let signed = SignedRequest.message(payload, id: id, node: node)
        return SignedRequest(request: payload, signature: try sign(signed)).payload
    }

    private func sign(_ message: [UInt8]) throws(TrustError) -> Signature {
        guard let signature = Ed25519.sign(message, privateKey: bytes) else { throw .library }
        return Signature(keyID: verifyingKey.id, bytes: signature)
    }
}

extension SigningKey: CustomStringConvertible {
    /// The key's name, never the key.
    public var description: String { "signing key \(verifyingKey.id)" }
}
