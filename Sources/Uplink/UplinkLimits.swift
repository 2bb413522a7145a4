/// The bounds of the uplink: each with its unit and its reason.
public enum UplinkLimits {
    /// Largest MQTT packet a broker may send us; told to it in CONNECT (contract, rule 8).
    ///
    /// The library would otherwise allocate whatever a header claims, up to 256 MB.
    public static let packetBytesMax = 512 * 1_024
    /// Largest desired object or manifest (rule 8).
    ///
    /// Between this and ``packetBytesMax`` an object
    /// arrives and is refused by name; above, the broker drops it unseen.
    public static let objectBytesMax = 256 * 1_024
    /// Messages waiting for the backend before the socket is no longer read.
    public static let inboundMessagesMax = 64
    /// Bytes waiting for the backend before the socket is no longer read: room for the largest packet
    /// and then some, small against the daemon's 16 MB.
    public static let inboundBytesMax = 2 * 1_024 * 1_024
    /// Commands waiting for the connection's thread.
    ///
    /// The session has at most
    /// ``inFlightMax`` publishes and four subscriptions open, so reaching this is a fault.
    static let commandsMax = 256
    /// Publishes without a PUBACK: the broker's own default window (`max_inflight_messages` 20).
    static let inFlightMax = 16
    /// Rows asked of the outbox at once: more than can be held back by the one-second rule (20 a
    /// second) and in flight together, so that rows behind them are never starved.
    static let outboxBatch = 64
    /// Messages a second (rule 6).
    static let messagesPerSecondMax = 20
    /// Bytes of one topic: the prefix, a node, a namespace and a name, each at its longest.
    static let topicBytesMax = 1_024
    /// Messages that a ``ControllerClient`` keeps for a slow reader; the oldest go first.
    static let controllerMessagesMax = 4_096
    /// Largest request: its longest fields are a pod's and an image's name.
    public static let requestBytesMax = 16 * 1_024
    /// Bytes of text in one part of an answer, before JSON's escapes: six times that is still a packet.
    public static let replyPartBytesMax = 16 * 1_024
    /// Parts of answers that wait or are on their way: what a reader of a log is ahead of the link.
    public static let replyPartsMax = 8
    /// Seconds that a log is followed before the asker must ask again, unless it says so.
    public static let followSecondsDefault: Int64 = 60
    /// The most it may say: a controller that is gone costs no more than that.
    public static let followSecondsMax: Int64 = 3_600
}
