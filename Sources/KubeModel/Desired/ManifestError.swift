public import Documents

/// Why a manifest is not accepted; what is stored stays.
public enum ManifestError: Error, Equatable, Sendable {
    /// It is longer than what is taken.
    case tooLarge(byteCount: Int, byteCountMax: Int)
    /// It is no JSON.
    case unreadable(DocumentError)
    /// One of its fields is wrong.
    case invalid(FieldError)
    /// It is meant for another node.
    case otherNode(String)
    /// It lists nothing and does not say that it may.
    case empty
    /// A later one of the same epoch is stored.
    case oldGeneration(Int64, stored: Int64)
    /// Another one of the same epoch and generation is stored.
    case ambiguous(Int64)
    /// It begins a new epoch, but was made before what is stored.
    case oldEpoch(String, stored: String)
    /// Its signature is not that of a trusted key.
    case notTrusted(String)

    /// One word for a program.
    public var reason: String {
        switch self {
        case .tooLarge: "TooLarge"
        case .unreadable: "Unreadable"
        case .invalid: "Invalid"
        case .otherNode: "OtherNode"
        case .empty: "EmptyManifest"
        case .oldGeneration: "StaleGeneration"
        case .ambiguous: "AmbiguousGeneration"
        case .oldEpoch: "StaleEpoch"
        case .notTrusted: "NotTrusted"
        }
    }
}

extension ManifestError: CustomStringConvertible {
    /// One sentence that says what to do.
    public var description: String {
        switch self {
        case .tooLarge(let byteCount, let byteCountMax):
            "manifest has \(byteCount) bytes, more than \(byteCountMax)"
        case .unreadable(let error): "manifest is not readable as JSON: \(error)"
        case .invalid(let error): "manifest: \(error)"
        case .otherNode(let node): "node: the manifest is for node \(node)"
        case .empty: "items: lists nothing; if that is meant, say \"allowEmpty\": true"
        case .oldGeneration(let generation, let stored):
            "generation: \(generation) is older than \(stored), which is stored"
        case .ambiguous(let generation):
            "generation: another manifest with generation \(generation) is stored; count it up"
        case .oldEpoch(let epoch, let stored):
            "issuedAt: epoch \(epoch) was begun before the manifest of epoch \(stored) was made"
        case .notTrusted(let why): "manifest.sig: \(why)"
        }
    }
}
