import Documents
import Host
import KubeModel
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Supervisor

// Goal: what a probe or a hook asks reaches who it is for, and the answer reaches the status.
// Method: a supervisor with make-believe processes and time; what is asked are real sockets.
@Suite("Probes and hooks of a pod", .serialized)
struct CheckTests {
    private static let run = Instance(uid: "uid-1", container: "main", attempt: 1)

    private func story(_ body: (SupervisorStory) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            try await body(SupervisorStory(fixture.directory))
        }
    }

    private func isReady(_ life: Life) async -> Bool {
        await life.document()?.condition("Ready")?["status"]?.string == "True"
    }

    private func events(_ life: Life, _ reason: String) async throws -> [Document] {
        try await life.store.events().map { try Document(json: $0) }
            .filter { $0["reason"]?.string == reason }
    }

    @Test("a GET of a port by name with a header decides whether the pod is ready")
    func readiness() async throws {
        let status = Mutex(503)
        let heard = Mutex("")
        let server = try Answerer { text in
            heard.withLock { $0 = text }
            return "HTTP/1.1 \(status.withLock { $0 }) X\r\nContent-Length: 0\r\n\r\n"
        }
        defer { server.close() }
        try await story { story in
            try await story.daemon { life in
                let probe = """
                    "ports":[{"name":"web","containerPort":\(server.port)}],
                    "readinessProbe":{"periodSeconds":5,"timeoutSeconds":20,"httpGet":{
                      "path":"/ready","port":"web","host":"127.0.0.1",
                      "httpHeaders":[{"name":"X-One","value":"1"}]}},
                    """
                try await life.apply(podJSON(container: probe))
                try await life.eventually("told") {
                    try await !events(life, "Unhealthy").isEmpty
                }
                #expect(await !isReady(life))
                let event = try await events(life, "Unhealthy").first
                #expect(
                    event?["message"]?.string
                        == "Readiness probe failed: HTTP probe failed with statuscode: 503"
                )
                #expect(heard.withLock { $0 }.contains("GET /ready HTTP/1.1"))
                #expect(heard.withLock { $0 }.contains("X-One: 1"))
                status.withLock { $0 = 200 }
                life.pass(seconds: 5)
                try await life.eventually("ready") { await isReady(life) }
                #expect(await life.container()?["ready"]?.bool == true)
            }
        }
    }

    @Test("a refused connection ends a container that is to be alive, and it begins anew")
    func liveness() async throws {
        let server = try Answerer { _ in nil }
        try await story { story in
            try await story.daemon { life in
                let probe = """
                    "livenessProbe":{"periodSeconds":5,"timeoutSeconds":20,"failureThreshold":1,
                      "tcpSocket":{"port":\(server.port),"host":"127.0.0.1"}},
                    """
                try await life.apply(podJSON(container: probe))
                try await life.eventually("runs") { await life.phase() == "Running" }
                server.close()
                try await life.eventually("killed") {
                    life.pass(seconds: 5)
                    return story.host.started.count == 2
                }
                #expect(story.host.world.withLock { $0.signals.first?.1 } == 15)
                #expect(
                    try await events(life, "Killing").first?["message"]?.string
                        == "Container main failed liveness probe, will be restarted"
                )
            }
        }
    }

    @Test("a program of the image runs beside the container, and its exit code is the answer")
    func program() async throws {
        try await story { story in
            story.host.world.withLock { $0.besideCode = 3 }
            try await story.daemon { life in
                let probe = """
                    "env":[{"name":"A","value":"1"}],
                    "resources":{"limits":{"memory":"16Mi"}},
                    "readinessProbe":{"periodSeconds":5,"timeoutSeconds":4,
                      "exec":{"command":["/app.wasm","--check"]}},
                    """
                try await life.apply(podJSON(container: probe))
                try await life.eventually("told") {
                    try await !events(life, "Unhealthy").isEmpty
                }
                #expect(
                    try await events(life, "Unhealthy").first?["message"]?.string
                        == "Readiness probe failed: command ended with exit code 3"
                )
                story.host.world.withLock { $0.besideCode = 0 }
                life.pass(seconds: 5)
                try await life.eventually("ready") { await isReady(life) }
            }
            let (instance, command) = try #require(
                story.host.world.withLock { $0.besides.first }
            )
            #expect(instance == Self.run)
            #expect(command.arguments == ["/app.wasm", "--check"])
            #expect(command.environment.contains("A=1"))
            #expect(command.memoryLimitBytes == 16 << 20)
            #expect(command.timeLimitNanoseconds == 4_000_000_000)
            #expect(command.logFile == nil && command.instanceFile == nil)
            #expect(command.exitRecordFile == nil && command.network.ports.isEmpty)
        }
    }

    @Test("a port that nobody declared is a failure that says so")
    func noPort() async throws {
        try await story { story in
            try await story.daemon { life in
                let probe = #""readinessProbe":{"tcpSocket":{"port":"nope"}},"#
                try await life.apply(podJSON(container: probe))
                try await life.eventually("told") {
                    try await events(life, "Unhealthy").first?["message"]?.string
                        == "Readiness probe failed: the container has no port of the name nope"
                }
            }
        }
    }

    @Test("a pre-stop hook is asked before the request to end")
    func preStop() async throws {
        let story = Mutex<SupervisorStory?>(nil)
        let signalsBefore = Mutex<Int?>(nil)
        let server = try Answerer { _ in
            let count = story.withLock { $0?.host.world.withLock { $0.signals.count } }
            signalsBefore.withLock { $0 = count }
            return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        }
        defer { server.close() }
        try await self.story { one in
            story.withLock { $0 = one }
            try await one.daemon { life in
                let hook = """
                    "lifecycle":{"preStop":{"httpGet":{"port":\(server.port),"host":"127.0.0.1"}}},
                    """
                try await life.apply(podJSON(container: hook))
                try await life.eventually("runs") { await life.phase() == "Running" }
                try await life.delete()
                try await life.eventually("gone") { await life.document() == nil }
                #expect(signalsBefore.withLock { $0 } == 0)
                #expect(one.host.world.withLock { $0.signals.map(\.1) } == [15])
            }
        }
    }

    @Test("answers that change nothing are not written down")
    func calm() async throws {
        let server = try Answerer { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }
        defer { server.close() }
        let count = Mutex(0)
        let counting = try Answerer { _ in
            count.withLock { $0 += 1 }
            return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        }
        defer { counting.close() }
        try await story { story in
            try await story.daemon { life in
                let probe = """
                    "livenessProbe":{"periodSeconds":5,"timeoutSeconds":20,
                      "httpGet":{"port":\(counting.port),"host":"127.0.0.1"}},
                    """
                try await life.apply(podJSON(container: probe))
                try await life.eventually("asked") { count.withLock { $0 } > 0 }
                let before = try await life.store.observed().first
                try await life.eventually("asked often") {
                    life.pass(seconds: 5)
                    return count.withLock { $0 } >= 10
                }
                #expect(try await life.store.observed().first == before)
            }
        }
    }
}
