import ControlAPI
import Glibc
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
}
