/// What a guest may do with the network.
public struct NetworkRules: Sendable {
    /// A port that the guest may open.
    public struct Port: Equatable, Sendable {
        /// What the guest binds.
        public var number: UInt16
        /// Whether it is for UDP, not TCP.
        public var isDatagram: Bool
        /// The port of the host that leads there too; nil for none.
        public var hostPort: UInt16?

        /// Declares a port.
        public init(_ number: UInt16, isDatagram: Bool = false, hostPort: UInt16? = nil) {
            self.number = number
            self.isDatagram = isDatagram
            self.hostPort = hostPort
        }
    }

    /// Says whether the guest may connect: an address of 4 or 16 bytes, the names that it has asked
    /// about and that led there, a port.
    public typealias ConnectRule =
        @Sendable (
            _ address: [UInt8], _ names: Set<String>, _ port: UInt16
        ) -> Bool

    /// The IPv4 address that is bound when the guest binds all addresses; nil: as it asks.
    public var address: [UInt8]?
    /// The ports that the guest may open.
    public var ports: [Port]
    /// Whether the guest may open any port.
    public var listensAnywhere: Bool
    /// Whether the guest may ask for the addresses of names.
    public var mayResolve: Bool
    /// Where the guest may connect; nil: anywhere.
    public var mayConnect: ConnectRule?

    /// Rules; without an argument neither in nor out.
    public init(
        address: [UInt8]? = nil,
        ports: [Port] = [],
        listensAnywhere: Bool = false,
        mayResolve: Bool = false,
        mayConnect: ConnectRule? = { _, _, _ in false }
    ) {
        self.address = address
        self.ports = ports
        self.listensAnywhere = listensAnywhere
        self.mayResolve = mayResolve
        self.mayConnect = mayConnect
    }

    func port(_ number: UInt16, isDatagram: Bool) -> Port? {
        ports.first { $0.number == number && $0.isDatagram == isDatagram }
    }
}
