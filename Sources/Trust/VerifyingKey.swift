internal import KubeModel

/// A controller's public key, as a node is given it.
public struct VerifyingKey: Hashable, Sendable {
    let bytes: [UInt8]
    /// The key's name: the first 16 hexadecimal digits of the SHA-256 of its 32 bytes.
    public let id: String

    private static let label = "PUBLIC KEY"

    init(bytes: [UInt8]) {
        self.bytes = bytes
        id = Hexadecimal.text(Ed25519.sha256(bytes).prefix(8))
    }

    /// Reads the text of a key: PEM, or the base64 of it alone.
    ///
    /// - Throws: ``TrustError/noKey(kind:)``.
    public init(text: String) throws(TrustError) {
        guard let bytes = KeyText.key(text, prefix: KeyText.publicPrefix, label: Self.label)
        else { throw .noKey(kind: "public") }
        self.init(bytes: bytes)
    }

    /// The text of a key file.
    public var pem: String {
        KeyText.pem(bytes, prefix: KeyText.publicPrefix, label: Self.label)
    }
}
