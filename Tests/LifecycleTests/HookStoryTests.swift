import KubeModel
import Testing

@testable import Lifecycle

// Goal: hooks come before and after, within the time there is. Method: scripts; time is a number.
@Suite("Hooks")
struct HookStoryTests {
    private let ask = Hook.ask(Probe.port)

    @Test("a container has not started before its post-start hook is through")
    func postStart() {
        var story = PodStory(
            .asked(liveness: .every(10), hooks: ContainerHooks(postStart: ask))
        )
        story.wake()
        story.runs()
        #expect(story.look() == ["image main", "start main 1", "postStart main 1"])
        #expect(story.status()?.started == false && !story.holds("Ready"))
        #expect(story.pod.status.phase == .pending)
        #expect(story.shown() == "ContainerCreating")
        story.answers(.postStart, true)
        #expect(story.look() == ["liveness main 1"])
        #expect(story.holds("Ready") && story.shown() == "Running")
        #expect(story.pod.status.phase == .running)
    }

    @Test("a post-start hook that fails ends the container, which begins anew by its policy")
    func postStartFails() {
        for policy in RestartPolicy.allCases {
            var story = PodStory(.asked(hooks: ContainerHooks(postStart: ask), policy: policy))
            story.wake()
            story.runs()
            _ = story.look()
            story.answers(.postStart, false)
            #expect(story.look() == ["terminate main 1"])
            let note = story.notes.first { $0.reason == "FailedPostStartHook" }
            #expect(note?.kind == .warning && note?.message == "PostStart hook failed: refused")
            story.exits(143)
            #expect(story.look() == (policy == .never ? [] : ["image main"]))
        }
    }

    @Test("a sleep after the start takes its seconds and no more")
    func postStartSleeps() {
        var story = PodStory(.asked(hooks: ContainerHooks(postStart: .sleep(seconds: 4))))
        story.wake()
        story.runs()
        #expect(story.pod.wakeAt == 4_000_000_000)
        story.after(3)
        #expect(!story.holds("Ready"))
        story.after(1)
        #expect(story.holds("Ready"))
        #expect(story.look() == ["image main", "start main 1"])
    }

    @Test("the request to end comes after the pre-stop hook, the kill when the grace is over")
    func preStop() {
        for isGood in [true, false] {
            var story = PodStory(.asked(hooks: ContainerHooks(preStop: ask), grace: 10))
            story.wake()
            story.runs()
            _ = story.look()
            story.take(story.pod.delete(at: story.now))
            #expect(story.look() == ["preStop main 1"])
            story.after(4)
            #expect(story.look() == [])
            story.answers(.preStop, isGood)
            #expect(story.look() == ["terminate main 1"])
            #expect(story.notes.contains { $0.reason == "FailedPreStopHook" } == !isGood)
            story.after(5)
            #expect(story.look() == [])
            story.after(1)
            #expect(story.look() == ["kill main 1"])
        }
    }

    @Test("a pre-stop hook that takes all the time leaves two seconds, as the kubelet does")
    func preStopHangs() {
        var story = PodStory(.asked(hooks: ContainerHooks(preStop: ask), grace: 10))
        story.wake()
        story.runs()
        _ = story.look()
        story.take(story.pod.delete(at: story.now))
        story.after(10)
        #expect(story.look() == ["preStop main 1", "terminate main 1"])
        story.after(1)
        #expect(story.look() == [])
        story.after(1)
        #expect(story.look() == ["kill main 1"])
        // Late, and no news.
        story.answers(.preStop, true)
        #expect(story.look() == [])
    }

    @Test("a sleep before the end is cut to the grace")
    func preStopSleeps() {
        for (sleep, asked) in [(3, 3), (60, 10)] as [(Int64, Int64)] {
            var story = PodStory(
                .asked(hooks: ContainerHooks(preStop: .sleep(seconds: sleep)), grace: 10)
            )
            story.wake()
            story.runs()
            _ = story.look()
            story.take(story.pod.delete(at: story.now))
            story.after(asked - 1)
            #expect(story.look() == [])
            story.after(1)
            #expect(story.look() == ["terminate main 1"])
            #expect(story.notes.allSatisfy { $0.reason != "FailedPreStopHook" })
        }
    }

    @Test("a grace of zero waits for no hook, also when it comes later")
    func noGrace() {
        var story = PodStory(.asked(hooks: ContainerHooks(preStop: ask)))
        story.wake()
        story.runs()
        _ = story.look()
        story.take(story.pod.delete(at: story.now))
        story.take(story.pod.delete(graceSeconds: 0, at: story.now))
        #expect(story.look() == ["preStop main 1", "kill main 1"])
        var other = PodStory(.asked(hooks: ContainerHooks(preStop: ask)))
        other.wake()
        other.runs()
        _ = other.look()
        other.take(other.pod.delete(graceSeconds: 0, at: other.now))
        #expect(other.look() == ["kill main 1"])
    }

    @Test(
        "a container that ends by itself, or is sick, has no post-stop; the sick one has its hook"
    )
    func own() {
        var story = PodStory(
            .asked(liveness: .every(10, failures: 1), hooks: ContainerHooks(preStop: ask))
        )
        story.wake()
        story.runs()
        _ = story.look()
        story.exits(1)
        #expect(story.look() == ["image main"])
        story.runs()
        _ = story.look()
        story.answers(.liveness, false)
        #expect(story.look() == ["preStop main 2"])
        story.exits(1)
        story.answers(.preStop, true)
        #expect(story.look() == [])
    }

    @Test("a hook that was being carried out when the daemon ended is carried out again")
    func recorded() throws {
        var story = PodStory(.asked(hooks: ContainerHooks(postStart: ask)))
        story.wake()
        story.runs()
        var next = try PodLifecycle(
            story.pod.pod,
            record: story.pod.record(bootID: "b"),
            status: story.pod.status,
            bootID: "b"
        )
        let found = ContainerLifecycle.Event.found(attempt: 1, startedAt: story.now.wall)
        let actions = next.handle(found, of: "main", at: story.now)
        #expect(actions.count == 1)
        #expect(next.status.containerStatuses.first?.ready == false)
    }
}
