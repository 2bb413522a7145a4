import ControlAPI
import Glibc
import Testing
import TestKit

/// Runs `body` against a listening server, and stops it afterwards.
func withServer(
    _ handler: any ControlHandler,
    ownerID: UInt32 = geteuid(),
    limits: ControlLimits = ControlLimits(),
    _ body: @escaping @Sendable (_ path: String) async throws -> Void
) async throws {
    try await Fixture.with { fixture in
        let path = fixture.path("s")
        let server = ControlServer(path: path, handler: handler, ownerID: ownerID, limits: limits)
        try await whileRunning(server) { try await body(path) }
    }
}

/// Runs `body` while `server` listens; throws what the server throws.
func whileRunning(
    _ server: ControlServer,
    _ body: @Sendable () async throws -> Void
) async throws {
    let (listening, bell) = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { bell.finish() }
            try await server.run { bell.yield() }
        }
        var isListening = false
        for await _ in listening {
            isListening = true
            break
        }
        guard isListening else { return try await group.waitForAll() }
        try await body()
        group.cancelAll()
    }
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

/// Answers with whatever a closure makes.
struct ClosureHandler: ControlHandler {
    let answer: @Sendable (ControlRequest) async -> ControlResponse

    func handle(_ request: ControlRequest) async -> ControlResponse { await answer(request) }
}

/// Runs a program to its end without blocking a thread that the server's tasks need.
///
/// Answers with what it wrote, standard error included.
func runAside(_ program: String, _ arguments: [String]) async throws -> String {
    try await Fixture.with { fixture in
        let process = try fixture.start(program, arguments)
        _ = try await process.waitForExit(within: 30)
        return process.output
    }
}
