import Glibc
import NIOCore

/// Lets the server outlive a shortage of descriptors or memory.
///
/// When a connection cannot be accepted for want of something that others will give back, no more
/// are accepted for a moment. Without this the error would end the server for good, and a peer that
/// opens connections could take the control socket away from the operator.
final class AcceptPause: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    /// How long nothing is accepted: short for a person, long for a processor.
    static let pause = TimeAmount.milliseconds(250)

    private var timer: Scheduled<Void>?

    /// Whether the error passes, as accept(2) says.
    static func passes(_ error: any Error) -> Bool {
        guard let error = error as? IOError else { return false }
        return [ECONNABORTED, EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard Self.passes(error) else { return context.fireErrorCaught(error) }
        guard timer == nil else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.timer = nil
            context.read()
        }
    }

    func read(context: ChannelHandlerContext) {
        // The pause ends with a read of its own.
        if timer == nil { context.read() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }
}
