/// One message of the outbox, on its way to the broker.
public struct OutboundMessage: Hashable, Sendable {
    /// The topic below `PREFIX/NODE/`, as ``TopicName/path`` spells it.
    public var topic: String
    /// The bytes.
    public var payload: [UInt8]
    /// Whether the broker keeps it for later subscribers: yes for state, no for events and replies.
    public var isRetained: Bool
    /// Whether it may go within a second of the last one about the same thing (rule 6).
    ///
    /// True where phase or readiness changed. Twenty a second is the bound for all.
    public var isUrgent: Bool
    /// Where the asker wants its answer, as a whole topic; nil for ``topic`` (MQTT 5).
    public var responseTopic: String?
    /// What the answer must carry (MQTT 5).
    public var correlationData: [UInt8]?

    /// A message.
    public init(
        topic: String,
        payload: [UInt8],
        isRetained: Bool,
        isUrgent: Bool,
        responseTopic: String? = nil,
        correlationData: [UInt8]? = nil
    ) {
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
        self.isUrgent = isUrgent
        self.responseTopic = responseTopic
        self.correlationData = correlationData
    }
}
