/// What one connection is made with.
struct ConnectRequest: Sendable {
    /// Where, as whom, and how.
    var configuration: UplinkConfiguration
    /// Whether the broker forgets what it kept for this client id, and keeps nothing afterwards.
    var isCleanStart: Bool
    /// What the broker says when we vanish.
    var will: Will?

    /// The last will: QoS 1, retained.
    struct Will: Sendable {
        var topic: String
        var payload: [UInt8]
        var delaySeconds: UInt32
    }
}

/// What a connection reports, in order.
enum ConnectionEvent: Sendable {
    /// TCP is connected and CONNECT is sent, or waits for the TLS handshake.
    case transportReady
    /// CONNACK: accepted.
    case connected(isResumed: Bool)
    /// SUBACK with the granted QoS, or the refusal's code.
    case subscribed(Token, code: Int)
    /// PUBACK with its code.
    case published(Token, code: Int)
    /// A message; it has passed the gate.
    case message(InboundMessage)
    /// The end, exactly once. `code` is the broker's reason, if it gave one.
    case closed(code: Int?, reason: String)
}

/// What the connection's thread is asked to do.
enum ConnectionCommand: Sendable {
    case subscribe(Token, filter: String, qualityOfService: Int, RetainHandling)
    case publish(Token, Publication)
    case disconnect
}

/// One message on its way out, with what MQTT 5 lets it carry.
struct Publication: Sendable {
    var topic: String
    var payload: [UInt8]
    var isRetained: Bool
    /// Where the answer is wanted.
    var responseTopic: String?
    /// What the answer must carry.
    var correlationData: [UInt8]?
    /// Seconds after which the broker need not deliver it any more.
    var expirySeconds: UInt32?
}
