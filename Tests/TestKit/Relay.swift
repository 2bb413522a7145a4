import Dispatch
import Glibc
import Synchronization

/// A TCP relay to a port on loopback that counts what goes through: what a link is billed for.
///
/// It counts bytes of the stream and how many pieces they came in; the headers of TCP and IP are not
/// in it.
public final class Relay: Sendable {
    /// What went through so far.
    public struct Count: Equatable, Sendable {
        /// Bytes from who connected.
        public var upBytes = 0
        /// Bytes to them.
        public var downBytes = 0
        /// Reads that gave bytes, in both directions: about as many segments.
        public var pieces = 0

        /// All bytes.
        public var bytes: Int { upBytes + downBytes }

        /// What went through between two moments.
        public static func - (later: Count, earlier: Count) -> Count {
            Count(
                upBytes: later.upBytes - earlier.upBytes,
                downBytes: later.downBytes - earlier.downBytes,
                pieces: later.pieces - earlier.pieces
            )
        }
    }

    /// Where it listens, on 127.0.0.1.
    public let port: UInt16
    private let listener: Int32
    private let target: UInt16
    private let state = Mutex(Count())
    private let sockets = Mutex<[Int32]>([])

    /// Starts a relay to `target` that ends with the test.
    public static func start(to target: UInt16, in fixture: Fixture) throws -> Relay {
        let relay = try Relay(target)
        fixture.atEnd { relay.close() }
        return relay
    }

    private init(_ target: UInt16) throws {
        self.target = target
        port = try freePort()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard withLoopback(port: port, { bind(listener, $0, $1) }) == 0, listen(listener, 8) == 0
        else { throw TestKitError(message: "cannot listen on \(port): errno \(errno)") }
        DispatchQueue(label: "relay").async { [self] in accept() }
    }

    /// What went through so far.
    public var count: Count { state.withLock { $0 } }

    /// What went through once nothing has for `seconds`.
    public func settled(after seconds: Double = 1) async throws -> Count {
        var last = count
        var since = ContinuousClock.now
        try await eventually("nothing goes through", within: 60) {
            if count != last { (last, since) = (count, .now) }
            return ContinuousClock.now - since > .seconds(seconds)
        }
        return last
    }

    private func accept() {
        while true {
            let near = Glibc.accept(listener, nil, nil)
            guard near >= 0 else { return }
            let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard withLoopback(port: target, { connect(far, $0, $1) }) == 0 else {
                Glibc.close(near)
                Glibc.close(far)
                continue
            }
            var isWanted: Int32 = 1
            for socket in [near, far] {
                setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isWanted, 4)
            }
            sockets.withLock { $0 += [near, far] }
            DispatchQueue(label: "relay-up").async { [self] in pump(near, far, isUp: true) }
            DispatchQueue(label: "relay-down").async { [self] in pump(far, near, isUp: false) }
        }
    }

    private func pump(_ source: Int32, _ sink: Int32, isUp: Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count > 0 else { break }
            state.withLock { state in
                if isUp { state.upBytes += count } else { state.downBytes += count }
                state.pieces += 1
            }
            var sent = 0
            while sent < count {
                let written = buffer[sent..<count].withUnsafeBytes {
                    send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard written > 0 else { break }
                sent += written
            }
        }
        shutdown(sink, Int32(SHUT_RDWR))
        shutdown(source, Int32(SHUT_RDWR))
    }

    private func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        sockets.withLock { sockets in
            for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }
}
