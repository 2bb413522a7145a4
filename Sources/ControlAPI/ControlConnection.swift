import NIOCore
import NIOHTTP1

/// One accepted connection: reads one request, answers it, closes.
///
/// One request a connection keeps this simple (no pipelining, no idle connections to bound); a new
/// connection on a Unix socket costs some 50 microseconds.
struct ControlConnection: Sendable {
    typealias Wrapped = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    let channel: Wrapped
    let handler: any ControlHandler
    let permission: Permission
    let limits: ControlLimits
    /// Who the peer is taken for; `nil` asks the kernel.
    var stranger: PeerCredentials?

    /// How much of a refused request is still read, so that its sender gets to see the answer
    /// instead of a broken pipe, in bytes.
    private static let lingerByteCountMax = 8 << 20

    /// Builds the handlers of a fresh connection; on its event loop.
    static func wrap(_ channel: any Channel, limits: ControlLimits) throws -> Wrapped {
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.headerByteCountMax
        decoderLimits.maxHeaderListSize = limits.headerByteCountMax
        decoderLimits.maxHeaderFieldCount = 64
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withErrorHandling: true,
            withOutboundHeaderValidation: true,
            withEncoderConfiguration: HTTPResponseEncoder.Configuration(),
            withDecoderLimitConfiguration: decoderLimits
        )
        try pipeline.addHandler(StallGuard(limits: limits))
        return try Wrapped(wrappingChannelSynchronously: channel)
    }

    /// Serves the connection to its end; its errors concern nobody else.
    func serve() async {
        try? await channel.executeThenClose { inbound, _ in
            let peer: PeerCredentials
            if let stranger {
                peer = stranger
            } else {
                peer = try await PeerCredentials(of: channel.channel)
            }
            var parts = inbound.makeAsyncIterator()
            switch try await RequestAssembly.receive(
                from: &parts,
                channel: channel.channel,
                peer: peer,
                permission: permission,
                limits: limits
            ) {
            case .ended: break
            case .refused(let response):
                try await send(response)
                try await channel.channel.close(mode: .output)
                try await linger(&parts)
            case .complete(let request):
                await answer(request, watching: &parts)
            }
        }
    }

    /// Tells a connection for which there is no place so.
    func turnAway() async {
        try? await channel.executeThenClose { _, _ in
            try await send(
                .failure(
                    status: 503,
                    reason: "TooManyRequests",
                    message: "\(limits.connectionCountMax) connections are open already: try later"
                )
            )
        }
    }

    /// Answers, and gives up as soon as the peer has gone away, however quiet the answer is.
    private func answer(
        _ request: ControlRequest,
        watching parts: inout NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
    ) async {
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Closing ends the loop below.
                defer { channel.channel.close(promise: nil) }
                try await send(await handler.handle(request))
            }
            // A second request on the connection ends the loop too: nobody needs pipelining here.
            while let part = try? await parts.next(isolation: #isolation) {
                if case .head = part { break }
            }
            channel.channel.close(promise: nil)
            group.cancelAll()
        }
    }

    private func send(_ response: ControlResponse) async throws {
        var head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: response.status)
        )
        head.headers.add(name: "Content-Type", value: response.contentType)
        head.headers.add(name: "Connection", value: "close")
        switch response.body {
        case .bytes(let bytes):
            head.headers.add(name: "Content-Length", value: String(bytes.count))
            try await write(.head(head))
            try await write(bytes)
        case .stream(let chunks):
            try await write(.head(head))
            for await chunk in chunks { try await write(chunk) }
        }
        try await write(.end(nil))
    }

    /// Writes bytes in pieces, each only when the last one has left: the reader sets the pace.
    private func write(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(limits.chunkByteCountMax)
            rest = rest.dropFirst(piece.count)
            try await write(.body(.byteBuffer(ByteBuffer(bytes: piece))))
        }
    }

    private func write(_ part: HTTPServerResponsePart) async throws {
        try await channel.channel.writeAndFlush(part)
    }

    private func linger(
        _ parts: inout NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
    ) async throws {
        var byteCount = 0
        while byteCount <= Self.lingerByteCountMax,
            let part = try await parts.next(isolation: #isolation)
        {
            if case .body(let bytes) = part { byteCount += bytes.readableBytes }
        }
    }
}
