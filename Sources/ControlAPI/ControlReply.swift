/// What came back over the control socket.
public struct ControlReply: Equatable, Sendable {
    /// HTTP status.
    public var status: Int
    /// Media type, or empty when the daemon named none.
    public var contentType: String
    /// The body; empty when its chunks were handed on as they came.
    public var body: [UInt8]

    /// A reply as given; stand-ins make their own.
    public init(status: Int, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Whether the status is 200 to 299.
    public var isSuccess: Bool { (200..<300).contains(status) }
}
