public import Documents

/// Why a request is not carried out.
public enum RequestError: Error, Equatable, Sendable {
    /// It has more bytes than any request needs.
    case tooLarge(byteCount: Int, byteCountMax: Int)
    /// It is no JSON.
    case unreadable(DocumentError)
    /// One of its fields is wrong.
    case invalid(FieldError)
    /// Its deadline has passed.
    case expired
    /// It must have a deadline: without one it could be sent again for ever.
    case noDeadline
    /// Its signature does not count.
    case notTrusted(String)
    /// Too many are being answered.
    case busy(countMax: Int)
    /// What it is about is not here.
    case notFound(String)
    /// It cannot be done, or was tried in vain.
    case failed(reason: String, message: String)

    /// One word for a program.
    public var reason: String {
        switch self {
        case .tooLarge: "TooLarge"
        case .unreadable: "Unreadable"
        case .invalid: "Invalid"
        case .expired: "Expired"
        case .noDeadline: "NoDeadline"
        case .notTrusted: "NotTrusted"
        case .busy: "Busy"
        case .notFound: "NotFound"
        case .failed(let reason, _): reason
        }
    }
}

extension RequestError: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .tooLarge(let byteCount, let byteCountMax):
            "request has \(byteCount) bytes, more than \(byteCountMax)"
        case .unreadable(let error): "not readable as JSON: \(error)"
        case .invalid(let error): error.description
        case .expired: "the deadline has passed; look at the clocks of both sides, or ask again"
        case .noDeadline: "a signed request needs a deadline"
        case .notTrusted(let why): why
        case .busy(let countMax): "\(countMax) requests are being answered; ask again later"
        case .notFound(let what): "\(what) not found"
        case .failed(_, let message): message
        }
    }
}
