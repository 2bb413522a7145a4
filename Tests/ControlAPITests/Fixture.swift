import ControlAPI
import Glibc
import Testing

/// Runs `body` against a listening server, and stops it afterwards.
func withServer(
    _ handler: any ControlHandler,
    ownerID: UInt32 = geteuid(),
    limits: ControlLimits = ControlLimits(),
    _ body: @escaping @Sendable (_ path: String) async throws -> Void
) async throws {
    try await withSocketPath { path in
        let server = ControlServer(path: path, handler: handler, ownerID: ownerID, limits: limits)
        let (listening, bell) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { bell.finish() }
                try await server.run { bell.yield() }
            }
            for await _ in listening { break }
            try await body(path)
            group.cancelAll()
        }
    }
}

/// A path for a socket in a directory of its own, which is removed afterwards.
func withSocketPath(_ body: (_ path: String) async throws -> Void) async throws {
    var template = Array("/tmp/swiftlet-control-XXXXXX".utf8CString)
    let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer {
        for name in ["/s", "/s.new"] { unlink(directory + name) }
        rmdir(directory)
    }
    try await body(directory + "/s")
}

/// Answers with what it was asked, in one line of text.
struct EchoHandler: ControlHandler {
    func handle(_ request: ControlRequest) async -> ControlResponse {
        var text = request.method.rawValue + " "
        text += request.path.map { "[\($0)]" }.joined()
        for (name, value) in request.query.sorted(by: { $0.key < $1.key }) {
            text += " \(name)=\(value)"
        }
        text += " " + String(decoding: request.body, as: UTF8.self)
        text += " uid=\(request.peer.userID)"
        return ControlResponse(
            status: 200,
            contentType: "text/plain",
            body: .bytes(Array(text.utf8))
        )
    }
}
