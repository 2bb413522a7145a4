import Dispatch
import Glibc
import Synchronization

/// Listens on loopback and answers each connection as a script says, as a small server would.
public final class Answerer: Sendable {
    /// Where it listens, on 127.0.0.1.
    public let port: UInt16
    private let listener: Int32
    private let isClosed = Mutex(false)
    private let open = Mutex<[Int32]>([])
    private let answer: @Sendable (String) -> String?

    /// Starts to listen.
    ///
    /// - Parameter answer: What is sent for the first bytes that came; empty: nothing, and the
    ///   connection ends; nil: nothing, and it stays.
    /// - Throws: Why it cannot listen.
    public init(_ answer: @escaping @Sendable (String) -> String?) throws {
        self.answer = answer
        port = try freePort()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard withLoopback(port: port, { bind(listener, $0, $1) }) == 0, listen(listener, 16) == 0
        else { throw TestKitError(message: "cannot listen on \(port): errno \(errno)") }
        DispatchQueue(label: "answerer").async { [self] in accept() }
    }

    /// Ends it; from now on connections are refused.
    public func close() {
        let isFirst = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        guard isFirst else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        open.withLock { sockets in
            for socket in sockets { Glibc.close(socket) }
            sockets = []
        }
    }

    private func accept() {
        while true {
            let near = Glibc.accept(listener, nil, nil)
            guard near >= 0 else { return }
            DispatchQueue(label: "answerer-one").async { [self] in serve(near) }
        }
    }

    private func serve(_ near: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(near, &buffer, buffer.count)
        guard count > 0 else {
            Glibc.close(near)
            return
        }
        guard let text = answer(String(decoding: buffer[..<count], as: UTF8.self)) else {
            return open.withLock { $0.append(near) }
        }
        let bytes = Array(text.utf8)
        send(near, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        Glibc.close(near)
    }
}
