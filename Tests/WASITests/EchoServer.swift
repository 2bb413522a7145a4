import Glibc
import TestKit

/// The second demo while it runs, and what people ask of it.
struct EchoServer {
    let process: BackgroundProcess
    let address: String
    let port: UInt16

    /// A connection to it, or to another address.
    func connect(to other: (address: String, port: UInt16)? = nil) throws -> Int32 {
        let (host, port) = other ?? (address, self.port)
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &place.sin_addr)
        // Nothing here may hang a test for longer than this.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &place) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                Glibc.connect(number, place, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(number)
            throw TestKitError(message: "connect to \(host):\(port): errno \(errno)")
        }
        return number
    }

    /// Posts a body and answers with the body of the reply.
    func post(
        _ body: String,
        to other: (address: String, port: UInt16)? = nil
    ) throws -> String {
        let connection = try connect(to: other)
        defer { close(connection) }
        let request = "POST / HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let sent = request.withCString { send(connection, $0, request.utf8.count, 0) }
        guard sent == request.utf8.count else { throw TestKitError(message: "short send") }
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            reply += buffer.prefix(count)
        }
        let text = String(decoding: reply, as: UTF8.self)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard lines.first == "HTTP/1.0 200 OK" else {
            throw TestKitError(message: "answer: \(text)")
        }
        return String(lines.last ?? "")
    }

    /// Descriptors that its process has open.
    var descriptorCount: Int {
        guard let folder = opendir("/proc/\(process.processID)/fd") else { return -1 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return count
    }
}
