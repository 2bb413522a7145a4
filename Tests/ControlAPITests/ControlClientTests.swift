@testable import ControlAPI
import Glibc
import TestKit
import Testing

// Goal: the CLI says what is wrong with a daemon, and never hangs. Method: no daemon, a silent one,
// a rude one, one that talks too much.
@Suite("Control client")
struct ControlClientTests {
    @Test("no socket, a stale one and a missing directory all mean: not running")
    func notRunning() async throws {
        try await Fixture.with { fixture in
            let stale = fixture.path("stale")
            _ = try RawListener(at: stale)
            for path in [stale, fixture.path("none"), fixture.path("no/where")] {
                await #expect(throws: ControlError.notRunning(path: path)) {
                    _ = try await ControlClient(path: path).request(.get, ["x"])
                }
            }
        }
    }

    @Test("a daemon that does not answer is given up")
    func silent() async throws {
        var limits = ControlLimits()
        limits.replySeconds = 1
        let client = limits
        try await Fixture.with { fixture in
            let path = fixture.path("s")
            let listener = try RawListener(at: path)
            await #expect(throws: ControlError.timedOut(path: path, seconds: 1)) {
                _ = try await ControlClient(path: path, limits: client).request(.get, ["x"])
            }
            await #expect(throws: ControlError.timedOut(path: path, seconds: 1)) {
                _ = try await ControlClient(path: path, limits: client).stream(["x"]) { _ in true }
            }
            _ = try await listener.accept()
        }
    }

    @Test(
        "an answer that ends early or is not HTTP is an error, not a reply",
        arguments: [
            ("", false),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", false),
            ("HTTP/1.1 200 OK\r\nTransfer-Enc", false),
            ("SSH-2.0-OpenSSH_9.2\r\n", true),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", true),
        ]
    )
    func rude(answer: String, isMalformed: Bool) async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("s")
            let listener = try RawListener(at: path)
            async let served: Void = {
                let peer = try await listener.accept()
                try await eventually("the request comes") {
                    peer.receive().map { !$0.isEmpty } ?? true
                }
                peer.send(answer)
            }()
            await #expect(
                throws: isMalformed
                    ? ControlError.malformedReply(path: path) : .endedEarly(path: path)
            ) {
                _ = try await ControlClient(path: path).request(.get, ["x"])
            }
            try await served
        }
    }

    @Test("an answer without an end is cut at the bound")
    func tooLong() async throws {
        var limits = ControlLimits()
        limits.replyByteCountMax = 100_000
        let client = limits
        let endless = ClosureHandler { _ in
            .text(AsyncStream(unfolding: { [UInt8](repeating: 0, count: 10_000) }))
        }
        try await withServer(endless) { path in
            await #expect(throws: ControlError.replyTooLong(byteCountMax: 100_000)) {
                _ = try await ControlClient(path: path, limits: client).request(.get, ["x"])
            }
        }
    }

    @Test("every error is one sentence that names the path or the bound")
    func descriptions() {
        let errors: [ControlError] = [
            .notRunning(path: "/p"), .notPermitted(path: "/p"),
            .pathTooLong(path: "/p", byteCountMax: 103), .pathOccupied(path: "/p"),
            .alreadyRunning(path: "/p"), .system(call: "bind", path: "/p", errno: ENOSPC),
            .timedOut(path: "/p", seconds: 3), .endedEarly(path: "/p"),
            .malformedReply(path: "/p"),
        ]
        for error in errors {
            #expect(error.description.contains("/p"))
            #expect(!error.description.contains("\n"))
        }
        #expect(ControlError.replyTooLong(byteCountMax: 77).description.contains("77 bytes"))
        #expect(errors.filter(\.isNotRunning) == [.notRunning(path: "/p")])
        #expect(
            ControlError.system(call: "bind", path: "/p", errno: ENOSPC).description
                == "bind failed for /p with errno 28 (No space left on device)"
        )
    }
}
