import ControlAPI
import Daemon
import Documents
import KubeModel
import StateStore
import Supervisor
import TestKit
import Testing

// Goal: the control socket answers as Kubernetes would, and what cannot be done says why. Method: the
// routes without a socket, a real supervisor and database, no processes.
@Suite("Control routes", .timeLimit(.minutes(1)))
struct ControlRoutesTests {
    private func with(
        _ body:
            @Sendable (_ ask: @Sendable (ControlMethod, String, [UInt8]) async -> Answer)
            async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let store = try StateStore(path: fixture.path("state.db"))
            let supervisor = Supervisor.empty(in: fixture, store: store)
            let routes = ControlRoutes(
                supervisor: supervisor,
                store: store,
                inbox: Inbox(store: store, nodeName: "gw-1"),
                nodeName: "gw-1"
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await supervisor.run() }
                do {
                    try await body { method, path, bytes in
                        await Answer(routes.handle(.made(method, path, bytes)))
                    }
                } catch {
                    supervisor.stop()
                    throw error
                }
                supervisor.stop()
            }
        }
    }

    private static let pod = Array(
        #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"c","image":"oci:a:1"}]}}"#
            .utf8
    )
    private static let path = "api/v1/namespaces/default/pods/web"

    @Test("a pod is put, listed, described by its status, and deleted")
    func lifeOfAPod() async throws {
        try await with { ask in
            #expect(await ask(.put, Self.path, Self.pod).status == 201)
            #expect(await ask(.put, Self.path, Self.pod).status == 200)
            try await eventually("waits for its image") {
                let pod = await ask(.get, Self.path, [])
                let waiting = pod.json["status"]?["containerStatuses"]?[0]?["state"]?["waiting"]
                // The second word is what a machine that was busy meanwhile has come to.
                let words = ["ErrImagePull", "ImagePullBackOff"]
                return waiting?["reason"]?.string.map(words.contains) ?? false
            }
            let list = await ask(.get, "api/v1/namespaces/default/pods", []).json
            #expect(list["kind"]?.string == "PodList")
            #expect(list["items"]?.array?.count == 1)
            #expect(await ask(.get, "api/v1/namespaces/other/pods", []).json["items"]?.array == [])
            #expect(await ask(.get, Self.path + "/log", []).status == 400)
            try await eventually("an event tells of it") {
                await ask(.get, "api/v1/events", []).json["items"]?.array?.isEmpty == false
            }
            #expect(await ask(.delete, Self.path, []).status == 200)
            try await eventually("gone") { await ask(.get, Self.path, []).status == 404 }
        }
    }

    @Test("what was answered is seen by the next question, however fast it comes")
    func readsItsWrites() async throws {
        try await with { ask in
            let pods = "api/v1/namespaces/default/pods"
            for number in 0..<30 {
                let text = String(decoding: Self.pod, as: UTF8.self)
                    .replacing("\"web\"", with: "\"web-\(number)\"")
                #expect(await ask(.put, "\(pods)/web-\(number)", Array(text.utf8)).status == 201)
                #expect(await ask(.get, "\(pods)/web-\(number)", []).status == 200)
                #expect(await ask(.get, pods, []).json["items"]?.array?.count == number + 1)
            }
            _ = await ask(.delete, "\(pods)/web-7", [])
            let left = await ask(.get, "\(pods)/web-7", [])
            let isGoing = left.json["metadata"]?["deletionTimestamp"] != nil
            #expect(left.status == 404 || isGoing)
        }
    }

    @Test("where nobody looks any more, an answer does not wait for a look")
    func nobodyLooks() async throws {
        try await Fixture.with { fixture in
            let store = try StateStore(path: fixture.path("state.db"))
            let supervisor = Supervisor.empty(in: fixture, store: store)
            await supervisor.seesWhatIsStored()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await supervisor.run() }
                supervisor.stop()
                for _ in 0..<20 { group.addTask { await supervisor.seesWhatIsStored() } }
            }
            await supervisor.seesWhatIsStored()
        }
    }

    @Test("a refused pod is told why, with the field")
    func refused() async throws {
        try await with { ask in
            let bad = Array(String(decoding: Self.pod, as: UTF8.self).utf8.dropLast(2))
            let answer = await ask(.put, Self.path, bad)
            #expect(answer.status == 422)
            #expect(answer.json["reason"]?.string == "Unreadable")
        }
    }

    @Test("the node and the daemon say how they are")
    func node() async throws {
        try await with { ask in
            let node = await ask(.get, "api/v1/nodes/gw-1", []).json
            #expect(node["kind"]?.string == "Node")
            #expect(node["status"]?["capacity"]?["memory"]?.string?.hasSuffix("Ki") == true)
            let status = await ask(.get, "swiftlet/v1/status", []).json
            #expect(status["node"]?.string == "gw-1")
            #expect(status["link"]?["state"]?.string == "not configured")
            #expect(await ask(.get, "healthz", []).status == 200)
        }
    }

    @Test(
        "what is not there is 404",
        arguments: [
            "", "api", "api/v1", "api/v1/nodes/other", "api/v1/namespaces/default/services",
            "api/v1/namespaces/default/pods/none", "api/v1/namespaces/default/pods/none/log",
            "api/v1/namespaces/default/pods/a/b/c",
        ]
    )
    func missing(path: String) async throws {
        try await with { ask in
            let answer = await ask(.get, path, [])
            #expect(answer.status == 404)
            #expect(answer.json["kind"]?.string == "Status")
        }
    }
}

/// An answer whose body is all here.
struct Answer: Sendable {
    var status: Int
    var json: Document

    init(_ response: ControlResponse) {
        status = response.status
        switch response.body {
        case .bytes(let bytes): json = (try? Document(json: bytes)) ?? .null
        case .stream: json = .null
        }
    }
}

extension ControlRequest {
    static func made(_ method: ControlMethod, _ path: String, _ body: [UInt8]) -> ControlRequest {
        ControlRequest(
            method: method,
            path: path.split(separator: "/").map(String.init),
            body: body,
            peer: PeerCredentials(userID: 0, groupID: 0, processID: 1)
        )
    }
}
