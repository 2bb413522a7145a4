/// Why a signature does not count, or cannot be made.
public enum TrustError: Error, Equatable, Sendable {
    /// The text is no Ed25519 key of that kind.
    case noKey(kind: String)
    /// A list of trusted keys is empty.
    case noKeys
    /// Nothing is signed.
    case notSigned
    /// It is signed by a key that is not trusted here.
    case unknownKey(id: String)
    /// The bytes, the node or the ID are not those that were signed.
    case wrong(keyID: String)
    /// libcrypto failed.
    case library
}

extension TrustError: CustomStringConvertible {
    /// One sentence; no keys.
    public var description: String {
        switch self {
        case .noKey(let kind):
            "no Ed25519 \(kind) key in PEM, as `swiftlet keygen` writes it"
        case .noKeys: "names no key: leave trust out to trust the broker, or name a key"
        case .notSigned: "it is not signed, and this node takes only what a trusted key has signed"
        case .unknownKey(let id):
            "it is signed by key \(String(id.prefix(64))), which is not trusted here"
        case .wrong(let keyID):
            "the signature of key \(keyID) is not over these bytes for this node"
        case .library: "libcrypto failed; is there memory?"
        }
    }
}
