import Documents
import Host
import KubeModel
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Supervisor

// Goal: a restart that is ordered reaches every container that can begin anew, and no other; and
// what the node says of a pod names the node. Method: a supervisor with make-believe processes.
@Suite("Orders for a pod", .serialized)
struct OrderTests {
    private static let pod = podJSON(
        spec: """
            "initContainers":[
              {"name":"prepare","image":"oci:app:1"},
              {"name":"proxy","image":"oci:app:1","restartPolicy":"Always"}],
            """
    )

    private func running(
        _ body: @Sendable (SupervisorStory, Life) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let story = SupervisorStory(fixture.directory)
            try await story.daemon { life in
                try await life.apply(Self.pod)
                let first = Instance(uid: "uid-1", container: "prepare", attempt: 1)
                try await life.eventually("prepares") { story.host.isAlive(first) }
                story.host.exit(first, code: 0)
                try await life.eventually("runs") { await life.phase() == "Running" }
                try await body(story, life)
            }
        }
    }

    @Test("a restart of a pod begins its sidecars and containers anew, and prepares nothing again")
    func restart() async throws {
        try await running { story, life in
            let supervisor = life.supervisor
            let names = try await supervisor.restart(
                namespace: "default",
                name: "web",
                container: nil
            )
            #expect(names == ["proxy", "main"])
            for name in names {
                let second = Instance(uid: "uid-1", container: name, attempt: 2)
                try await life.eventually("\(name) anew") { story.host.isAlive(second) }
            }
            #expect(story.host.attempts(ofContainer: "prepare", in: "uid-1") == [1])
            let one = try await supervisor.restart(
                namespace: "default",
                name: "web",
                container: "proxy"
            )
            #expect(one == ["proxy"])
            let third = Instance(uid: "uid-1", container: "proxy", attempt: 3)
            try await life.eventually("proxy anew") { story.host.isAlive(third) }
            #expect(story.host.attempts(ofContainer: "main", in: "uid-1").sorted() == [1, 2])
        }
    }

    @Test("what is not there to be restarted is said, with what is")
    func nothing() async throws {
        try await running { _, life in
            let supervisor = life.supervisor
            await #expect(throws: Supervisor.LogProblem.noContainer(["proxy", "main"])) {
                try await supervisor.restart(
                    namespace: "default",
                    name: "web",
                    container: "prepare"
                )
            }
            await #expect(throws: Supervisor.LogProblem.noPod) {
                try await supervisor.restart(namespace: "default", name: "none", container: nil)
            }
        }
    }

    @Test("a clock that was never set is a condition of the node, until it is set")
    func clock() async throws {
        try await running { story, life in
            func isSet() async throws -> String? {
                try await life.due("status/node")?["status"]?["conditions"]?.array?
                    .first { $0["type"]?.string == "swiftlet.dev/ClockSet" }?["status"]?.string
            }
            story.clockError.withLock { $0 = -1_767_225_500_000_000_000 }
            life.pass(seconds: 30)
            try await life.eventually("1970 is told") { try await isSet() == "False" }
            story.clockError.withLock { $0 = 0 }
            life.pass(seconds: 30)
            try await life.eventually("the time is told") { try await isSet() == "True" }
        }
    }

    @Test("a pod that names no node is shown with the one that it is on")
    func node() async throws {
        try await running { _, life in
            #expect(await life.document()?["spec"]?["nodeName"]?.string == "gw-1")
            let all = await life.supervisor.podDocuments()
            #expect(all.map { $0["spec"]?["nodeName"]?.string } == ["gw-1"])
        }
    }
}
