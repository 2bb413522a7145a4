public import Documents
public import KubeModel

/// One part of an answer on `replies/ID`: numbered from 1, with `"last": true` on the last.
///
/// Form: `{"part": 1, "last": false, "text": "…", "time": "…"}`.
public struct ReplyPart: Equatable, Sendable {
    /// Its number, from 1.
    public var number: Int64
    /// Whether none follows.
    public var isLast: Bool
    /// Bytes of a log; as `text` where they are text, else as `data` in base64.
    public var bytes: [UInt8] = []
    /// When the last of those bytes were written: where to go on after a cut.
    public var time: Timestamp?
    /// The answer, where it is no log.
    public var result: Document?
    /// Why it was not done.
    public var error: Failure?
    /// Whether there was more than the limit allowed.
    public var isTruncated = false

    /// Why a request was not carried out.
    public struct Failure: Equatable, Sendable {
        /// One word for a program.
        public var reason: String
        /// One sentence.
        public var message: String

        /// A failure.
        public init(reason: String, message: String) {
            self.reason = reason
            self.message = message
        }
    }

    /// A part without content.
    public init(number: Int64, isLast: Bool) {
        self.number = number
        self.isLast = isLast
    }

    /// The payload.
    public var payload: [UInt8] {
        var body = ObjectBuilder()
        body.set("part", number)
        body.set("last", isLast)
        if !bytes.isEmpty {
            // Why no NUL: some readers of JSON end a text there.
            if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) {
                body.set("text", text)
            } else {
                body.set("data", Base64.encode(bytes))
            }
        }
        body.set("time", time?.rfc3339Nanoseconds)
        body.set("result", result)
        if isTruncated { body.set("truncated", true) }
        if let error {
            body.set("error", ["reason": .string(error.reason), "message": .string(error.message)])
        }
        return body.document.json()
    }

    /// Reads a payload; nil for what is no part of an answer.
    public init?(payload: [UInt8]) {
        guard payload.count <= UplinkLimits.packetBytesMax,
            let document = try? Document(json: payload), let number = document["part"]?.integer,
            number > 0
        else { return nil }
        self.number = number
        isLast = document["last"]?.bool ?? false
        if let text = document["text"]?.string {
            bytes = Array(text.utf8)
        } else if let data = document["data"]?.string {
            guard let decoded = Base64.decode(data) else { return nil }
            bytes = decoded
        }
        time = document["time"]?.string.flatMap { Timestamp(rfc3339: $0) }
        result = document["result"]
        isTruncated = document["truncated"]?.bool ?? false
        if let failure = document["error"] {
            error = Failure(
                reason: failure["reason"]?.string ?? "Failed",
                message: failure["message"]?.string ?? "the node gave no message"
            )
        }
    }
}
