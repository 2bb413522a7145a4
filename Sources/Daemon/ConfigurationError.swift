public import Documents

/// Why a configuration cannot be used.
public enum ConfigurationError: Error, Equatable, Sendable {
    /// It is no YAML that is taken.
    case unreadable(DocumentError)
    /// It must hold one document.
    case documentCount(Int)
    /// One of its keys is wrong.
    case field(FieldError)
}

extension ConfigurationError: CustomStringConvertible {
    /// One sentence that names the key and its line.
    public var description: String {
        switch self {
        case .unreadable(let error): "\(error)"
        case .documentCount(let count): "must hold one YAML document, but holds \(count)"
        case .field(let error): error.description
        }
    }
}
