/// What a handler answers.
public struct ControlResponse: Sendable {
    /// The bytes of an answer.
    public enum Body: Sendable {
        /// Everything at once.
        case bytes([UInt8])
        /// Chunk by chunk, sent as they come.
        ///
        /// The server asks for the next chunk only when the last one has left for the peer, so a
        /// stream made with `AsyncStream(unfolding:)` is slowed down by a slow reader. When the peer
        /// goes away the task that iterates is cancelled.
        case stream(AsyncStream<[UInt8]>)
    }

    /// HTTP status, for example 200.
    public var status: Int
    /// Media type of the body.
    public var contentType: String
    /// The body.
    public var body: Body

    /// A response as given.
    public init(status: Int, contentType: String, body: Body) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// A JSON document that is all here.
    public static func json(_ bytes: [UInt8], status: Int = 200) -> ControlResponse {
        ControlResponse(status: status, contentType: "application/json", body: .bytes(bytes))
    }

    /// Plain text that comes as it comes: logs.
    public static func text(_ chunks: AsyncStream<[UInt8]>) -> ControlResponse {
        ControlResponse(status: 200, contentType: "text/plain", body: .stream(chunks))
    }

    /// A failure in the shape of Kubernetes' v1.Status.
    ///
    /// `reason` is one CamelCase word for programs (`NotFound`, `Forbidden`, `Invalid`), `message`
    /// one sentence for people that says what to do.
    public static func failure(status: Int, reason: String, message: String) -> ControlResponse {
        var text =
            #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"#
        text += JSONText.quoted(message)
        text += #","reason":"# + JSONText.quoted(reason) + #","code":\#(status)}"# + "\n"
        return .json(Array(text.utf8), status: status)
    }
}
