import Documents
import TestKit
import Testing

// Goal: what a link is billed for: one update of a pod, and the time until it runs. Method: the whole
// gateway behind a relay that counts.
@Suite(
    "What an update costs",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct TrafficStoryTests {
    @Test(
        "one update of a pod is below 6 KB, there and back: three statuses, two events, one acceptance"
    )
    func update() async throws {
        try await Gateway.with(throughRelay: true) { gateway in
            let relay = try #require(gateway.relay)
            try await gateway.publishPod("web", image: "ticker")
            try await gateway.upstream("web", "running") { $0.phase == "Running" }
            let before = try await relay.settled(after: 3)
            var next = PodChange()
            next.version = 2
            next.mode = "new"
            let pod = next.pod("web", "uid-web-1", image: "ticker")
            try await gateway.publish("desired/pods/default/web", pod.json())
            try await gateway.upstream("web", "restarted") {
                $0.resourceVersion == "2" && $0.restartCount ?? 0 > 0
            }
            let passed = try await relay.settled(after: 3) - before
            // The bound may only fall. A status has 1.1 KB, and each says something new at once.
            #expect(passed.bytes < 6_000, "\(passed)")
        }
    }
}
