/// A socket of a guest: one of the host, or two when a port of the host leads there too.
final class GuestSocket {
    let isIPv6: Bool
    let isDatagram: Bool
    let host: HostSocket
    /// What `hostPort` opened.
    private(set) var second: HostSocket?
    /// What the guest bound; nil before.
    private(set) var bound: SocketAddress?
    private(set) var isListening = false
    /// Whether its port may be listened on.
    private var mayListen = false
    /// Who sent the last datagram, and whether through ``second``: the answer goes the same way.
    private var lastSender: (address: SocketAddress?, isSecond: Bool) = (nil, false)
    /// How long a call waits; nil: for ever.
    var receiveTimeout: UInt64?
    /// How long a call waits; nil: for ever.
    var sendTimeout: UInt64?

    init(isIPv6: Bool, isDatagram: Bool) throws(ErrorNumber) {
        self.isIPv6 = isIPv6
        self.isDatagram = isDatagram
        host = try HostSocket(isIPv6: isIPv6, isDatagram: isDatagram)
    }

    /// One that was accepted.
    init(accepted: HostSocket, by listener: GuestSocket) {
        isIPv6 = listener.isIPv6
        isDatagram = false
        host = accepted
    }

    /// All of its sockets, for waiting.
    var sockets: [HostSocket] { [host] + (second.map { [$0] } ?? []) }

    /// Binds what the rules make of the guest's wish.
    func bind(_ wish: SocketAddress, _ rules: NetworkRules) throws(ErrorNumber) {
        guard (wish.bytes.count == 16) == isIPv6 else { throw .addressFamilyNotSupported }
        let port = rules.port(wish.port, isDatagram: isDatagram)
        guard rules.listensAnywhere || port != nil || wish.port == 0 else { throw .access }
        var place = wish
        // A datagram socket without a port of its own is there to ask others, who must reach it.
        if let address = rules.address, wish.port != 0 || !isDatagram {
            guard wish.isUnspecified || wish.isLoopback || wish.unmapped == address else {
                throw .addressNotAvailable
            }
            place = wish.replacing(address)
        }
        if isIPv6, place.unmapped.count == 4 || place.isUnspecified {
            try? host.takeBothFamilies()
        }
        try host.bind(place)
        bound = wish
        mayListen = rules.listensAnywhere || port != nil
        guard let hostPort = port?.hostPort else { return }
        let second = try HostSocket(isIPv6: false, isDatagram: isDatagram)
        // Source: socket(7), SO_REUSEADDR: a listener that was restarted gets its port back at once.
        try second.setOption(SocketOption.reuseAddress.systemName, [1, 0, 0, 0])
        try second.bind(SocketAddress(bytes: [0, 0, 0, 0], port: hostPort))
        self.second = second
    }

    func listen(_ backlog: UInt32, _ rules: NetworkRules) throws(ErrorNumber) {
        guard !isDatagram else { throw .notSupported }
        guard mayListen || (bound == nil && rules.listensAnywhere) else { throw .access }
        for socket in sockets { try socket.listen(Int32(clamping: backlog)) }
        isListening = true
    }

    /// Takes a connection that waits; `again` when there is none.
    func accept() throws(ErrorNumber) -> GuestSocket {
        guard isListening else { throw .invalid }
        for socket in sockets {
            do {
                return GuestSocket(accepted: try socket.accept(), by: self)
            } catch .again {
                continue
            }
        }
        throw .again
    }

    /// Takes what is there; `again` when there is nothing.
    func receive(_ byteCount: Int, isPeek: Bool) throws(ErrorNumber) -> HostSocket.Received {
        do {
            let received = try host.receive(byteCount, isPeek: isPeek, isDatagram: isDatagram)
            if isDatagram { lastSender = (received.sender, false) }
            return received
        } catch {
            guard error == .again, isDatagram, let second else { throw error }
            let received = try second.receive(byteCount, isPeek: isPeek, isDatagram: true)
            lastSender = (received.sender, true)
            return received
        }
    }

    /// Whether this is who sent the last datagram.
    func isAnswer(to address: SocketAddress) -> Bool {
        isDatagram && address.port == lastSender.address?.port
            && address.unmapped == lastSender.address?.unmapped
    }

    /// Sends what goes without waiting.
    func send(_ data: ArraySlice<UInt8>, to address: SocketAddress?) throws(ErrorNumber) -> Int {
        if let second, lastSender.isSecond, let address, isAnswer(to: address) {
            let place = SocketAddress(bytes: address.unmapped, port: address.port)
            return try second.send(data, to: place)
        }
        return try host.send(data, to: address)
    }
}
