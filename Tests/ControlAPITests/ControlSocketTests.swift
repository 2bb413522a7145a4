@testable import ControlAPI
import Glibc
import Synchronization
import TestKit
import Testing

// Goal: what a handler answers arrives, whole and in order, over a real socket.
// Method: a server in the test's own task group, on a socket in a directory of its own.
@Suite("Control socket")
struct ControlSocketTests {
    @Test("a request reaches the handler with its path, query, body and peer")
    func roundTrip() async throws {
        try await withServer(EchoHandler()) { path in
            let client = ControlClient(path: path)
            let reply = try await client.request(
                .put,
                ["api", "v1", "pods", "a b?"],
                query: ["follow": "true", "x": "1&2=3+4"],
                body: Array("{}".utf8)
            )
            #expect(reply.status == 200)
            #expect(reply.contentType == "text/plain")
            #expect(
                String(decoding: reply.body, as: UTF8.self)
                    == "PUT [api][v1][pods][a b?] follow=true x=1&2=3+4 {} uid=\(geteuid())"
            )
        }
    }

    @Test("a body of exactly the limit arrives, whole, and comes back whole")
    func largestBody() async throws {
        let body = [UInt8](
            repeating: UInt8(ascii: "x"),
            count: ControlLimits().requestBodyByteCountMax
        )
        let mirror = ClosureHandler { .json($0.body) }
        try await withServer(mirror) { path in
            let reply = try await ControlClient(path: path).request(.post, ["x"], body: body)
            #expect(reply.body == body)
        }
    }

    @Test("a refusal of the handler is a reply, with its v1.Status")
    func failure() async throws {
        let refusing = ClosureHandler { _ in
            .failure(status: 404, reason: "NotFound", message: "no pod \"a\\b\"\n\u{1}")
        }
        try await withServer(refusing) { path in
            let reply = try await ControlClient(path: path).request(.get, ["x"])
            #expect(reply.status == 404)
            #expect(!reply.isSuccess)
            #expect(
                String(decoding: reply.body, as: UTF8.self)
                    == #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","#
                    + #""message":"no pod \"a\\b\"\n\u0001","reason":"NotFound","code":404}"# + "\n"
            )
        }
    }

    @Test("a stream arrives chunk by chunk, in order, and ends when the handler ends it")
    func stream() async throws {
        let counting = ClosureHandler { _ in
            .text(
                AsyncStream { continuation in
                    for number in 0..<500 { continuation.yield(Array("\(number)\n".utf8)) }
                    continuation.finish()
                }
            )
        }
        try await withServer(counting) { path in
            let text = Mutex("")
            let reply = try await ControlClient(path: path).stream(["log"]) { chunk in
                text.withLock { $0 += String(decoding: chunk, as: UTF8.self) }
                return true
            }
            #expect(reply == ControlReply(status: 200, contentType: "text/plain", body: []))
            #expect(text.withLock { $0 } == (0..<500).map { "\($0)\n" }.joined())
        }
    }

    @Test("a stream that was refused comes back with its body instead of chunks")
    func refusedStream() async throws {
        let refusing = ClosureHandler { _ in
            .failure(status: 404, reason: "NotFound", message: "no such container")
        }
        try await withServer(refusing) { path in
            let reply = try await ControlClient(path: path).stream(["log"]) { _ in
                Issue.record("a refusal is not a chunk")
                return true
            }
            #expect(reply.status == 404)
            #expect(!reply.body.isEmpty)
        }
    }

    @Test("a quiet stream is cancelled when its reader has had enough")
    func abandonedStream() async throws {
        let ended = Mutex(false)
        let quiet = ClosureHandler { _ in
            let (chunks, continuation) = AsyncStream.makeStream(of: [UInt8].self)
            continuation.onTermination = { _ in ended.withLock { $0 = true } }
            continuation.yield([1])
            return .text(chunks)
        }
        try await withServer(quiet) { path in
            _ = try await ControlClient(path: path).stream(["log"]) { _ in false }
            try await eventually("the stream is cancelled") { ended.withLock { $0 } }
        }
    }

    @Test(
        "curl understands it, with a body and with chunks",
        .enabled(if: Requirement.curl.isMet, "\(Requirement.curl.comment)")
    )
    func curl() async throws {
        let curl = try Requirement.curl.path()
        let both = ClosureHandler { request in
            guard request.method == .get else { return .json(request.body) }
            return .text(
                AsyncStream { continuation in
                    continuation.yield(Array("one ".utf8))
                    continuation.yield(Array("two".utf8))
                    continuation.finish()
                }
            )
        }
        try await withServer(both) { path in
            let always = ["-sS", "--max-time", "20", "--unix-socket", path]
            let stream = try await runAside(curl, always + ["http://localhost/log"])
            #expect(stream == "one two")
            let long = String(repeating: "y", count: 900_000)
            try writeFile(path + ".body", long)
            let body = ["--data-binary", "@\(path).body", "http://localhost/x"]
            let echoed = try await runAside(curl, always + body)
            let isWhole = echoed == long
            #expect(isWhole, "\(echoed.count) bytes: \(echoed.prefix(200))")
            let waiting = ["-H", "Expect: 100-continue", "-d", "{}", "http://localhost/x"]
            #expect(try await runAside(curl, always + waiting) == "{}")
        }
    }
}
