import NIOCore
import NIOHTTP1
import NIOPosix

/// The daemon's control socket: HTTP/1.1 on a Unix socket, one request a connection.
///
/// The same also listens on a TCP address, for those who collect metrics; who comes that way is nobody
/// and can change nothing.
///
/// The socket file gets mode 0660; who connects through it may read, and only root and the user
/// that the daemon runs as may change (``Permission``). Works with `curl --unix-socket`.
public struct ControlServer: Sendable {
    /// Where it listens.
    private enum Place: Sendable {
        /// A socket file that we make.
        case path(String)
        /// A listening socket that the service manager made, and will give to the next daemon too.
        case inherited(descriptor: Int32, path: String)
        /// A TCP address.
        case address(host: String, port: Int)

        var text: String {
            switch self {
            case .path(let path), .inherited(_, let path): path
            case .address(let host, let port): "\(host):\(port)"
            }
        }
    }

    private let place: Place
    private let handler: any ControlHandler
    private let groupID: UInt32?
    private let permission: Permission
    private let limits: ControlLimits

    /// Longest path in bytes: 107 fit an address (unix(7)), four are for the name while binding.
    public static let pathByteCountMax = 103
    private static let bindingSuffix = ".new"

    /// A server for whoever reaches a TCP address; it answers reading requests only.
    ///
    /// - Parameters:
    ///   - host: A numeric address.
    ///   - port: The port; 0 takes a free one.
    ///   - handler: Answers; it should know the paths that strangers may see.
    ///   - limits: The bounds of each connection.
    public init(
        host: String,
        port: Int,
        handler: any ControlHandler,
        limits: ControlLimits = ControlLimits()
    ) {
        place = .address(host: host, port: port)
        self.handler = handler
        groupID = nil
        // Nobody is the owner, who is root alone then.
        permission = Permission(ownerID: 0)
        self.limits = limits
    }

    /// A server on a socket that the service manager listens on already (sd_listen_fds(3)).
    ///
    /// - Parameters:
    ///   - descriptor: The listening Unix socket; it is closed with the server.
    ///   - path: Its file, for errors; it stays, with the mode that the service manager gave it.
    ///   - handler: Answers.
    ///   - ownerID: The user besides root that may change.
    ///   - limits: The bounds of each connection.
    public init(
        inherited descriptor: Int32,
        path: String,
        handler: any ControlHandler,
        ownerID: UInt32 = SystemFile.effectiveUserID,
        limits: ControlLimits = ControlLimits()
    ) {
        place = .inherited(descriptor: descriptor, path: path)
        self.handler = handler
        groupID = nil
        permission = Permission(ownerID: ownerID)
        self.limits = limits
    }

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
        place = .path(path)
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
            throw ControlError(error, call: "listen", path: place.text)
        }
    }

    private typealias Listener = NIOAsyncChannel<ControlConnection.Wrapped, Never>

    private func listen(
        on threads: MultiThreadedEventLoopGroup,
        onListening: @Sendable () -> Void
    ) async throws {
        switch place {
        case .path(let path):
            try await listen(at: path, threads, onListening)
        case .inherited(let descriptor, _):
            let server = try await Self.bootstrap(threads)
                .bind(descriptor, childChannelInitializer: wrap)
            try await answer(server, onListening)
        case .address(let host, let port):
            let server = try await Self.bootstrap(threads)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port, childChannelInitializer: wrap)
            try await answer(server, onListening)
        }
    }

    private static func bootstrap(_ threads: MultiThreadedEventLoopGroup) -> ServerBootstrap {
        ServerBootstrap(group: threads)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
    }

    /// Makes a connection of an accepted channel.
    private var wrap: @Sendable (any Channel) -> EventLoopFuture<ControlConnection.Wrapped> {
        let limits = limits
        return { channel in
            channel.eventLoop.makeCompletedFuture {
                try ControlConnection.wrap(channel, limits: limits)
            }
        }
    }

    private func answer(
        _ server: Listener,
        _ onListening: @Sendable () -> Void
    ) async throws {
        onListening()
        try await server.executeThenClose { connections in try await serve(connections) }
    }

    private func listen(
        at path: String,
        _ threads: MultiThreadedEventLoopGroup,
        _ onListening: @Sendable () -> Void
    ) async throws {
        try await claim(path, threads)
        let bindingPath = path + Self.bindingSuffix
        let server = try await Self.bootstrap(threads)
            .bind(unixDomainSocketPath: bindingPath, childChannelInitializer: wrap)
        try SystemFile.setMode(0o660, of: bindingPath)
        if let groupID { try SystemFile.setGroup(groupID, of: bindingPath) }
        let ours = SystemFile.kind(of: bindingPath)
        try SystemFile.move(bindingPath, to: path)
        defer {
            // Why compared: another daemon may have put its own socket here meanwhile.
            if SystemFile.kind(of: path) == ours { try? SystemFile.remove(path) }
        }
        try await answer(server, onListening)
    }

    /// Who is at the other end, where the kernel does not tell.
    private var stranger: PeerCredentials? {
        switch place {
        case .path, .inherited: nil
        case .address: .nobody
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
                        limits: limits,
                        stranger: stranger
                    )
                    await isAdmitted ? connection.serve() : connection.turnAway()
                    if isAdmitted { gate.leave() }
                }
            }
        }
    }

    /// Makes sure that the path can be taken: free, or a socket without a listener.
    private func claim(
        _ path: String,
        _ threads: any EventLoopGroup
    ) async throws(ControlError) {
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
