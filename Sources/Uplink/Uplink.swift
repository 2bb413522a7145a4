/// The one owner of the connection to the broker.
public actor Uplink {
    private let configuration: UplinkConfiguration
    private let backend: any UplinkBackend

    /// An uplink that is not running yet.
    public init(configuration: UplinkConfiguration, backend: any UplinkBackend) {
        self.configuration = configuration
        self.backend = backend
    }

    /// Connects, and connects again, until the task is cancelled or ``stop()`` is done.
    public func run() async {}

    /// Says that the outbox holds something; cheap, and callable from anywhere.
    public nonisolated func ring() {}

    /// Publishes `stopped`, leaves the broker in good order and ends ``run()``; bounded to 5 s.
    public func stop() async {}
}
