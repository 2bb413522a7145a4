import NIOCore
import NIOHTTP1

/// Ends connections that stand still: a request that does not get finished, an answer that is not
/// being read.
///
/// It sits between the HTTP codec and the server, so it sees whole parts. A quiet answer (a log
/// that nobody writes to) has no write outstanding and may last for ever.
final class StallGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let requestTime: TimeAmount
    private let chunkTime: TimeAmount
    private var requestTimer: Scheduled<Void>?
    private var chunkTimer: Scheduled<Void>?
    private var writesOutstanding = 0
    private var lastProgress = NIODeadline.now()

    init(limits: ControlLimits) {
        requestTime = .seconds(limits.requestSeconds)
        chunkTime = .seconds(limits.chunkSeconds)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        requestTimer = context.eventLoop.assumeIsolated().scheduleTask(in: requestTime) {
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        requestTimer?.cancel()
        chunkTimer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        requestTimer?.cancel()
        chunkTimer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { requestTimer?.cancel() }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
        if writesOutstanding == 0 { lastProgress = .now() }
        writesOutstanding += 1
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.writesOutstanding -= 1
            self.lastProgress = .now()
        }
        watch(context)
        context.write(data, promise: promise)
    }

    /// Looks again when the oldest outstanding write would be too old; one timer at a time.
    private func watch(_ context: ChannelHandlerContext) {
        guard chunkTimer == nil else { return }
        let deadline = lastProgress + chunkTime
        chunkTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.chunkTimer = nil
            guard self.writesOutstanding > 0 else { return }
            guard NIODeadline.now() < self.lastProgress + self.chunkTime else {
                context.close(promise: nil)
                return
            }
            self.watch(context)
        }
    }
}
