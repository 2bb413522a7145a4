/// One message as the broker sent it.
public struct InboundMessage: Equatable, Sendable {
    /// The whole topic.
    public let topic: String
    /// The node's level of the topic; `nil` when it does not begin with our prefix.
    public let nodeName: String?
    /// The topic as a value; `nil` when the contract has no such topic, or it holds an impossible name.
    public let name: TopicName?
    /// The bytes, unread.
    ///
    /// Empty on a desired topic means deletion if it came live, see ``isRetained``.
    public let payload: [UInt8]
    /// Whether the broker took it from its memory because of a subscription; `false` for one that was
    /// sent while we were subscribed, also if our session kept it for us.
    public let isRetained: Bool
    /// Where an answer should go, if the sender said so (MQTT 5).
    public let responseTopic: String?
    /// What the answer must carry, if the sender said so (MQTT 5).
    public let correlationData: [UInt8]?

    /// A message on `topic`, whose levels are read by the contract.
    public init(
        topic: String,
        prefix: String,
        payload: [UInt8],
        isRetained: Bool,
        responseTopic: String? = nil,
        correlationData: [UInt8]? = nil
    ) {
        let parts = TopicName.split(topic, prefix: prefix)
        self.topic = topic
        self.nodeName = parts?.nodeName
        self.name = parts.flatMap { TopicName(path: $0.path) }
        self.payload = payload
        self.isRetained = isRetained
        self.responseTopic = responseTopic
        self.correlationData = correlationData
    }
}
