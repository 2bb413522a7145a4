internal import NIOCore
internal import NIOHTTP1

/// Waits for the status line of one answer.
final class StatusReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let what: String
    private let promise: EventLoopPromise<Prober.Answer>

    init(what: String, promise: EventLoopPromise<Prober.Answer>) {
        self.what = what
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        // Source: Kubernetes: "any code greater than or equal to 200 and less than 400".
        if (200..<400).contains(head.status.code) {
            promise.succeed(.yes)
        } else {
            promise.succeed(.no("HTTP probe failed with statuscode: \(head.status.code)"))
        }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.succeed(.no("\(what): \(error)"))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.succeed(.no("\(what): the connection was closed without an answer"))
    }
}
