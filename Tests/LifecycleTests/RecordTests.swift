import Documents
import KubeModel
import Testing

@testable import Lifecycle

// Goal: what a daemon knew, the next one knows. Method: through bytes and back, at every state.
@Suite("Records of pods")
struct RecordTests {
    private func restored(
        _ pod: PodLifecycle,
        as wanted: Pod? = nil,
        bootID: String = "boot-1"
    ) throws -> PodLifecycle {
        let bytes = pod.record(bootID: "boot-1").json()
        return try PodLifecycle(
            wanted ?? pod.pod,
            record: Document(json: bytes),
            status: pod.status,
            bootID: bootID
        )
    }

    @Test("every state comes back as it was")
    func roundTrip() throws {
        var story = PodStory(.made(grace: 5))
        story.wake()
        story.runs()
        #expect(try restored(story.pod).containers == story.pod.containers)
        story.exits(9)
        story.runs()
        story.exits(9)
        #expect(try restored(story.pod).containers == story.pod.containers)
        story.after(10)
        story.runs()
        story.take(story.pod.delete(at: story.now))
        let back = try restored(story.pod)
        // Which version was good is written down only where one may have to go back to it.
        story.pod.lastGood = nil
        #expect(back == story.pod)
        #expect(back.isDeleting)
    }

    @Test("a wait goes on after a restart of the daemon, and is over after a reboot")
    func waits() throws {
        var story = PodStory(.made())
        story.wake()
        story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "x")))
        #expect(try restored(story.pod).wakeAt == 10_000_000_000)
        #expect(try restored(story.pod, bootID: "boot-2").wakeAt == 0)
    }

    @Test(
        "a pod that is done stays so, though the record of one that was replaced has lost its spec"
    )
    func doneStaysDone() throws {
        var story = PodStory(.made(inits: ["first"], policy: .never))
        story.wake()
        story.runs("first")
        story.exits(1, "first")
        #expect(story.pod.status.phase == .failed)
        let remains = Pod.made(["first", "main"])
        var back = try restored(story.pod, as: remains)
        _ = back.wake(at: story.now)
        #expect(back.status.phase == .failed)
        // A container that a newer spec adds to it begins nothing.
        let actions = back.update(.made(["first", "main", "new"], version: "2"), at: story.now)
        #expect(!actions.contains(.container("new", .ensureImage)))
        #expect(back.status.phase == .failed)
    }

    @Test("a process that was found keeps its number and its restart count")
    func found() throws {
        var story = PodStory(.made())
        story.wake()
        story.runs()
        var back = try restored(story.pod)
        let actions = back.handle(
            .found(attempt: 1, startedAt: story.now.wall),
            of: "main",
            at: story.now
        )
        #expect(actions == [])
        #expect(back == story.pod)
    }

    @Test("a process that the record does not know yet is taken over, not doubled")
    func foundAhead() throws {
        var story = PodStory(.made())
        story.wake()
        let before = story.pod
        story.runs()
        var back = try restored(before)
        _ = back.handle(.found(attempt: 1, startedAt: story.now.wall), of: "main", at: story.now)
        #expect(back.settle(at: story.now) == [])
        #expect(back.container("main")?.isRunning == true)
    }

    @Test("a stop that was under way goes on")
    func stopping() throws {
        var story = PodStory(.made(grace: 5))
        story.wake()
        story.runs()
        story.take(story.pod.delete(at: story.now))
        var back = try restored(story.pod)
        let found = back.handle(
            .found(attempt: 1, startedAt: story.now.wall),
            of: "main",
            at: story.now
        )
        #expect(found == [.container("main", .terminate(attempt: 1))])
        let later = PodStory.moment(5_000_000_000)
        #expect(back.wake(at: later) == [.container("main", .kill(attempt: 1))])
    }

    @Test("a reboot is not the container's fault: it starts again at once, if its policy lets it")
    func reboot() throws {
        for policy in RestartPolicy.allCases {
            var story = PodStory(.made(policy: policy))
            story.wake()
            story.runs()
            var back = try restored(story.pod, bootID: "boot-2")
            let end = ContainerState.Termination(exitCode: 137, reason: "Error", message: "reboot")
            let actions = back.handle(
                .exited(attempt: 1, .init(end, isReboot: true)),
                of: "main",
                at: story.now
            )
            #expect(actions.isEmpty == (policy == .never))
            #expect(back.status.phase == (policy == .never ? .failed : .running))
        }
    }

    @Test("a version that came while the daemon was away is put in place by settling")
    func settles() throws {
        var story = PodStory(.made(grace: 5))
        story.wake()
        story.runs()
        var newer = Pod.made(grace: 5, version: "2")
        newer.spec.containers[0].image = "oci:main:2"
        var back = try PodLifecycle(
            newer,
            record: story.pod.record(bootID: "b"),
            status: story.pod.status,
            bootID: "b"
        )
        _ = back.handle(.found(attempt: 1, startedAt: story.now.wall), of: "main", at: story.now)
        #expect(back.settle(at: story.now) == [.container("main", .ensureImage)])
        let ready = ContainerLifecycle.Event.imageReady(imageID: "oci:main:2")
        let actions = back.handle(ready, of: "main", at: story.now)
        #expect(actions.contains(.container("main", .terminate(attempt: 1))))
    }

    @Test(
        "a damaged record is refused by the name of its field, never a crash",
        arguments: [
            "{}", #"{"version":2,"bootID":"b","resourceVersion":"1"}"#, "[]",
            #"{"version":1,"bootID":7,"resourceVersion":"1"}"#,
            #"{"version":1,"bootID":"b","resourceVersion":"1","isHeld":false,"containers":[{"name":"main"}]}"#,
            #"{"version":1,"bootID":"b","resourceVersion":"1","isHeld":false,"containers":[{"name":"m","attempt":-1}]}"#,
        ]
    )
    func damaged(text: String) throws {
        let record = try Document(json: Array(text.utf8))
        #expect(throws: FieldError.self) {
            try PodLifecycle(.made(), record: record, status: PodStatus(), bootID: "b")
        }
    }
}
