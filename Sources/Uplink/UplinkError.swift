/// Why something could not be said to, or heard from, the broker.
public enum UplinkError: Error, Equatable, Sendable {
    /// The text is not a broker's URL; what may be a password is left out of it.
    case malformedURL(String, reason: String)
    /// The connection could not be made, or ended: the library's or the broker's own words.
    case disconnected(BrokerURL, reason: String)
    /// The broker answered the connection with a refusal.
    case refused(BrokerURL, code: Int, reason: String)
    /// The broker did not answer in time.
    case timedOut(what: String, seconds: Int)
    /// The object has more bytes than a node takes (rule 8).
    case tooLarge(topic: String, byteCount: Int, byteCountMax: Int)
    /// The broker refused a subscription or a message: most often its ACL.
    case notAllowed(topic: String, code: Int)
    /// The text is not a topic or a filter.
    case malformedTopic(String)
}

extension UplinkError: CustomStringConvertible {
    /// One sentence that says what to look at next; no secrets.
    public var description: String {
        switch self {
        case .malformedURL(let text, let reason):
            "broker URL \"\(text)\" is malformed: \(reason)"
        case .disconnected(let url, let reason):
            "no connection to \(url): \(reason)"
        case .refused(let url, let code, let reason):
            "\(url) refused the connection with code \(code): \(reason)"
        case .timedOut(let what, let seconds):
            "no \(what) within \(seconds) s; look at the broker's log"
        case .tooLarge(let topic, let byteCount, let byteCountMax):
            "\(topic) has \(byteCount) bytes, but a node takes \(byteCountMax) at most"
        case .notAllowed(let topic, let code):
            "the broker refused \(topic) with code \(code); look at its ACL"
        case .malformedTopic(let text):
            "\"\(text.prefix(200))\" is not a topic"
        }
    }
}
