import Documents
import Host
import KubeModel
import StateStore
import TestKit
import Synchronization
import Testing

@testable import Supervisor

// Goal: a version that does not work gives way to the one before, whatever happens to the daemon in
// between. Method: a supervisor with a real database and make-believe processes, images and time.
@Suite("New versions on a node")
struct RolloutTests {
    private func story(_ body: (SupervisorStory) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            let story = SupervisorStory(fixture.directory)
            story.images.world.withLock { $0.pullable = ["oci:app:1", "oci:app:2"] }
            try await body(story)
            #expect(story.host.world.withLock { $0.faults } == [])
        }
    }

    private func version(_ number: Int, probe: String = "") -> String {
        """
        {"apiVersion":"v1","kind":"Pod",
         "metadata":{"name":"web","namespace":"default","uid":"uid-1",
           "resourceVersion":"\(number)","annotations":{"swiftlet.dev/progress-deadline":"60"}},
         "spec":{"containers":[{\(probe)"name":"main","image":"oci:app:\(number)"}]}}
        """
    }

    private func isReady(_ life: Life) async -> Bool {
        await life.document()?.condition("Ready")?["status"]?.string == "True"
    }

    @Test("it is tried over a restart of the daemon, rolled back, and stays so over another")
    func rollsBack() async throws {
        let closed = try freePort()
        let probe = """
            "readinessProbe":{"periodSeconds":5,"timeoutSeconds":20,
              "tcpSocket":{"port":\(closed),"host":"127.0.0.1"}},
            """
        try await story { story in
            try await story.daemon { life in
                try await life.apply(version(1))
                try await life.eventually("ready") { await isReady(life) }
                try await life.apply(version(2, probe: probe))
                try await life.eventually("the new one runs") {
                    story.host.started.count == 2
                }
                #expect(await !isReady(life))
                // What may have to come back is not garbage.
                let needs = await life.supervisor.imageNeeds()
                #expect(needs?.users["oci:app:1"] != nil && needs?.users["oci:app:2"] != nil)
            }
            try await story.daemon { life in
                life.pass(seconds: 59)
                try await life.eventually("asked") {
                    await life.container()?["state"]?["running"] != nil
                }
                #expect(await life.document()?.condition("swiftlet.dev/RolledBack") == nil)
                life.pass(seconds: 1)
                try await life.eventually("the old one runs again") {
                    let isRunning = story.host.started.count == 3
                    let isReady = await isReady(life)
                    return isRunning && isReady
                }
                #expect(await life.container()?["image"]?.string == "oci:app:1")
                let report = try await life.due("status/pods/default/web")
                let condition = report?.condition("swiftlet.dev/RolledBack")
                #expect(condition?["reason"]?.string == "ProgressDeadlineExceeded")
                #expect(report?["metadata"]?["resourceVersion"]?.string == "2")
                let events = try await life.store.events().map { try Document(json: $0) }
                #expect(events.contains { $0["reason"]?.string == "RolledBack" })
            }
            story.host.powerCut()
            story.bootID.withLock { $0 = "boot-2" }
            try await story.daemon { life in
                try await life.eventually("runs again") { await isReady(life) }
                #expect(await life.container()?["image"]?.string == "oci:app:1")
                #expect(
                    await life.document()?.condition("swiftlet.dev/RolledBack")?["status"]?.string
                        == "True"
                )
            }
        }
    }

    @Test("without the new image the old container is not touched")
    func noImage() async throws {
        try await story { story in
            story.images.world.withLock { $0.pullable = ["oci:app:1"] }
            try await story.daemon { life in
                try await life.apply(version(1))
                try await life.eventually("ready") { await isReady(life) }
                try await life.apply(version(2))
                try await life.eventually("tried") {
                    story.images.world.withLock { $0.pulls.contains("oci:app:2") }
                }
                #expect(await isReady(life))
                #expect(story.host.world.withLock { $0.signals.isEmpty })
                #expect(story.host.started.count == 1)
            }
        }
    }

    @Test("a pod that has had its time has failed, and says why")
    func deadline() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON(spec: #""activeDeadlineSeconds":30,"#))
                try await life.eventually("runs") { await life.phase() == "Running" }
                life.pass(seconds: 30)
                try await life.eventually("failed") { await life.phase() == "Failed" }
                let status = await life.document()?["status"]
                #expect(status?["reason"]?.string == "DeadlineExceeded")
                #expect(story.host.world.withLock { $0.signals.map(\.1) } == [15])
            }
        }
    }
}
