import Dispatch
import Glibc
import Synchronization
import TestKit

@testable import Uplink

/// A broker that does what no honest one does: a socket on loopback and a script for each connection.
final class ScriptedBroker: Sendable {
    let port: UInt16
    private let listener: Int32
    private let peers = Mutex<[Peer]>([])

    /// Runs a test with such a broker, and closes every connection afterwards.
    static func with(
        _ script: @escaping @Sendable (Peer) -> Void,
        _ body: (ScriptedBroker) async throws -> Void
    ) async throws {
        let broker = try ScriptedBroker(script)
        defer { broker.close() }
        try await body(broker)
    }

    /// How many connections there have been.
    var connectionCount: Int { peers.withLock { $0.count } }
    /// The connections so far.
    var connections: [Peer] { peers.withLock { $0 } }

    private init(_ script: @escaping @Sendable (Peer) -> Void) throws {
        (listener, port) = try listen(backlog: 8)
        let listener = listener
        // Why a queue each: what blocks in a shared one keeps the others waiting.
        DispatchQueue(label: "scripted-broker").async { [self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { return }
                let peer = Peer(socket)
                peers.withLock { $0.append(peer) }
                DispatchQueue(label: "scripted-peer").async {
                    script(peer)
                    peer.hangUp()
                }
            }
        }
    }

    private func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        for peer in connections { peer.hangUp() }
    }
}

/// A port where TCP itself hangs: it listens, and its queue is full for ever.
final class FullQueue: Sendable {
    let port: UInt16
    private let sockets: [Int32]

    init() throws {
        let (listener, port) = try listen(backlog: 0)
        self.port = port
        // Why not blocking: the connections beyond the queue never come about.
        let fillers = (0..<4).map { _ in
            let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            _ = withLoopback(port: port) { connect(filler, $0, $1) }
            return filler
        }
        sockets = fillers + [listener]
    }

    deinit { for socket in sockets { close(socket) } }
}

private func listen(backlog: Int32) throws -> (socket: Int32, port: UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let port = try freePort()
    guard withLoopback(port: port, { bind(listener, $0, $1) }) == 0,
        Glibc.listen(listener, backlog) == 0
    else {
        throw TestKitError(message: "cannot listen on \(port): errno \(errno)")
    }
    return (listener, port)
}

/// The broker's end of one connection.
///
/// Calls block; a broken connection makes them return nothing.
final class Peer: Sendable {
    struct Packet: Sendable {
        var header: UInt8
        var body: [UInt8]
        var kind: UInt8 { header & 0xF0 }
    }

    private let socket: Int32
    private let written = Mutex(0)
    private let ignored = Mutex(0)
    private let published = Mutex<[String]>([])
    private let isOpen = Mutex(true)

    init(_ socket: Int32) { self.socket = socket }

    /// Packets that were read and not answered.
    var ignoredCount: Int { ignored.withLock { $0 } }
    /// Bytes the kernel has taken.
    var byteCountWritten: Int { written.withLock { $0 } }

    func hangUp() {
        isOpen.withLock { isOpen in
            guard isOpen else { return }
            isOpen = false
            shutdown(socket, Int32(SHUT_RDWR))
        }
    }

    deinit { close(socket) }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            written.withLock { $0 += count }
            rest = rest.dropFirst(count)
        }
        return true
    }

    func readPacket() -> Packet? {
        guard let header = read(1)?.first else { return nil }
        var length = 0
        for shift in stride(from: 0, through: 21, by: 7) {
            guard let byte = read(1)?.first else { return nil }
            length |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { break }
        }
        return read(length).map { Packet(header: header, body: $0) }
    }

    /// Reads to the end of the connection and answers nothing.
    func ignoreEverything() { while readPacket() != nil { ignored.withLock { $0 += 1 } } }

    /// Reads CONNECT and accepts it, MQTT 5.
    @discardableResult
    func accept() -> Bool {
        readPacket()?.kind == 0x10 && write([0x20, 0x03, 0x00, 0x00, 0x00])
    }

    /// Payloads of the publishes that were answered.
    var publishedTexts: [String] { published.withLock { $0 } }

    /// Answers subscriptions and publishes until the connection ends or `count` publishes came.
    ///
    /// `presence` is what it remembers of the node, sent as a retained message.
    func beCourteous(publishCount count: Int = .max, presence: Presence? = nil) {
        var publishCount = 0
        while publishCount < count, let packet = readPacket() {
            switch packet.kind {
            case 0x80:
                write([0x90, 0x04] + packet.body.prefix(2) + [0x00, 0x01])
                let text = String(decoding: packet.body, as: UTF8.self)
                if let presence,
                    let topic = text.firstRange(of: "swiftlet/v1/gw-1/status/connection")
                {
                    write(Self.retained(topic: String(text[topic]), payload: presence.payload))
                }
            case 0x30:
                let topicLength = Int(packet.body[0]) << 8 | Int(packet.body[1])
                write([0x40, 0x02] + packet.body[(2 + topicLength)..<(4 + topicLength)])
                let text = String(decoding: packet.body.dropFirst(5 + topicLength), as: UTF8.self)
                published.withLock { $0.append(text) }
                publishCount += 1
            case 0xC0: write([0xD0, 0x00])
            case _: return
            }
        }
    }

    /// A QoS 1 PUBLISH, MQTT 5.
    static func publish(topic: String, payload: [UInt8], identifier: UInt16) -> [UInt8] {
        let bytes = [UInt8(identifier >> 8), UInt8(identifier & 0xFF), 0x00] + payload
        return packet(header: 0x32, topic: topic, rest: bytes)
    }

    /// A retained QoS 0 PUBLISH, MQTT 5.
    private static func retained(topic: String, payload: [UInt8]) -> [UInt8] {
        packet(header: 0x31, topic: topic, rest: [0x00] + payload)
    }

    private static func packet(header: UInt8, topic: String, rest bytes: [UInt8]) -> [UInt8] {
        let name = Array(topic.utf8)
        let body = [UInt8(name.count >> 8), UInt8(name.count & 0xFF)] + name + bytes
        var length: [UInt8] = []
        var rest = body.count
        repeat {
            length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return [header] + length + body
    }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: max(1, count))
        while bytes.count < count {
            let got = recv(socket, &buffer, count - bytes.count, 0)
            guard got > 0 else { return nil }
            bytes.append(contentsOf: buffer[..<got])
        }
        return bytes
    }
}
