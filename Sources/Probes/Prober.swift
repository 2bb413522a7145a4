internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Asks what a container serves whether it is well: by a connection, or by a GET.
///
/// It follows no redirects and reads no body: the status line is the answer.
public struct Prober: Sendable {
    /// What came of a question.
    public enum Answer: Equatable, Sendable {
        /// It was answered as it should be.
        case yes
        /// It was not, for this reason, in one sentence.
        case no(String)
    }

    /// A GET.
    public struct Request: Equatable, Sendable {
        /// The path, with a query perhaps.
        public var path: String
        /// Header fields, in order; `Host` replaces the address.
        public var headers: [(name: String, value: String)]

        /// A GET of a path.
        public init(path: String, headers: [(name: String, value: String)] = []) {
            self.path = path
            self.headers = headers
        }

        /// Whether both ask the same.
        public static func == (left: Request, right: Request) -> Bool {
            left.path == right.path
                && left.headers.elementsEqual(right.headers, by: ==)
        }
    }

    private let group: any EventLoopGroup

    /// A prober on the threads that the program has for its sockets.
    public init() { group = .singletonMultiThreadedEventLoopGroup }

    /// Whether somebody accepts a connection.
    ///
    /// - Parameters:
    ///   - host: An address or a name.
    ///   - port: The TCP port.
    ///   - timeoutNanoseconds: When no answer is a no.
    /// - Returns: The answer.
    public func connect(host: String, port: UInt16, timeoutNanoseconds: Int64) async -> Answer {
        await ask(host, port, timeoutNanoseconds, "dial tcp \(Self.place(host, port))") {
            channel,
            promise in
            promise.succeed(.yes)
            channel.close(promise: nil)
        }
    }

    /// Whether a GET is answered with 200 to 399.
    ///
    /// - Parameters:
    ///   - request: What is asked for.
    ///   - host: An address or a name.
    ///   - port: The TCP port.
    ///   - timeoutNanoseconds: When no answer is a no.
    /// - Returns: The answer.
    public func get(
        _ request: Request,
        host: String,
        port: UInt16,
        timeoutNanoseconds: Int64
    ) async -> Answer {
        let head = Self.head(request, host, port)
        let what = "Get \"http://\(Self.place(host, port))\(head.uri)\""
        return await ask(host, port, timeoutNanoseconds, what) { channel, promise in
            do {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHTTPClientHandlers()
                try pipeline.addHandler(StatusReader(what: what, promise: promise))
                channel.write(HTTPClientRequestPart.head(head), promise: nil)
                channel.writeAndFlush(HTTPClientRequestPart.end(nil)).whenFailure {
                    promise.succeed(.no("\(what): \($0)"))
                    channel.close(promise: nil)
                }
            } catch {
                promise.succeed(.no("\(what): \(error)"))
                channel.close(promise: nil)
            }
        }
    }

    /// Connects, and lets `onConnect` find the answer; the first answer counts, and the time is one.
    private func ask(
        _ host: String,
        _ port: UInt16,
        _ timeoutNanoseconds: Int64,
        _ what: String,
        _ onConnect: @escaping @Sendable (any Channel, EventLoopPromise<Answer>) -> Void
    ) async -> Answer {
        let loop = group.next()
        let promise = loop.makePromise(of: Answer.self)
        let patience = TimeAmount.nanoseconds(max(1, timeoutNanoseconds))
        let timer = loop.scheduleTask(in: patience) {
            promise.succeed(.no("\(what): no answer within \(timeoutNanoseconds.asSeconds)"))
        }
        ClientBootstrap(group: loop)
            .connectTimeout(patience)
            .connect(host: host, port: Int(port))
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    // Whoever is late finds the answer given, and nobody who closes the channel.
                    promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
                    onConnect(channel, promise)
                case .failure(let error):
                    promise.succeed(.no("\(what): \(Self.reason(error))"))
                }
            }
        let answer = try? await promise.futureResult.get()
        timer.cancel()
        return answer ?? .no("\(what): no answer")
    }

    private static func reason(_ error: any Error) -> String {
        // A name or an address is tried in each of its forms; the first error says enough.
        if let error = error as? NIOConnectionError {
            if let first = error.connectionErrors.first { return reason(first.error) }
            return "no address of this name"
        }
        if let error = error as? IOError {
            return error.errnoCode == 111 ? "connection refused" : error.description
        }
        return "\(error)"
    }

    private static func place(_ host: String, _ port: UInt16) -> String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static func head(_ request: Request, _ host: String, _ port: UInt16) -> HTTPRequestHead
    {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target(request.path))
        head.headers.add(name: "User-Agent", value: "kube-probe/swiftlet")
        head.headers.add(name: "Accept", value: "*/*")
        head.headers.add(name: "Host", value: place(host, port))
        for (name, value) in request.headers {
            // What a pod says goes before what we say; a name that comes twice is sent twice.
            if ["user-agent", "accept", "host"].contains(name.lowercased()) {
                head.headers.replaceOrAdd(name: name, value: value)
            } else {
                head.headers.add(name: name, value: value)
            }
        }
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        return head
    }

    /// A path as it stands in a request line: nothing in it can end the line.
    static func target(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = path.utf8.first == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
        for byte in path.utf8 {
            if byte > 0x20, byte < 0x7F {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Int64 {
    /// Nanoseconds as whole seconds, or milliseconds where they are fewer.
    fileprivate var asSeconds: String {
        self >= 1_000_000_000 ? "\(self / 1_000_000_000) s" : "\(self / 1_000_000) ms"
    }
}
