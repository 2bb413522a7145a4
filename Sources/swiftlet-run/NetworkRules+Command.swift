import Host
import WASI

extension NetworkRules {
    /// What the daemon or the command line says, as the guest's functions ask it.
    init(_ network: GuestNetwork) {
        self.init(address: network.address?.bytes, listensAnywhere: network.listensAnywhere)
        ports = network.ports.map { port in
            NetworkRules.Port(
                port.number,
                isDatagram: port.isDatagram,
                hostPort: port.hostPort
            )
        }
        mayResolve = network.connect?.isEmpty != true
        mayConnect = nil
        guard let texts = network.connect else { return }
        let patterns = texts.compactMap { ConnectPattern($0) }
        mayConnect = { bytes, names, port in
            guard let address = InternetAddress(bytes: bytes) else { return false }
            return patterns.contains { $0.allows(address, names: names, port: port) }
        }
    }
}
