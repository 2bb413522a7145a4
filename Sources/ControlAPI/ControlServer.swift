import NIOCore
import NIOHTTP1
import NIOPosix

/// The daemon's control socket: HTTP/1.1 on a Unix socket, one request a connection.
///
/// The socket file gets mode 0660; who connects through it may read, and only root and the user
/// that the daemon runs as may change (``Permission``). Works with `curl --unix-socket`.
public struct ControlServer: Sendable {
    private let path: String
    private let handler: any ControlHandler
    private let groupID: UInt32?
    private let permission: Permission
    private let limits: ControlLimits

    /// Longest path in bytes: 107 fit an address (unix(7)), four are for the name while binding.
    public static let pathByteCountMax = 103
    private static let bindingSuffix = ".new"

    /// A server that is not yet listening.
    ///
    /// `path` is the socket's file, `groupID` the group that may read (`nil` leaves the daemon's
    /// own), `ownerID` the user besides root that may change.
    public init(
        path: String,
        handler: any ControlHandler,
        groupID: UInt32? = nil,
        ownerID: UInt32 = SystemFile.effectiveUserID,
        limits: ControlLimits = ControlLimits()
    ) {
        self.path = path
        self.handler = handler
        self.groupID = groupID
        self.permission = Permission(ownerID: ownerID)
        self.limits = limits
    }

    /// Listens and answers until the task is cancelled; then closes every connection and removes
    /// the socket file.
    ///
    /// A socket file that nobody listens on any more is replaced in one step, so that there is no
    /// moment without one. `onListening` is called once, when connections are taken.
    ///
    /// - Parameter onListening: Told that the socket is open.
    /// - Throws: ``ControlError/alreadyRunning(path:)``, ``ControlError/pathOccupied(path:)``,
    ///   ``ControlError/pathTooLong(path:byteCountMax:)`` or ``ControlError/system(call:path:errno:)``.
    public func run(onListening: @Sendable () -> Void = {}) async throws(ControlError) {
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await listen(on: threads, onListening: onListening)
            try? await threads.shutdownGracefully()
        } catch {
            try? await threads.shutdownGracefully()
            guard !(error is CancellationError) else { return }
            throw ControlError(error, call: "listen", path: path)
        }
    }

    private func listen(
        on threads: MultiThreadedEventLoopGroup,
        onListening: @Sendable () -> Void
    ) async throws {
        try await claimPath(threads)
        let bindingPath = path + Self.bindingSuffix
        let limits = limits
        let server = try await ServerBootstrap(group: threads)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .bind(unixDomainSocketPath: bindingPath) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try ControlConnection.wrap(channel, limits: limits)
                }
            }
        try SystemFile.setMode(0o660, of: bindingPath)
        if let groupID { try SystemFile.setGroup(groupID, of: bindingPath) }
        let ours = SystemFile.kind(of: bindingPath)
        try SystemFile.move(bindingPath, to: path)
        defer {
            // Why compared: another daemon may have put its own socket here meanwhile.
            if SystemFile.kind(of: path) == ours { try? SystemFile.remove(path) }
        }
        onListening()
        try await server.executeThenClose { connections in
            try await serve(connections)
        }
    }

    private func serve(
        _ connections: NIOAsyncChannelInboundStream<ControlConnection.Wrapped>
    ) async throws {
        let gate = ConnectionGate(countMax: limits.connectionCountMax)
        try await withThrowingDiscardingTaskGroup { group in
            for try await channel in connections {
                let isAdmitted = gate.enter()
                group.addTask {
                    let connection = ControlConnection(
                        channel: channel,
                        handler: handler,
                        permission: permission,
                        limits: limits
                    )
                    await isAdmitted ? connection.serve() : connection.turnAway()
                    if isAdmitted { gate.leave() }
                }
            }
        }
    }

    /// Makes sure that the path can be taken: free, or a socket without a listener.
    private func claimPath(_ threads: any EventLoopGroup) async throws(ControlError) {
        guard path.utf8.count <= Self.pathByteCountMax else {
            throw .pathTooLong(path: path, byteCountMax: Self.pathByteCountMax)
        }
        switch SystemFile.kind(of: path) {
        case .nothing: break
        case .other: throw .pathOccupied(path: path)
        case .socket:
            guard await !ControlClient(path: path, group: threads).isAnswered() else {
                throw .alreadyRunning(path: path)
            }
        }
        // A daemon that was killed while binding leaves this name behind.
        let bindingPath = path + Self.bindingSuffix
        switch SystemFile.kind(of: bindingPath) {
        case .nothing: break
        case .other: throw .pathOccupied(path: bindingPath)
        case .socket: try SystemFile.remove(bindingPath)
        }
    }
}
