/// Every bound of the control socket, with its reason.
///
/// A peer is a local user, perhaps a careless or a hostile one. None of them may take memory,
/// descriptors or threads from the daemon beyond what stands here.
public struct ControlLimits: Equatable, Sendable {
    /// Longest request body in bytes.
    ///
    /// An object is at most 256 KiB; a List of a few fits.
    public var requestBodyByteCountMax = 1 << 20
    /// Longest request target (path and query) in bytes.
    public var targetByteCountMax = 4096
    /// Most query parameters in one request.
    public var queryParameterCountMax = 32
    /// Longest header field and all of them together, in bytes.
    ///
    /// `curl` sends about a hundred.
    public var headerByteCountMax = 16 << 10
    /// Most connections at a time; the next ones are told 503.
    ///
    /// Each costs one descriptor and, at worst, one request body.
    public var connectionCountMax = 32
    /// How long a request may take from connecting to its last byte.
    ///
    /// Ends peers that send a byte now and then to keep their place.
    public var requestSeconds: Int64 = 15
    /// How long one chunk of an answer may take to leave.
    ///
    /// Ends peers that have stopped reading.
    public var chunkSeconds: Int64 = 30
    /// Longest piece of an answer written at once, in bytes; longer chunks are cut.
    public var chunkByteCountMax = 64 << 10
    /// Longest answer that a client takes whole, in bytes.
    ///
    /// A List of a full node is below 2 MiB.
    public var replyByteCountMax = 32 << 20
    /// How long a client waits for the connection and for the head of an answer.
    public var replySeconds: Int64 = 60

    /// The limits that the daemon and the CLI run with.
    public init() {}
}
