import Host

/// The flags that say what a guest may do with the network.
enum NetworkFlags {
    /// The host's network, as any program has it, narrowed as the flags say.
    static func network(_ parsed: ParsedFlags) throws(FlagError) -> GuestNetwork {
        if parsed.has("--no-network") { return .none }
        var network = GuestNetwork.host
        if let text = parsed.value("--address") {
            guard let address = InternetAddress(text) else {
                throw .malformed(flag: "--address", value: text, wanted: "an address")
            }
            network.address = address
        }
        for text in parsed.values("--listen") {
            guard let port = GuestNetwork.Port(text) ?? GuestNetwork.Port("tcp/\(text)") else {
                throw .malformed(flag: "--listen", value: text, wanted: "tcp/PORT or udp/PORT")
            }
            network.ports.append(port)
            network.listensAnywhere = false
        }
        let patterns = parsed.values("--connect")
        for pattern in patterns where ConnectPattern(pattern) == nil {
            throw .malformed(flag: "--connect", value: pattern, wanted: "HOST:PORT")
        }
        if !patterns.isEmpty { network.connect = patterns }
        return network
    }
}
