public import Documents

/// Why an object that arrived is refused.
public enum ObjectError: Error, Equatable, Sendable {
    /// It is longer than what is taken.
    case tooLarge(byteCount: Int, byteCountMax: Int)
    /// It is no JSON that is taken.
    case unreadable(DocumentError)
    /// One of its fields is wrong or cannot be honoured.
    case invalid(FieldError)
    /// It calls itself something else than its topic does.
    case otherName(found: String, expected: String)
    /// It is meant for another node.
    case otherNode(String)
    /// Objects of this kind are not sent to a node.
    case unsupportedKind(ObjectKind)

    /// One word for a condition or an event.
    public var reason: String {
        switch self {
        case .tooLarge: "TooLarge"
        case .unreadable: "Unreadable"
        case .invalid: "Invalid"
        case .otherName: "NameMismatch"
        case .otherNode: "OtherNode"
        case .unsupportedKind: "UnsupportedKind"
        }
    }
}

extension ObjectError: CustomStringConvertible {
    /// One sentence that names the field or the place.
    public var description: String {
        switch self {
        case .tooLarge(let byteCount, let byteCountMax):
            "object has \(byteCount) bytes, more than \(byteCountMax)"
        case .unreadable(let error): "not readable as JSON: \(error)"
        case .invalid(let error): error.description
        case .otherName(let found, let expected):
            "metadata.name: object calls itself \(found), but its topic says \(expected)"
        case .otherNode(let node): "spec.nodeName: object is for node \(node)"
        case .unsupportedKind(let kind): "kind: a \(kind.rawValue) cannot be sent to a node"
        }
    }
}
