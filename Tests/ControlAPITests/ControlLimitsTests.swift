@testable import ControlAPI
import Glibc
import Synchronization
import TestKit
import Testing

// Goal: no peer can make the daemon hold more than its bounds, wait for ever or fall over.
// Method: peers that break one rule each, on a bare socket; then seeded garbage.
@Suite("Control socket limits")
struct ControlLimitsTests {
    @Test("a body over the limit is refused by its announced length, before it is sent")
    func announcedTooLong() async throws {
        try await withServer(EchoHandler()) { path in
            let peer = try RawPeer(connectingTo: path)
            peer.send("PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n")
            try await expectRefusal(413, from: peer)
        }
    }

    @Test("a body over the limit is refused while it is sent, and its sender sees why")
    func chunkedTooLong() async throws {
        try await withServer(EchoHandler()) { path in
            let peer = try RawPeer(connectingTo: path)
            peer.send("PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let piece = Array("10000\r\n".utf8) + [UInt8](repeating: 0, count: 65_536) + [13, 10]
            for _ in 0..<17 { try await peer.sendAll(piece) }
            try await expectRefusal(413, from: peer)
        }
    }

    @Test("the client gets the refusal of a body that is too long, not a broken pipe")
    func clientSeesRefusal() async throws {
        try await withServer(EchoHandler()) { path in
            let body = [UInt8](repeating: 0, count: 3 << 20)
            let reply = try await ControlClient(path: path).request(.put, ["x"], body: body)
            #expect(reply.status == 413)
        }
    }

    @Test(
        "what is not a request of ours is answered with the status that says why",
        arguments: [
            ("PATCH /x HTTP/1.1\r\nHost: x\r\n\r\n", 405),
            ("GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET /x?a=1&a=2 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("hello\r\n\r\n", 400),
            ("GET /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
            ("PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ]
    )
    func refused(request: String, status: Int) async throws {
        try await withServer(EchoHandler()) { path in
            let peer = try RawPeer(connectingTo: path)
            peer.send(request)
            try await expectRefusal(status, from: peer)
        }
    }

    @Test("headers beyond the bound close the connection")
    func hugeHeaders() async throws {
        try await withServer(EchoHandler()) { path in
            let peer = try RawPeer(connectingTo: path)
            let line = "X-Filler: " + String(repeating: "f", count: 1_000) + "\r\n"
            peer.send("GET /x HTTP/1.1\r\n" + String(repeating: line, count: 40) + "\r\n")
            let answer = try await peer.receiveAll()
            #expect(!answer.contains("200 OK"))
        }
    }

    @Test("a request that is not finished in time is ended, however busy it looks")
    func slowRequest() async throws {
        var limits = ControlLimits()
        limits.requestSeconds = 1
        try await withServer(EchoHandler(), limits: limits) { path in
            let peer = try RawPeer(connectingTo: path)
            peer.send("PUT /x HTTP/1.1\r\nHost: x\r\n")
            try await eventually("the slow peer is ended") {
                peer.send("X-A: b\r\n")
                return peer.receive() == nil
            }
        }
    }

    @Test("a connection that says nothing is ended")
    func mute() async throws {
        var limits = ControlLimits()
        limits.requestSeconds = 1
        try await withServer(EchoHandler(), limits: limits) { path in
            let peer = try RawPeer(connectingTo: path)
            #expect(try await peer.receiveAll().isEmpty)
        }
    }

    @Test("a reader that stops reading stops the stream, and is ended in time")
    func slowReader() async throws {
        var limits = ControlLimits()
        limits.chunkSeconds = 1
        limits.connectionCountMax = 1
        let asked = Mutex(0)
        let endless = ClosureHandler { request in
            guard request.path == ["log"] else { return .json(Array("{}".utf8)) }
            return .text(
                AsyncStream(unfolding: {
                    asked.withLock { $0 += 1 }
                    return [UInt8](repeating: 0, count: 65_536)
                })
            )
        }
        try await withServer(endless, limits: limits) { path in
            let peer = try RawPeer(connectingTo: path)
            peer.send("GET /log HTTP/1.1\r\nHost: x\r\n\r\n")
            try await eventually("the stream begins") { asked.withLock { $0 } > 0 }
            try await eventually("the reader is ended and its place is free") {
                let reply = try? await ControlClient(path: path).request(.get, ["x"])
                return reply?.status == 200
            }
            // What the kernel keeps for a socket, and one chunk more.
            #expect(asked.withLock { $0 } < 64)
            #expect(peer.receive() != nil)
        }
    }

    @Test("a second request on one connection is not served")
    func pipelined() async throws {
        let served = Mutex(0)
        let counting = ClosureHandler { _ in
            served.withLock { $0 += 1 }
            return .json(Array("{}".utf8))
        }
        try await withServer(counting) { path in
            let peer = try RawPeer(connectingTo: path)
            peer.send(String(repeating: "GET /x HTTP/1.1\r\nHost: x\r\n\r\n", count: 3))
            _ = try await peer.receiveAll()
            #expect(served.withLock { $0 } <= 1)
        }
    }

    @Test("connections over the limit are told so, and places are given back")
    func crowd() async throws {
        var limits = ControlLimits()
        limits.connectionCountMax = 2
        try await withServer(EchoHandler(), limits: limits) { path in
            do {
                let first = try RawPeer(connectingTo: path)
                let second = try RawPeer(connectingTo: path)
                try await eventually("a third is turned away") {
                    let reply = try? await ControlClient(path: path).request(.get, ["x"])
                    return reply?.status == 503
                }
                #expect(first.receive() == [])
                #expect(second.receive() == [])
            }
            try await eventually("a place is free again") {
                let reply = try? await ControlClient(path: path).request(.get, ["x"])
                return reply?.status == 200
            }
        }
    }

    @Test("a server that is stopped does not wait for its slowest peer", .timeLimit(.minutes(1)))
    func stopped() async throws {
        var limits = ControlLimits()
        limits.requestSeconds = 10_000
        limits.chunkSeconds = 10_000
        let never = ClosureHandler { _ in
            let (chunks, continuation) = AsyncStream.makeStream(of: [UInt8].self)
            continuation.onTermination = { _ in }
            return .text(chunks)
        }
        try await withServer(never, limits: limits) { path in
            let peer = try RawPeer(connectingTo: path)
            peer.send("GET /log HTTP/1.1\r\nHost: x\r\n\r\n")
            try await eventually("the head comes") { peer.receive().map { !$0.isEmpty } ?? true }
        }
    }

    @Test("garbage is answered or closed, and the next peer is served", arguments: 0..<12)
    func garbage(seed: UInt64) async throws {
        try await withServer(EchoHandler()) { path in
            var random = SeededGenerator(seed: seed)
            let whole = "PUT /api/v1/pods?x=%20 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
            for _ in 0..<25 {
                let peer = try RawPeer(connectingTo: path)
                peer.send(random.mutated(Array(whole.utf8), changesMax: 12))
            }
            for _ in 0..<5 {
                let peer = try RawPeer(connectingTo: path)
                peer.send(random.bytes(Int.random(in: 1...4_000, using: &random)))
            }
            try await eventually("the next peer is served") {
                let reply = try? await ControlClient(path: path).request(.get, ["x"])
                return reply?.status == 200
            }
        }
    }

    private func expectRefusal(_ status: Int, from peer: RawPeer) async throws {
        let answer = try await peer.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
    }
}
