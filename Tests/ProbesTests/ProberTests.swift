import Glibc
import Synchronization
import TestKit
import Testing

@testable import Probes

// Goal: an answer is yes or no as the kubelet says, in bounded time, whatever the other side does.
// Method: real sockets on loopback that answer by a script.
@Suite("Questions to what a container serves")
struct ProberTests {
    private let prober = Prober()
    // Why: far more than a busy machine needs, for what is answered at once.
    private static let patience: Int64 = 20_000_000_000
    private static let moment: Int64 = 50_000_000

    @Test("an open port is yes, a closed one says that it was refused")
    func connecting() async throws {
        let server = try Answerer { _ in "" }
        let open = await prober.connect(
            host: "127.0.0.1",
            port: server.port,
            timeoutNanoseconds: Self.patience
        )
        #expect(open == .yes)
        server.close()
        let closed = await prober.connect(
            host: "127.0.0.1",
            port: server.port,
            timeoutNanoseconds: Self.patience
        )
        #expect(closed == .no("dial tcp 127.0.0.1:\(server.port): connection refused"))
    }

    @Test(
        "a GET is well from 200 on and not from 400 on",
        arguments: [
            (199, false), (200, true), (204, true), (302, true), (399, true), (400, false),
            (404, false), (503, false),
        ]
    )
    func statuses(code: Int, isGood: Bool) async throws {
        let server = try Answerer { _ in "HTTP/1.1 \(code) X\r\nContent-Length: 0\r\n\r\n" }
        defer { server.close() }
        let answer = await get(server, "/")
        // NIO takes 1xx for what it is: not yet the answer.
        if code == 199 {
            #expect(answer != .yes)
        } else {
            let no = Prober.Answer.no("HTTP probe failed with statuscode: \(code)")
            #expect(answer == (isGood ? .yes : no))
        }
    }

    @Test("path, query and fields reach the server, and nothing in them ends a line")
    func request() async throws {
        let heard = Mutex("")
        let server = try Answerer { text in
            heard.withLock { $0 = text }
            return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        }
        defer { server.close() }
        let request = Prober.Request(
            path: "ready?a=b c\r\nX: y",
            headers: [("X-One", "1"), ("Host", "example"), ("X-One", "2")]
        )
        let answer = await prober.get(
            request,
            host: "127.0.0.1",
            port: server.port,
            timeoutNanoseconds: Self.patience
        )
        #expect(answer == .yes)
        let lines = heard.withLock { $0 }.split(separator: "\r\n")
        #expect(lines.first == "GET /ready?a=b%20c%0D%0AX:%20y HTTP/1.1")
        #expect(lines.contains("X-One: 1") && lines.contains("X-One: 2"))
        #expect(lines.contains("Host: example"))
        #expect(!lines.contains("X: y"))
    }

    @Test("a field that would end its line is an answer of no, and is not sent")
    func injection() async throws {
        let server = try Answerer { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }
        defer { server.close() }
        let request = Prober.Request(path: "/", headers: [("X", "a\r\nY: b")])
        let answer = await prober.get(
            request,
            host: "127.0.0.1",
            port: server.port,
            timeoutNanoseconds: Self.patience
        )
        #expect(answer != .yes)
    }

    @Test("who does not answer, answers nonsense or hangs up is not well", arguments: [0, 1, 2])
    func strange(kind: Int) async throws {
        let server = try Answerer { _ in
            switch kind {
            case 0: nil
            case 1: "SSH-2.0-x\r\n\r\n"
            default: ""
            }
        }
        defer { server.close() }
        let answer = await get(server, "/", kind == 0 ? Self.moment : Self.patience)
        #expect(answer != .yes)
        if kind == 0, case .no(let reason) = answer {
            #expect(reason.hasSuffix("no answer within 50 ms"))
        }
    }

    private func get(
        _ server: Answerer,
        _ path: String,
        _ patience: Int64 = patience
    ) async -> Prober.Answer {
        await prober.get(
            .init(path: path),
            host: "127.0.0.1",
            port: server.port,
            timeoutNanoseconds: patience
        )
    }
}
