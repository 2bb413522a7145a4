import ControlAPI
import Documents
import Synchronization
import TestKit

/// The daemon's routes over a dictionary of objects, for tests of the other side.
///
/// A deleted one stays as long as a look at it, so that waiting for the end is put to the test.
final class StandInDaemon: ControlHandler {
    private let objects = Mutex<[String: Document]>([:])
    private static let kinds = ["pods", "configmaps", "secrets"]

    private let leaving = Mutex<Set<String>>([])

    func handle(_ request: ControlRequest) async -> ControlResponse {
        let path = request.path
        switch path.count {
        case 2 where path[1] == "v1": return .failure(status: 404, reason: "x", message: "x")
        case 3 where path[2] == "status": return .json(Array(#"{"node":"gw-1"}"#.utf8))
        case 3 where Self.kinds.contains(path[2]): return list(path[2], nil)
        case 3 where path[2] == "nodes":
            return .json(Array(#"{"items":[{"metadata":{"name":"gw-1"}}]}"#.utf8))
        case 3 where path[2] == "events":
            return .failure(status: 500, reason: "InternalError", message: "the store is busy")
        case 5: return list(path[4], path[3])
        case 6: return one(request, "\(path[4])/\(path[3])/\(path[5])")
        case 7: return log(request)
        case _: return .failure(status: 404, reason: "NotFound", message: "no such path")
        }
    }

    private func list(_ kind: String, _ namespace: String?) -> ControlResponse {
        let prefix = namespace.map { "\(kind)/\($0)/" } ?? "\(kind)/"
        let items = objects.withLock { objects in
            objects.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map(\.value)
        }
        return .json(Document.object([.init(name: "items", value: .array(items))]).json())
    }

    private func one(_ request: ControlRequest, _ key: String) -> ControlResponse {
        let missing = ControlResponse.failure(
            status: 404,
            reason: "NotFound",
            message: "pods \"\(key)\" not found"
        )
        switch request.method {
        case .get:
            guard let pod = objects.withLock({ $0[key] }) else { return missing }
            if leaving.withLock({ $0.remove(key) }) != nil { objects.withLock { $0[key] = nil } }
            return .json(pod.json())
        case .put:
            guard let pod = try? Document(json: request.body), pod["spec"]?["bad"] == nil else {
                return .failure(status: 422, reason: "Invalid", message: "spec.bad: unknown field")
            }
            objects.withLock { $0[key] = pod }
            return .json(request.body)
        case .delete, .post:
            guard objects.withLock({ $0[key] }) != nil else { return missing }
            leaving.withLock { _ = $0.insert(key) }
            return .json(Array("{}".utf8))
        }
    }

    private func log(_ request: ControlRequest) -> ControlResponse {
        guard objects.withLock({ $0["pods/\(request.path[3])/\(request.path[5])"] }) != nil else {
            return .failure(status: 404, reason: "NotFound", message: "no such pod")
        }
        let asked = request.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
        return .text(
            AsyncStream { continuation in
                for line in asked { continuation.yield(Array(line.utf8)) }
                continuation.finish()
            }
        )
    }
}

/// Runs `body` while a stand-in daemon listens at the path that it is given.
func withDaemon(
    _ body: @escaping @Sendable (_ socketPath: String) async throws -> Void
) async throws {
    try await Fixture.with { fixture in
        let path = fixture.path("s")
        let server = ControlServer(path: path, handler: StandInDaemon())
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
