import Documents
import Host
import Lifecycle
import Synchronization
import TestKit
import Testing

@testable import Supervisor

// Goal: pods are where their status says, and no two have one port of the host. Method: the
// supervisor with make-believe processes; what a runner is told is looked at.
@Suite("Pods and the network", .timeLimit(.minutes(2)))
struct SupervisorNetworkTests {
    private let first = Instance(uid: "uid-1", container: "main", attempt: 1)
    private let port = #""ports":[{"containerPort":80,"hostPort":8080}],"#

    private func story(_ body: (SupervisorStory) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            try await body(SupervisorStory(fixture.directory))
        }
    }

    @Test("a pod's address is in its status, its environment and its runner's rules, for good")
    func address() async throws {
        try await story { story in
            let told = try await story.daemon { life in
                let own = #"{"name":"IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}"#
                try await life.apply(podJSON(container: port + #""env":[\#(own)],"#))
                try await life.eventually("runs") { await life.phase() == "Running" }
                let command = try #require(story.host.world.withLock { $0.commands[first] })
                let status = await life.document()?["status"]
                let text = try #require(status?["podIP"]?.string)
                #expect(status?["podIPs"]?[0]?["ip"]?.string == text)
                #expect(command.network.address?.description == text)
                #expect(command.environment.contains("IP=\(text)"))
                #expect(command.network.ports == [.init(80, hostPort: 8080)])
                #expect(!command.network.listensAnywhere && command.network.connect == nil)
                return text
            }
            let again = try await story.daemon { life in
                try await life.eventually("runs") { await life.phase() == "Running" }
                return await life.document()?["status"]?["podIP"]?.string
            }
            #expect(again == told)
        }
    }

    @Test("a pod on the host's network has the host's address and binds as it asks")
    func hostNetwork() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON(spec: #""hostNetwork":true,"#))
                try await life.eventually("runs") { await life.phase() == "Running" }
                let command = try #require(story.host.world.withLock { $0.commands[first] })
                #expect(command.network == .host)
                let status = await life.document()?["status"]
                #expect(status?["podIP"]?.string == status?["hostIP"]?.string)
            }
        }
    }

    @Test("a second pod with the same port of the host waits and says for whom")
    func conflict() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON(container: port))
                try await life.eventually("runs") { await life.phase() == "Running" }
                try await life.apply(
                    podJSON(uid: "uid-2", name: "other", container: port),
                    name: "other"
                )
                try await life.eventually("waits") {
                    await life.container("other")?["state"]?["waiting"]?["message"]?.string?
                        .contains("host port 8080/TCP is taken by pod default/web") == true
                }
                #expect(story.host.started == [first])
            }
            // A daemon that found the first one running knows it too.
            try await story.daemon { life in
                life.pass(seconds: 700)
                try await life.eventually("still waits") {
                    await life.container("other")?["state"]?["waiting"] != nil
                }
                #expect(story.host.started == [first])
            }
        }
    }
}
