/// What an answer, or the lack of one, means for the next step.
enum Verdict: Equatable, Sendable {
    /// The body is what was asked for.
    case good
    /// The server wants to know who asks.
    case authenticate
    /// The body is somewhere else.
    case redirect
    /// There is no such thing; somebody may still push it.
    case missing
    /// The range cannot be had; the whole can.
    case wholeOnly
    /// Worth another try, now by ourselves and later by the daemon.
    case again
    /// Worth another try, but only much later: somebody must change something at the server first.
    case later
    /// The same request never succeeds.
    case never
}

extension Verdict {
    /// The statuses that mean something of their own; the others go by their class.
    ///
    /// Source: RFC 9110, section 15; RFC 6585 (429, 431); distribution specification 1.1, "Error Codes".
    private static let statuses: [Int: Verdict] = [
        200: .good, 206: .good,
        301: .redirect, 302: .redirect, 303: .redirect, 307: .redirect, 308: .redirect,
        401: .authenticate,
        // Why: a right is given, a bill is paid, a limit by the day ends; nothing here would tell us.
        402: .later, 403: .later, 407: .later,
        404: .missing, 410: .missing,
        408: .again, 416: .wholeOnly, 421: .again, 423: .again, 425: .again, 429: .again,
        501: .never, 505: .never,
    ]

    /// By HTTP status.
    init(status: Int) {
        if let known = Self.statuses[status] {
            self = known
        } else {
            // A 2xx or 3xx of another kind brings no bytes, and a proxy may have made it up.
            self = (400..<500).contains(status) ? .never : .again
        }
    }

    /// The failures of libcurl that no later try can mend; all others are the link's or the server's.
    ///
    /// Source: libcurl-errors(3): unsupported protocol, initialisation, malformed URL, not built in,
    /// bad function argument, unknown option, client certificate, cipher, certificate file, key file.
    private static let hopeless: Set<UInt32> = [1, 2, 3, 4, 43, 48, 58, 59, 77]
    /// A peer's certificate that does not verify: it may be renewed, or our clock may be set later.
    private static let certificate: Set<UInt32> = [60, 83, 90, 91]

    /// By libcurl's number.
    init(curlCode: UInt32) {
        if Self.hopeless.contains(curlCode) {
            self = .never
        } else {
            self = Self.certificate.contains(curlCode) ? .later : .again
        }
    }
}
