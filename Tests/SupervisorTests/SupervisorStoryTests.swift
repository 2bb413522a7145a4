import Documents
import Host
import KubeModel
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Supervisor

// Goal: from a stored pod to a process to a status, through lives of the daemon. Method: a real
// database; processes, images and time are make-believe and obey the test.
@Suite("Supervisor", .timeLimit(.minutes(2)))
struct SupervisorStoryTests {
    private func story(_ body: (SupervisorStory) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            let story = SupervisorStory(fixture.directory)
            try await body(story)
            #expect(story.host.world.withLock { $0.faults } == [])
        }
    }

    private let first = Instance(uid: "uid-1", container: "main", attempt: 1)

    @Test("a stored pod is pulled, started and reported with Accepted")
    func starts() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON())
                try await life.eventually("runs") { await life.phase() == "Running" }
                #expect(story.host.started == [first])
                let report = try await life.due("status/pods/default/web")
                #expect(report?.condition("swiftlet.dev/Accepted")?["status"]?.string == "True")
                #expect(report?["metadata"]?["resourceVersion"]?.string == "1")
                #expect(report?["spec"] == nil)
                let command = story.host.world.withLock { $0.commands[first] }
                #expect(command?.modulePath == "/store/app.wasm")
                #expect(command?.directories.first?.guest == "/")
                #expect(command?.logFile?.hasSuffix("/default_web_uid-1/main/0.log") == true)
                #expect(command?.environment == ["PATH=/", "FROM=image"])
            }
        }
    }

    @Test("a limit of the disk is honoured, so Accepted has nothing to say about it")
    func remarks() async throws {
        try await story { story in
            try await story.daemon { life in
                let limits = #"{"limits":{"ephemeral-storage":"1Gi"}}"#
                let pod = podJSON(container: #""resources":\#(limits),"#)
                try await life.apply(pod)
                try await life.eventually("runs") { await life.phase() == "Running" }
                let report = try await life.due("status/pods/default/web")
                let accepted = report?.condition("swiftlet.dev/Accepted")
                #expect(accepted?["status"]?.string == "True")
                #expect(accepted?["message"]?.string == nil)
            }
        }
    }

    @Test("a process goes on through a restart of the daemon: same run, no restart counted")
    func adopts() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON())
                try await life.eventually("runs") { await life.phase() == "Running" }
            }
            try await story.daemon { life in
                try await life.eventually("runs") { await life.phase() == "Running" }
                #expect(await life.container()?["restartCount"]?.integer == 0)
                #expect(story.host.started == [first])
                try await life.delete()
                try await life.eventually("gone") { await life.document() == nil }
                #expect(story.host.alive.isEmpty)
            }
        }
    }

    @Test("an end while the daemon was away is known by its record")
    func endedMeanwhile() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON(spec: #""restartPolicy":"Never","#))
                try await life.eventually("runs") { await life.phase() == "Running" }
            }
            story.host.exit(first, code: 0)
            try await story.daemon { life in
                try await life.eventually("succeeded") { await life.phase() == "Succeeded" }
            }
            #expect(story.host.started == [first])
        }
    }

    @Test("a process that vanished without a record is 137, says so, and starts again")
    func vanished() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON())
                try await life.eventually("runs") { await life.phase() == "Running" }
            }
            story.host.end(first, .unknown)
            try await story.daemon { life in
                try await life.eventually("runs again") {
                    await life.container()?["restartCount"]?.integer == 1
                }
                let last = await life.container()?["lastState"]?["terminated"]
                #expect(last?["exitCode"]?.integer == 137)
                #expect(last?["message"]?.string == "no exit record")
            }
        }
    }

    @Test("after a reboot stored pods start without any broker")
    func reboot() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON())
                try await life.eventually("runs") { await life.phase() == "Running" }
            }
            story.host.powerCut()
            story.bootID.withLock { $0 = "boot-2" }
            try await story.daemon { life in
                try await life.eventually("runs again") {
                    await life.container()?["restartCount"]?.integer == 1
                }
                #expect(await life.phase() == "Running")
            }
        }
    }

    @Test("a missing image shows why, and a later pull succeeds after the back-off")
    func missingImage() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON(image: "oci:none:1"))
                try await life.eventually("failed") { await life.waiting() == "ErrImagePull" }
                life.pass(seconds: 4)
                try await life.eventually("waits") { await life.waiting() == "ImagePullBackOff" }
                story.images.world.withLock { _ = $0.pullable.insert("oci:none:1") }
                life.pass(seconds: 7)
                try await life.eventually("runs") { await life.phase() == "Running" }
            }
        }
    }

    @Test("a pod that cannot be prepared waits with the reason, and others are not disturbed")
    func badEntry() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON(container: #""command":["/bin/sh"],"#))
                try await life.apply(podJSON(uid: "uid-2", name: "good"), name: "good")
                try await life.eventually("waits") {
                    await life.waiting() == "CreateContainerError"
                }
                try await life.eventually("good runs") { await life.phase("good") == "Running" }
            }
        }
    }

    @Test("a stop that is ignored is a kill after the grace period")
    func kills() async throws {
        try await story { story in
            story.host.world.withLock { $0.ignoresTerminate = true }
            try await story.daemon { life in
                try await life.apply(podJSON())
                try await life.eventually("runs") { await life.phase() == "Running" }
                try await life.delete(grace: 5)
                try await life.eventually("asked") {
                    story.host.world.withLock { $0.signals.map(\.1) } == [15]
                }
                life.pass(seconds: 5)
                try await life.eventually("gone") { await life.document() == nil }
                #expect(story.host.world.withLock { $0.signals.map(\.1) } == [15, 9])
                let report = try await life.due("status/pods/default/web")
                #expect(report?.condition("swiftlet.dev/Deleted")?["status"]?.string == "True")
                #expect(try await life.store.desired().isEmpty)
                #expect(try await life.store.observed().isEmpty)
            }
        }
    }

    @Test("another uid under a name waits for the end of the old pod")
    func replaced() async throws {
        try await story { story in
            story.host.world.withLock { $0.ignoresTerminate = true }
            try await story.daemon { life in
                try await life.apply(podJSON())
                try await life.eventually("runs") { await life.phase() == "Running" }
                try await life.apply(podJSON(uid: "uid-2"))
                try await life.eventually("asked") {
                    story.host.world.withLock { !$0.signals.isEmpty }
                }
                #expect(await life.document()?["metadata"]?["uid"]?.string == "uid-2")
                #expect(await life.phase() == "Pending")
            }
            // The daemon is killed in between: the new one must know who waits for whom.
            try await story.daemon { life in
                #expect(story.host.alive == [first])
                life.pass(seconds: 30)
                try await life.eventually("the new one runs") {
                    let phase = await life.phase()
                    return story.host.alive.map(\.uid) == ["uid-2"] && phase == "Running"
                }
            }
        }
    }

    @Test("the last that is said of a name is the end of its last pod, not of an older one")
    func lastWord() async throws {
        try await story { story in
            story.host.world.withLock { $0.ignoresTerminate = true }
            try await story.daemon { life in
                try await life.apply(podJSON())
                try await life.eventually("runs") { await life.phase() == "Running" }
                try await life.apply(podJSON(uid: "uid-2", version: "2"))
                try await life.eventually("asked") {
                    story.host.world.withLock { !$0.signals.isEmpty }
                }
                try await life.delete(grace: 1)
                try await life.eventually("the request is stored") {
                    try await life.store.desired().first?.deletionRequestedAt != nil
                }
                let before = try await life.due("status/pods/default/web")
                #expect(before?.condition("swiftlet.dev/Deleted") == nil)
                life.pass(seconds: 30)
                try await life.eventually("all is gone") {
                    guard try await life.store.observed().isEmpty else { return false }
                    return try await life.store.desired().isEmpty
                }
                let report = try await life.due("status/pods/default/web")
                #expect(report?["metadata"]?["uid"]?.string == "uid-2")
                #expect(report?.condition("swiftlet.dev/Deleted")?["status"]?.string == "True")
            }
        }
    }

    @Test("a refused version is answered with its own version, and what runs goes on")
    func refused() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON())
                try await life.eventually("runs") { await life.phase() == "Running" }
                let reference = ObjectReference(
                    kind: .pod,
                    namespace: "default",
                    name: "web",
                    uid: "uid-1"
                )
                try await life.store.refuse(
                    Refusal(
                        reference: reference,
                        resourceVersion: "2",
                        reason: "Invalid",
                        message: "spec.containers[0].image: Required value"
                    )
                )
                try await life.eventually("answered") {
                    let report = try await life.due("status/pods/default/web")
                    return report?["metadata"]?["resourceVersion"]?.string == "2"
                        && report?.condition("swiftlet.dev/Accepted")?["status"]?.string == "False"
                        && report?["status"]?["phase"]?.string == "Running"
                }
                #expect(story.host.alive == [first])
                // Taken back: the good version is sent again, and the answer is Yes again.
                try await life.store.forgetRefusal(.pod, "default", "web")
                life.store.desiredBell.ring()
                try await life.eventually("answered") {
                    let report = try await life.due("status/pods/default/web")
                    return report?["metadata"]?["resourceVersion"]?.string == "1"
                        && report?.condition("swiftlet.dev/Accepted")?["status"]?.string == "True"
                }
            }
        }
    }

    @Test("a refused pod that never was is answered too")
    func refusedAtOnce() async throws {
        try await story { story in
            try await story.daemon { life in
                let reference = ObjectReference(
                    kind: .pod,
                    namespace: "default",
                    name: "bad",
                    uid: "uid-9"
                )
                try await life.store.refuse(
                    Refusal(
                        reference: reference,
                        resourceVersion: "1",
                        reason: "Unreadable",
                        message: "line 1"
                    )
                )
                try await life.eventually("answered") {
                    let report = try await life.due("status/pods/default/bad")
                    return report?.condition("swiftlet.dev/Accepted")?["reason"]?.string
                        == "Unreadable"
                }
            }
        }
    }

    @Test("volumes, variables and limits reach the runner")
    func command() async throws {
        try await story { story in
            try await story.daemon { life in
                let container = """
                    "env":[{"name":"A","value":"1"},{"name":"B","value":"$(A)2"},
                      {"name":"WHO","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],
                    "args":["$(B)"],"resources":{"limits":{"memory":"16Mi"}},
                    "volumeMounts":[{"name":"tmp","mountPath":"/tmp"}],
                    """
                try await life.apply(
                    podJSON(
                        spec: #""volumes":[{"name":"tmp","emptyDir":{}}],"#,
                        container: container
                    )
                )
                try await life.eventually("runs") { await life.phase() == "Running" }
                let command = story.host.world.withLock { $0.commands[first] }
                #expect(command?.environment.suffix(3) == ["A=1", "B=12", "WHO=web"])
                #expect(command?.arguments == ["/app.wasm", "12"])
                #expect(command?.memoryLimitBytes == 16 << 20)
                #expect(command?.directories.last?.guest == "/tmp")
                #expect(FileTree.isDirectory(command?.directories.last?.host ?? ""))
            }
        }
    }

    @Test("a hostPath outside the configured roots is refused by name")
    func hostPath() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(
                    podJSON(
                        spec: #""volumes":[{"name":"v","hostPath":{"path":"/etc"}}],"#,
                        container: #""volumeMounts":[{"name":"v","mountPath":"/v"}],"#
                    )
                )
                try await life.eventually("waits") {
                    await life.waiting() == "CreateContainerError"
                }
                let state = await life.container()?["state"]?["waiting"]
                #expect(state?["message"]?.string?.contains("/etc") == true)
            }
        }
    }

    @Test("an unreadable record costs the record, not the process")
    func damagedRecord() async throws {
        try await story { story in
            try await story.daemon { life in
                try await life.apply(podJSON())
                try await life.eventually("runs") { await life.phase() == "Running" }
            }
            let store = try StateStore(path: story.layout.database)
            try await store.saveObserved(
                ObservedPod(
                    uid: "uid-1",
                    namespace: "default",
                    name: "web",
                    record: Array("{".utf8),
                    status: []
                )
            )
            try await story.daemon { life in
                try await life.eventually("runs") { await life.phase() == "Running" }
                #expect(story.host.started == [first])
            }
        }
    }
}
