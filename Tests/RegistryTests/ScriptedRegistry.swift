import Dispatch
import Glibc
import Images
import Synchronization
import TestKit

/// What is asked of the scripted registry.
struct Ask: Sendable {
    var path: String
    /// By lowercase names.
    var headers: [String: String]
    /// How many came before.
    var number: Int

    var isBlob: Bool { path.contains("/blobs/") }
    /// The first and last byte asked for.
    var range: ClosedRange<Int>? {
        guard let text = headers["range"], text.hasPrefix("bytes=") else { return nil }
        let ends = text.dropFirst(6).split(separator: "-").compactMap { Int($0) }
        return ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil
    }
}

/// What the scripted registry does instead of answering well.
enum Fault: Sendable {
    case answer(Int, [String], String = "")
    /// Ends the connection after so many bytes of the body.
    case cut(after: Int)
    /// Says nothing more after so many bytes.
    case stall(after: Int)
    /// Does something after so many bytes, and ends the connection.
    case act(after: Int, @Sendable () -> Void)
    case ignoreRange
    case wrongRange
    case gzip
    /// Sends more than was asked for.
    case extra(Int)
}

/// A registry that misbehaves as it is told, and counts the bytes of blobs that it sends.
final class ScriptedRegistry: Sendable {
    let port: UInt16
    private let listener: Int32
    private let script: @Sendable (Ask) -> Fault?
    private let state = Mutex(State())

    private struct State {
        var files: [String: (type: String, bytes: [UInt8])] = [:]
        var asks: [Ask] = []
        var sent = 0
        var sentInAll = 0
        var connections: Set<Int32> = []
    }

    init(_ script: @escaping @Sendable (Ask) -> Fault? = { _ in nil }) throws {
        self.script = script
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw TestKitError(message: "no registry: errno \(errno)") }
        port = UInt16(bigEndian: address.sin_port)
        DispatchQueue.global().async { self.acceptAll() }
    }

    var host: String { "127.0.0.1:\(port)" }
    var asks: [Ask] { state.withLock { $0.asks } }
    /// Bytes of blobs that went out.
    var sentByteCount: Int { state.withLock { $0.sent } }
    /// Bytes that went out, with heads and all.
    var sentInAllByteCount: Int { state.withLock { $0.sentInAll } }

    /// Ends it, and all connections.
    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        state.withLock { $0.connections.forEach { shutdown($0, Int32(SHUT_RDWR)) } }
    }

    @discardableResult
    func add(_ bytes: [UInt8], type: String = "application/octet-stream") -> BlobDescriptor {
        let digest = Digest.of(bytes)
        state.withLock { $0.files["\(digest)"] = (type, bytes) }
        return BlobDescriptor(mediaType: type, digest: digest, byteCount: Int64(bytes.count))
    }

    /// Puts a manifest under a tag.
    func tag(_ name: String, _ text: String, type: String) {
        let bytes = Array(text.utf8)
        add(bytes, type: type)
        state.withLock { $0.files[name] = (type, bytes) }
    }

    private func acceptAll() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            // Why: what counts as sent should have left; by itself the kernel takes megabytes.
            var byteCount: Int32 = 4_096
            setsockopt(connection, SOL_SOCKET, SO_SNDBUF, &byteCount, 4)
            state.withLock { _ = $0.connections.insert(connection) }
            DispatchQueue.global().async {
                while let ask = self.read(connection), self.answer(ask, connection) {}
                self.state.withLock { _ = $0.connections.remove(connection) }
                Glibc.close(connection)
            }
        }
    }

    private func read(_ connection: Int32) -> Ask? {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard recv(connection, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
        }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        return state.withLock {
            let ask = Ask(path: String(words[1]), headers: headers, number: $0.asks.count)
            $0.asks.append(ask)
            return ask
        }
    }

    /// Whether the connection goes on.
    private func answer(_ ask: Ask, _ connection: Int32) -> Bool {
        let fault = script(ask)
        if case .answer(let status, let headers, let body)? = fault {
            let head = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + headers
            return send(connection, head.joined(separator: "\r\n") + "\r\n\r\n" + body)
        }
        let name = ask.path.split(separator: "/").last.map(String.init) ?? ""
        guard let file = state.withLock({ $0.files[name] }) else {
            return send(connection, "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
        }
        var body = file.bytes[...]
        var head = ["HTTP/1.1 200 OK", "Content-Type: \(file.type)"]
        if let range = ask.range, range.lowerBound < file.bytes.count {
            let end = min(range.upperBound, file.bytes.count - 1)
            var first = range.lowerBound
            if case .wrongRange? = fault { first += 1 }
            if case .ignoreRange? = fault {
            } else {
                body = file.bytes[range.lowerBound...end]
                head[0] = "HTTP/1.1 206 Partial"
                head.append("Content-Range: bytes \(first)-\(end)/\(file.bytes.count)")
            }
        }
        var bytes = Array(body)
        var limit = Int.max
        switch fault {
        case .gzip:
            bytes = gzipped(file.bytes)
            head = [
                "HTTP/1.1 200 OK", "Content-Type: \(file.type)", "Content-Encoding: gzip",
            ]
        case .extra(let count): bytes += [UInt8](repeating: 7, count: count)
        case .cut(let count), .stall(let count), .act(let count, _): limit = count
        case .answer, .ignoreRange, .wrongRange, nil: break
        }
        head.append("Content-Length: \(bytes.count)")
        guard send(connection, head.joined(separator: "\r\n") + "\r\n\r\n"),
            send(connection, bytes.prefix(limit), counting: ask.isBlob)
        else { return false }
        if case .cut? = fault { return false }
        if case .act(_, let action)? = fault {
            action()
            return false
        }
        if case .stall? = fault {
            // Until the other side, or the end of the test, shuts the connection.
            var byte: UInt8 = 0
            return recv(connection, &byte, 1, 0) > 0
        }
        return true
    }

    private func send(_ connection: Int32, _ text: String) -> Bool {
        send(connection, Array(text.utf8)[...], counting: false)
    }

    private func send(_ connection: Int32, _ bytes: ArraySlice<UInt8>, counting: Bool) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(
                    connection,
                    $0.baseAddress,
                    min($0.count, 16_384),
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return false }
            state.withLock {
                $0.sentInAll += count
                if counting { $0.sent += count }
            }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Bytes as gzip without compression.
///
/// Source: RFC 1951, 3.2.4, and RFC 1952.
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
    func little(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(value >> (8 * $0) & 255) }
    }
    var result: [UInt8] = [31, 139, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = bytes[...]
    repeat {
        let part = rest.prefix(65_535)
        rest = rest.dropFirst(part.count)
        let count = UInt32(part.count)
        result += [rest.isEmpty ? 1 : 0] + little(count, 2) + little(~count, 2) + part
    } while !rest.isEmpty
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return result + little(~sum, 4) + little(UInt32(bytes.count), 4)
}
