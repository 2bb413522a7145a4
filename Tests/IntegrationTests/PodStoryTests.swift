import Documents
import Glibc
import TestKit
import Testing

// Goal: the main job on real parts: a message becomes a process, its status comes back, and neither
// a dead link nor a killed daemon loses anything. Method: real mosquitto, real programs, loopback.
@Suite(
    "A gateway",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct PodStoryTests {
    @Test("rule 1: a pod published over MQTT runs, and its status carries uid and version")
    func runs() async throws {
        try await Gateway.with { gateway in
            let uid = try await gateway.publishPod("web", image: "ticker")
            let pod = try await gateway.upstream("web", "running") { $0.phase == "Running" }
            #expect(pod.uid == uid)
            #expect(pod.resourceVersion == "1")
            #expect(pod.accepted == "True")
            #expect(pod.restartCount == 0)
            try await eventually("it has a process") { gateway.processID(ofPod: uid) != nil }
            try await eventually("it prints") {
                try gateway.swiftlet(["logs", "web"]).standardOutput.contains("tick")
            }
        }
    }

    @Test("rule 1: an object without uid and version gets both from what it is")
    func byHand() async throws {
        try await Gateway.with { gateway in
            let pod: Document = [
                "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "hand"],
                "spec": ["containers": [["name": "main", "image": "oci:tests:ticker"]]],
            ]
            try await gateway.publish("desired/pods/default/hand", pod.json())
            let seen = try await gateway.upstream("hand", "running") { $0.phase == "Running" }
            #expect(seen.uid?.utf8.count == 36)
            #expect(seen.resourceVersion?.utf8.count == 16)
        }
    }

    @Test("a pod that ends keeps its end: Succeeded, or Failed with the exit code")
    func ends() async throws {
        try await Gateway.with { gateway in
            var once = PodChange()
            once.restartPolicy = "Never"
            try await gateway.publishPod("good", image: "hello", once)
            try await gateway.publishPod("bad", image: "fails", once)
            try await gateway.upstream("good", "succeeded") { $0.phase == "Succeeded" }
            let bad = try await gateway.upstream("bad", "failed") { $0.phase == "Failed" }
            #expect(bad.exitCode == 3)
            #expect(try gateway.swiftlet(["logs", "good"]).standardOutput == "hello\n")
        }
    }

    @Test("with the broker dead and the daemon killed the pod goes on: same process, no restart")
    func offlineRestart() async throws {
        try await Gateway.with { gateway in
            let (uid, before) = try await gateway.runTicker("web")
            try await gateway.broker.stop()
            gateway.killDaemon()
            try await gateway.startDaemon()
            try await eventually("it is Running by the daemon's word") {
                try gateway.localPod("web").map { PodView(document: $0).phase } == "Running"
            }
            let pod = try #require(try gateway.localPod("web"))
            #expect(PodView(document: pod).restartCount == 0)
            #expect(gateway.processID(ofPod: uid) == before)
            try await gateway.broker.start()
            try await gateway.upstream("web", "running still", within: 60) {
                $0.phase == "Running" && $0.restartCount == 0
            }
            #expect(gateway.processID(ofPod: uid) == before)
        }
    }

    @Test("a workload that died while the daemon was dead is started again, offline, and counted")
    func diedUnseen() async throws {
        try await Gateway.with { gateway in
            let (uid, before) = try await gateway.runTicker("web")
            try await gateway.broker.stop()
            gateway.killDaemon()
            kill(before, SIGKILL)
            try await gateway.startDaemon()
            try await eventually("another process runs it", within: 40) {
                guard let now = gateway.processID(ofPod: uid), now != before else { return false }
                let pod = try gateway.localPod("web").map { PodView(document: $0) }
                return pod?.phase == "Running" && pod?.restartCount == 1
            }
        }
    }

    @Test("rule 2: a tombstone ends the pod, with its grace, and Deleted says so")
    func tombstone() async throws {
        try await Gateway.with { gateway in
            let (uid, _) = try await gateway.runTicker("web")
            var gone = PodChange()
            gone.deletionTimestamp = "2026-11-23T07:15:00Z"
            try await gateway.publishPod("web", image: "ticker", gone)
            try await gateway.upstream("web", "deleted") { $0.deleted == "True" }
            #expect(gateway.processID(ofPod: uid) == nil)
            #expect(try gateway.localPod("web") == nil)
        }
    }

    @Test("rule 2: an empty message seen live deletes, and one that is missing never does")
    func emptyMessage() async throws {
        try await Gateway.with { gateway in
            let (stays, process) = try await gateway.runTicker("stays")
            let (goes, _) = try await gateway.runTicker("goes")
            try await gateway.publish("desired/pods/default/goes", [])
            try await eventually("it is gone") { gateway.processID(ofPod: goes) == nil }
            try await gateway.broker.stop()
            gateway.broker.forget()
            try await gateway.broker.start()
            // The broker remembers nothing; the node says everything again, and runs on.
            try await gateway.upstream("stays", "running", within: 60) { $0.phase == "Running" }
            #expect(gateway.processID(ofPod: stays) == process)
        }
    }

    @Test("rule 4: the same uid with a newer version replaces, with an older one changes nothing")
    func versions() async throws {
        try await Gateway.with { gateway in
            var change = PodChange()
            change.version = 5
            let pod = change.pod("web", "uid-web", image: "ticker")
            try await gateway.publish("desired/pods/default/web", pod.json())
            try await gateway.upstream("web", "running") { $0.phase == "Running" }
            let process = try await gateway.process(ofPod: "uid-web")
            change.version = 4
            let older = change.pod("web", "uid-web", image: "hello")
            try await gateway.publish("desired/pods/default/web", older.json())
            try await gateway.upstream("web", "stale is refused") {
                $0.accepted == "False" || $0.resourceVersion == "5"
            }
            #expect(gateway.processID(ofPod: "uid-web") == process)
        }
    }

    @Test("rule 7: SIGTERM says stopped, and the workloads run on")
    func stopped() async throws {
        try await Gateway.with { gateway in
            let (uid, process) = try await gateway.runTicker("web")
            #expect(try await gateway.stopDaemon() == 0)
            #expect(try await gateway.connectionState() == "stopped")
            #expect(kill(process, 0) == 0)
            try await gateway.startDaemon()
            try await eventually("online again") {
                try await gateway.connectionState() == "online"
            }
            #expect(gateway.processID(ofPod: uid) == process)
        }
    }
}
