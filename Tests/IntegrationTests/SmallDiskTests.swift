import Documents
import TestKit
import Testing

// Goal: on a disk of 16 MB, which database, volumes and images share, an image that is too large is refused
// with the numbers, everything else goes on, and what nothing needs makes room for what is needed. Method: a
// real daemon, broker and workloads, its state on an ext4 of 16 MB.
@Suite(
    "A gateway with a disk of 16 MB",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.mount.isMet, Comment(rawValue: Requirement.mount.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct SmallDiskTests {
    /// What is left of 16 MiB for files is a good 12 MB.
    private static let diskByteCount = 16 << 20

    @Test("what never fits is refused and hurts nobody; what fits is made room for")
    func story() async throws {
        let configuration = "images: {minimumAgeSeconds: 0}"
        try await Gateway.with(configuration: configuration, stateByteCount: Self.diskByteCount) {
            gateway in
            let ticking = WasmModule.ticking()
            for (tag, byteCount) in [("huge", 20_000_000), ("old", 6_000_000), ("new", 6_500_000)] {
                try gateway.addImage(tag, WasmModule.padded(ticking, byteCount))
            }
            let (_, process) = try await gateway.runTicker("web")
            try await gateway.publishPod("huge", image: "huge")
            let refused = try await gateway.upstream("huge", "refused for want of room") {
                $0.waitingMessage?.contains("are free") == true
            }
            let message = try #require(refused.waitingMessage)
            #expect(message.contains("the image needs 20"), "\(message)")
            #expect(message.contains(gateway.fixture.path("state/images")), "\(message)")
            // The daemon is well, takes the next pod, and the one that ran runs.
            #expect(try gateway.swiftlet(["status"]).exitCode == 0)
            try await gateway.publishPod("old", image: "old")
            try await gateway.upstream("old", "running") { $0.phase == "Running" }
            #expect(gateway.processID(ofPod: "uid-web-1") == process)
            for name in ["old", "huge"] { try await delete(name, from: gateway) }
            // 6.5 MB and what must stay free are more than is left beside the old image of 6 MB.
            try await gateway.publishPod("new", image: "new")
            try await gateway.upstream("new", "running, the old image gone", within: 90) {
                $0.phase == "Running"
            }
            let listed = try gateway.swiftlet(["image", "list", "-o", "json"]).standardOutput
            #expect(listed.contains("tests:new") && listed.contains("tests:ticker"))
            #expect(!listed.contains("tests:old") && !listed.contains("tests:huge"))
            #expect(gateway.processID(ofPod: "uid-web-1") == process)
            #expect(try await gateway.stopDaemon() == 0)
        }
    }

    private func delete(_ name: String, from gateway: Gateway) async throws {
        var gone = PodChange()
        gone.version = 2
        gone.deletionTimestamp = "2026-11-23T07:15:00Z"
        let image = name
        let pod = gone.pod(name, "uid-\(name)-1", image: image)
        try await gateway.publish("desired/pods/default/\(name)", pod.json())
        try await gateway.upstream(name, "deleted") { $0.deleted == "True" }
    }
}
