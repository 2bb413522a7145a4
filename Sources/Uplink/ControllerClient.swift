/// The controller's side of the contract, for `swiftlet --broker`.
public actor ControllerClient {
    private let configuration: UplinkConfiguration

    /// A client that is not connected yet; it takes a random client id of its own.
    public init(configuration: UplinkConfiguration) {
        self.configuration = configuration
    }

    /// Connects.
    ///
    /// - Throws: ``UplinkError`` when the broker cannot be reached, refuses, or does not answer.
    public func connect(timeoutSeconds: Int = 10) async throws(UplinkError) {}

    /// The retained messages that match a filter; empty when there are none.
    ///
    /// `filter` is a whole topic or a filter with `+` and `#`.
    public func retained(
        _ filter: String,
        timeoutSeconds: Int = 10
    ) async throws(UplinkError) -> [InboundMessage] { [] }

    /// Publishes and waits for the broker's PUBACK.
    ///
    /// An empty payload with `retain` clears the topic.
    ///
    /// - Throws: ``UplinkError/tooLarge(topic:byteCount:byteCountMax:)`` above 256 KiB (rule 8).
    public func publish(
        _ topic: String,
        payload: [UInt8],
        retain: Bool,
        timeoutSeconds: Int = 10
    ) async throws(UplinkError) {}

    /// Everything on a filter from now on, retained messages first; ends when the connection does.
    ///
    /// Returns after the broker has confirmed the subscription: what is published after that is seen.
    public func messages(
        _ filter: String,
        timeoutSeconds: Int = 10
    ) async throws(UplinkError) -> AsyncStream<InboundMessage> {
        AsyncStream { $0.finish() }
    }

    /// Ends the connection; streams end too.
    public func close() async {}
}
