/// The HTTP methods that the control socket understands.
public enum ControlMethod: String, Equatable, Sendable {
    case get = "GET"
    case put = "PUT"
    case post = "POST"
    case delete = "DELETE"

    /// Whether a request with this method may change the node.
    public var changes: Bool {
        switch self {
        case .get: false
        case .put, .post, .delete: true
        }
    }
}

/// Who is at the other end of the socket, as the kernel wrote it down when they connected.
///
/// Source: unix(7), `SO_PEERCRED`.
public struct PeerCredentials: Equatable, Sendable {
    /// Effective user id of the process that connected.
    public var userID: UInt32
    /// Its effective primary group id; supplementary groups are not told.
    public var groupID: UInt32
    /// Its process id, in the daemon's pid namespace; for log lines only, it may be reused.
    public var processID: Int32

    /// Somebody from elsewhere, who may change nothing; 65534 is `nobody` on Debian.
    static let nobody = PeerCredentials(userID: 65_534, groupID: 65_534, processID: 0)

    /// Credentials as given; tests and stand-ins make their own.
    public init(userID: UInt32, groupID: UInt32, processID: Int32) {
        self.userID = userID
        self.groupID = groupID
        self.processID = processID
    }
}

/// One complete request, already held to every limit of ``ControlLimits``.
public struct ControlRequest: Equatable, Sendable {
    /// What is asked for.
    public var method: ControlMethod
    /// The path's segments between slashes, percent-decoded: `/api/v1/pods` is `["api","v1","pods"]`.
    ///
    /// No segment is empty, `.` or `..`, and none holds a slash or a zero byte.
    public var path: [String]
    /// The query's parameters, percent-decoded; one given twice has been refused already.
    public var query: [String: String]
    /// The body; empty when there was none.
    ///
    /// At most ``ControlLimits/requestBodyByteCountMax`` bytes.
    public var body: [UInt8]
    /// Who asks; the server has already refused what this peer may not do.
    public var peer: PeerCredentials

    /// A request as given; the server makes these, and so do tests of handlers.
    public init(
        method: ControlMethod,
        path: [String],
        query: [String: String] = [:],
        body: [UInt8] = [],
        peer: PeerCredentials
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.peer = peer
    }
}
