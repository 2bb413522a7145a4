import NIOCore
import NIOHTTP1

/// Ends a client's connection when the daemon stays silent.
///
/// A plain request may not be silent for the given time at all; a stream only until its head.
final class ReplyDeadline: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    private let path: String
    private let seconds: Int64
    private let isStream: Bool
    private var timer: Scheduled<Void>?

    init(path: String, seconds: Int64, isStream: Bool) {
        self.path = path
        self.seconds = seconds
        self.isStream = isStream
    }

    func handlerAdded(context: ChannelHandlerContext) {
        start(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        timer?.cancel()
        if !isStream { start(context) }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    private func start(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(seconds)) {
            context.fireErrorCaught(
                ControlError.timedOut(path: self.path, seconds: self.seconds)
            )
            context.close(promise: nil)
        }
    }
}
