import Glibc
import TestKit

/// A bare socket that sends and reads exactly what a test says, for what no decent client does.
final class RawPeer {
    private let descriptor: Int32

    /// Connects to the Unix socket at `path`.
    init(connectingTo path: String) throws {
        descriptor = try makeSocket()
        guard withAddress(path, { connect(descriptor, $0, $1) }) == 0 else {
            throw TestKitError(message: "connect: errno \(errno)")
        }
    }

    init(accepted descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Sends what fits now; how many bytes did, or -1 when the other end is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Int {
        Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    @discardableResult
    func send(_ text: String) -> Int { send(Array(text.utf8)) }

    /// Sends all of it, in as many turns as it takes.
    func sendAll(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        try await eventually("\(bytes.count) bytes are sent") {
            let count = send(Array(rest))
            if count > 0 { rest = rest.dropFirst(count) }
            return rest.isEmpty
        }
    }

    /// What is there to read now; `nil` when the other end has closed or reset.
    func receive(_ byteCountMax: Int = 65_536) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: byteCountMax)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return Array(buffer[..<count]) }
        return count < 0 && errno == EAGAIN ? [] : nil
    }

    /// Everything until the other end closes.
    func receiveAll() async throws -> String {
        var bytes: [UInt8] = []
        try await eventually("the connection is closed") {
            while true {
                guard let more = receive() else { return true }
                if more.isEmpty { return false }
                bytes += more
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A listener that accepts one connection at a time and does with it what a test says.
final class RawListener {
    private let descriptor: Int32

    init(at path: String) throws {
        descriptor = try makeSocket()
        guard withAddress(path, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 8) == 0
        else { throw TestKitError(message: "listen: errno \(errno)") }
    }

    deinit { close(descriptor) }

    func accept() async throws -> RawPeer {
        var accepted: Int32 = -1
        try await eventually("somebody connects") {
            accepted = Glibc.accept(descriptor, nil, nil)
            return accepted >= 0
        }
        _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
        return RawPeer(accepted: accepted)
    }
}

private func makeSocket() throws -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw TestKitError(message: "socket: errno \(errno)") }
    return descriptor
}

private func withAddress(
    _ path: String,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
