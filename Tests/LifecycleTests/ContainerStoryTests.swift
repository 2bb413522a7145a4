import KubeModel
import Testing

@testable import Lifecycle

// Goal: one container lives as Kubernetes says. Method: scripts; time is a number.
@Suite("A container's life")
struct ContainerStoryTests {
    @Test("a new container asks for its image, then for a process, then runs")
    func starts() {
        var story = PodStory(.made())
        story.wake()
        #expect(story.look() == ["image main"])
        #expect(story.shown() == "ContainerCreating")
        story.happens(.imageReady(imageID: "oci:main@sha256:0"))
        #expect(story.look() == ["start main 1"])
        #expect(story.pod.status.phase == .pending)
        story.happens(.started(attempt: 1, at: story.now.wall))
        #expect(story.shown() == "Running")
        #expect(story.status()?.imageID == "oci:main@sha256:0")
        #expect(story.status()?.restartCount == 0)
        #expect(story.status()?.containerID == "swiftlet://uid-1/main/1")
        #expect(story.pod.status.phase == .running)
        #expect(story.holds("Ready") && story.holds("ContainersReady"))
        #expect(story.notes.map(\.reason) == ["Started"])
    }

    @Test(
        "what happens after an end is decided by policy and exit code",
        arguments: [
            (.always, 0, true), (.always, 1, true), (.onFailure, 0, false), (.onFailure, 1, true),
            (.never, 0, false), (.never, 1, false),
        ] as [(RestartPolicy, Int32, Bool)]
    )
    func policy(policy: RestartPolicy, code: Int32, restarts: Bool) {
        var story = PodStory(.made(policy: policy))
        story.wake()
        story.runs()
        _ = story.look()
        story.exits(code)
        #expect(story.look() == (restarts ? ["image main"] : []))
        let phase: PodPhase = restarts ? .running : code == 0 ? .succeeded : .failed
        #expect(story.pod.status.phase == phase)
        if !restarts { #expect(story.shown() == (code == 0 ? "Completed" : "Error")) }
    }

    @Test("a crash loop waits ever longer, shows CrashLoopBackOff and its last end")
    func crashLoop() {
        var story = PodStory(.made())
        story.wake()
        story.runs()
        story.exits(7)
        for (crash, wait) in [(2, 10), (3, 20), (4, 40)] as [(Int64, Int64)] {
            story.runs()
            #expect(story.status()?.restartCount == crash - 1)
            _ = story.look()
            story.exits(7)
            #expect(story.shown() == "CrashLoopBackOff")
            #expect(story.pod.status.phase == .running)
            #expect(!story.holds("Ready"))
            if case .terminated(let end)? = story.status()?.lastState {
                #expect(end.exitCode == 7)
            } else {
                Issue.record("no last state")
            }
            story.after(wait - 1)
            #expect(story.look() == [])
            story.after(1)
            #expect(story.look() == ["image main"])
        }
        #expect(story.notes.contains { $0.reason == "BackOff" })
    }

    @Test("ten minutes of running make earlier crashes forgotten, and one second less does not")
    func forgets() {
        for (seconds, waits) in [(599, true), (600, false)] as [(Int64, Bool)] {
            var story = PodStory(.made())
            story.wake()
            story.runs()
            story.exits(1)
            story.runs()
            story.exits(1)
            story.after(10)
            story.runs()
            story.after(seconds)
            story.exits(1)
            #expect((story.shown() == "CrashLoopBackOff") == waits, "\(seconds)")
        }
    }

    @Test("an image that cannot be pulled is ErrImagePull, then ImagePullBackOff, then tried again")
    func pullBackOff() {
        var story = PodStory(.made())
        story.wake()
        _ = story.look()
        story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "no such layout")))
        #expect(story.shown() == "ErrImagePull")
        #expect(story.pod.wakeAt == 3_000_000_000)
        story.after(3)
        #expect(story.shown() == "ImagePullBackOff")
        if case .waiting(_, let message)? = story.status()?.state {
            #expect(message?.contains("no such layout") == true)
        }
        story.after(6)
        #expect(story.look() == [])
        story.after(1)
        #expect(story.look() == ["image main"])
        #expect(story.shown() == "ImagePullBackOff")
        story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "no such layout")))
        story.after(19)
        #expect(story.look() == [])
        story.after(1)
        #expect(story.look() == ["image main"])
        story.runs()
        #expect(story.shown() == "Running")
    }

    @Test("a reason that is not about the network stays as it is")
    func neverPull() {
        var story = PodStory(.made())
        story.wake()
        story.happens(.imageFailed(.init(reason: "ErrImageNeverPull", message: "not here")))
        story.after(5)
        #expect(story.shown() == "ErrImageNeverPull")
    }

    @Test("a process that cannot be started leaves a reason, and is tried again under one number")
    func startFails() {
        var story = PodStory(.made())
        story.wake()
        story.happens(.imageReady(imageID: ""))
        story.happens(
            .startFailed(attempt: 1, .init(reason: "CreateContainerError", message: "no room"))
        )
        #expect(story.shown() == "CreateContainerError")
        _ = story.look()
        story.after(10)
        story.happens(.imageReady(imageID: ""))
        #expect(story.look() == ["image main", "start main 1"])
    }

    @Test("a module that is refused is a waiting reason with the message, not a crash loop")
    func loadError() {
        var story = PodStory(.made())
        story.wake()
        story.runs()
        let end = ContainerState.Termination(exitCode: 1, reason: "Error", message: "at byte 12")
        story.happens(.exited(attempt: 1, .init(end, isLoadError: true)))
        #expect(story.shown() == "RunContainerError")
        #expect(story.pod.status.phase == .pending)
        if case .waiting(_, let message)? = story.status()?.state {
            #expect(message == "at byte 12")
        }
        // It starts for a moment each time; the waits grow all the same.
        story.after(10)
        story.runs()
        story.happens(.exited(attempt: 2, .init(end, isLoadError: true)))
        #expect(story.pod.wakeAt == 30_000_000_000)
    }

    @Test("news of another attempt is old news")
    func stale() {
        var story = PodStory(.made())
        story.wake()
        story.runs()
        let before = story.pod
        let end = ContainerState.Termination(exitCode: 1, reason: "Error")
        for attempt in [0, 2, -1, Int64.max] as [Int64] {
            story.happens(.exited(attempt: attempt, .init(end)))
            story.happens(.neverStarted(attempt: attempt))
        }
        story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "")))
        #expect(story.pod == before)
    }
}
