import NIOCore

extension PeerCredentials {
    /// `struct ucred` of unix(7): three 32-bit numbers in this order on every Linux.
    private struct Wire: Sendable {
        var processID: Int32 = 0
        var userID: UInt32 = 0
        var groupID: UInt32 = 0
    }

    private static let socketLevel = NIOBSDSocket.OptionLevel(rawValue: 1)  // SOL_SOCKET
    private static let peerCredentials = NIOBSDSocket.Option(rawValue: 17)  // SO_PEERCRED

    /// Asks the kernel who connected to `channel`.
    init(of channel: any Channel) async throws {
        guard let socket = channel as? any SocketOptionProvider else {
            throw ControlError.system(call: "getsockopt", path: "a connection", errno: 0)
        }
        // Safety: the option's value is exactly `Wire`, plain numbers of a fixed size.
        let wire: Wire = try await socket.unsafeGetSocketOption(
            level: Self.socketLevel,
            name: Self.peerCredentials
        ).get()
        self.init(userID: wire.userID, groupID: wire.groupID, processID: wire.processID)
    }
}
