/// What a guest may do with the network of its host.
public struct GuestNetwork: Equatable, Sendable {
    /// A port that a guest may open.
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

    /// What is bound when the guest binds all addresses; nil: all, as it says.
    public var address: InternetAddress?
    /// The ports that may be opened.
    public var ports: [Port]
    /// Whether any port may be opened.
    public var listensAnywhere: Bool
    /// Patterns of where it may connect, see ``ConnectPattern``; nil: anywhere.
    public var connect: [String]?

    /// Rules made in code.
    public init(
        address: InternetAddress? = nil,
        ports: [Port] = [],
        listensAnywhere: Bool = false,
        connect: [String]? = nil
    ) {
        self.address = address
        self.ports = ports
        self.listensAnywhere = listensAnywhere
        self.connect = connect
    }

    /// Neither in nor out.
    public static let none = GuestNetwork(connect: [])
    /// The network of the host, as any program has it.
    public static let host = GuestNetwork(listensAnywhere: true)
}

extension GuestNetwork {
    static let keyPrefix = "network"

    /// The entries of a ``RunnerCommand``.
    var entries: [(String, String)] {
        var entries: [(String, String)] = []
        if let address { entries.append(("networkAddress", "\(address)")) }
        for port in ports {
            let host = port.hostPort.map { "/\($0)" } ?? ""
            let name = port.isDatagram ? "udp" : "tcp"
            entries.append(("networkPort", "\(name)/\(port.number)\(host)"))
        }
        entries.append(("networkListensAnywhere", listensAnywhere ? "1" : "0"))
        entries.append(("networkConnectsAnywhere", connect == nil ? "1" : "0"))
        entries += (connect ?? []).map { ("networkConnect", $0) }
        return entries
    }

    /// Takes one entry; whether it is one.
    mutating func set(_ key: String, _ value: String) -> Bool {
        switch key {
        case "networkAddress":
            address = InternetAddress(value)
            return address != nil
        case "networkPort":
            guard let port = Port(value) else { return false }
            ports.append(port)
        case "networkListensAnywhere": listensAnywhere = value == "1"
        case "networkConnectsAnywhere": connect = value == "1" ? nil : connect ?? []
        case "networkConnect":
            guard ConnectPattern(value) != nil else { return false }
            connect = (connect ?? []) + [value]
        default: return false
        }
        return true
    }
}

extension GuestNetwork.Port {
    /// Reads `tcp/1234` or `udp/53/5353`, the last of the host.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts[0] == "tcp" || parts[0] == "udp",
            let number = UInt16(parts[1]), number > 0
        else { return nil }
        self.init(number, isDatagram: parts[0] == "udp")
        guard parts.count == 3 else { return }
        guard let hostPort = UInt16(parts[2]), hostPort > 0 else { return nil }
        self.hostPort = hostPort
    }
}
