import Glibc
import NIOCore
import NIOEmbedded
import Testing

@testable import ControlAPI

// Goal: a shortage of descriptors pauses the server, and does not end it.
// Method: the handler in an embedded channel, whose clock we turn.
@Suite("Accepting under shortage")
struct AcceptPauseTests {
    private final class Reads: ChannelOutboundHandler {
        typealias OutboundIn = Never
        var count = 0

        func read(context: ChannelHandlerContext) { count += 1 }
    }

    @Test("after EMFILE nothing is accepted for a moment, then again, and nobody is told")
    func pause() throws {
        let channel = EmbeddedChannel()
        let reads = Reads()
        try channel.pipeline.syncOperations.addHandlers([reads, AcceptPause()])
        channel.read()
        #expect(reads.count == 1)

        channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
        try channel.throwIfErrorCaught()
        channel.read()
        channel.embeddedEventLoop.advanceTime(by: AcceptPause.pause - .milliseconds(1))
        #expect(reads.count == 1)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(reads.count == 2)
        channel.read()
        #expect(reads.count == 3)
        _ = try channel.finish()
    }

    @Test("an error that does not pass is told")
    func fatal() throws {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(AcceptPause())
        channel.pipeline.fireErrorCaught(IOError(errnoCode: EBADF, reason: "accept"))
        #expect(throws: IOError.self) { try channel.throwIfErrorCaught() }
        _ = try channel.finish()
    }

    @Test(
        "what passes is what accept(2) calls so",
        arguments: [
            (EMFILE, true), (ENFILE, true), (ENOMEM, true), (ENOBUFS, true), (ECONNABORTED, true),
            (EBADF, false), (EINVAL, false), (EACCES, false),
        ]
    )
    func table(number: Int32, passes: Bool) {
        #expect(AcceptPause.passes(IOError(errnoCode: number, reason: "accept")) == passes)
    }
}
