import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks a daemon over its control socket; one connection a request.
public struct ControlClient: Sendable {
    private let path: String
    private let limits: ControlLimits
    private let group: any EventLoopGroup

    /// A client of the socket at `path`, which connects when asked something and not before.
    public init(path: String, limits: ControlLimits = ControlLimits()) {
        self.init(path: path, limits: limits, group: .singletonMultiThreadedEventLoopGroup)
    }

    /// A client on threads that are there already: the daemon has one, and needs no more.
    init(
        path: String,
        limits: ControlLimits = ControlLimits(),
        group: any EventLoopGroup
    ) {
        self.path = path
        self.limits = limits
        self.group = group
    }

    /// Sends one request and takes the whole answer, at most ``ControlLimits/replyByteCountMax`` bytes.
    ///
    /// `path` is given in segments, `query` in plain text; both are encoded here. A status that
    /// says no is a reply, not an error.
    public func request(
        _ method: ControlMethod,
        _ path: [String],
        query: [String: String] = [:],
        body: [UInt8] = []
    ) async throws(ControlError) -> ControlReply {
        let target = TargetText.encode(path: path, query: query)
        return try await exchange(method, target, body, isStream: false) { _ in true }
    }

    /// Sends one request and hands every chunk of a successful answer to `onChunk` as it comes.
    ///
    /// `onChunk` is awaited before more is read, so a slow caller slows the daemon; it answers
    /// whether it wants more. The body of a reply that is not a success is in the result instead.
    public func stream(
        _ path: [String],
        query: [String: String] = [:],
        method: ControlMethod = .get,
        onChunk: @escaping @Sendable ([UInt8]) async -> Bool
    ) async throws(ControlError) -> ControlReply {
        let target = TargetText.encode(path: path, query: query)
        return try await exchange(method, target, [], isStream: true, onChunk)
    }

    /// Whether somebody accepts connections at the path.
    func isAnswered() async -> Bool {
        do {
            let channel = try await connect(isStream: false)
            try await channel.executeThenClose { _, _ in }
            return true
        } catch {
            return false
        }
    }

    private typealias Wrapped = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private func connect(isStream: Bool) async throws(ControlError) -> Wrapped {
        let path = path
        let seconds = limits.replySeconds
        do {
            return try await ClientBootstrap(group: group)
                .connect(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHTTPClientHandlers()
                        try pipeline.addHandler(
                            ReplyDeadline(path: path, seconds: seconds, isStream: isStream)
                        )
                        return try Wrapped(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw ControlError(error, call: "connect", path: path)
        }
    }

    private func exchange(
        _ method: ControlMethod,
        _ target: String,
        _ body: [UInt8],
        isStream: Bool,
        _ onChunk: @escaping @Sendable ([UInt8]) async -> Bool
    ) async throws(ControlError) -> ControlReply {
        let channel = try await connect(isStream: isStream)
        do {
            return try await channel.executeThenClose { inbound, outbound in
                // Why the error is dropped: a daemon that refuses a long body answers before it
                // has read all of it; what it answered is worth more than the broken pipe.
                try? await send(method, target, body, to: outbound)
                return try await receive(inbound, isStream: isStream, onChunk)
            }
        } catch {
            throw ControlError(error, call: "read", path: path)
        }
    }

    private func send(
        _ method: ControlMethod,
        _ target: String,
        _ body: [UInt8],
        to outbound: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>
    ) async throws {
        var head = HTTPRequestHead(
            version: .http1_1,
            method: HTTPMethod(rawValue: method.rawValue),
            uri: target
        )
        head.headers.add(name: "Host", value: "localhost")
        if method != .get {
            head.headers.add(name: "Content-Type", value: "application/json")
            head.headers.add(name: "Content-Length", value: String(body.count))
        }
        try await outbound.write(.head(head))
        if !body.isEmpty {
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body))))
        }
        try await outbound.write(.end(nil))
    }

    private func receive(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>,
        isStream: Bool,
        _ onChunk: @escaping @Sendable ([UInt8]) async -> Bool
    ) async throws -> ControlReply {
        var reply: ControlReply?
        for try await part in inbound {
            switch part {
            case .head(let head):
                reply = ControlReply(
                    status: Int(head.status.code),
                    contentType: head.headers.first(name: "content-type") ?? "",
                    body: []
                )
            case .body(let bytes):
                guard let soFar = reply else { throw ControlError.malformedReply(path: path) }
                if isStream, soFar.isSuccess {
                    guard await onChunk(Array(bytes.readableBytesView)) else { return soFar }
                } else {
                    guard bytes.readableBytes <= limits.replyByteCountMax - soFar.body.count
                    else {
                        throw ControlError.replyTooLong(byteCountMax: limits.replyByteCountMax)
                    }
                    reply?.body.append(contentsOf: bytes.readableBytesView)
                }
            case .end:
                if let reply { return reply }
            }
        }
        throw ControlError.endedEarly(path: path)
    }
}
