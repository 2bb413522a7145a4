import KubeModel
import Testing

@testable import Lifecycle

// Goal: pods begin, go on and end as Kubernetes says. Method: scripts; time is a number.
@Suite("A pod's life")
struct PodStoryTests {
    @Test("init containers run one after another, and only then the others side by side")
    func initOrder() {
        var story = PodStory(.made(["a", "b"], inits: ["first", "second"]))
        story.wake()
        #expect(story.look() == ["image first"])
        #expect(story.shown("a") == "PodInitializing")
        story.runs("first")
        #expect(story.pod.status.phase == .pending)
        #expect(!story.holds("Initialized"))
        story.exits(0, "first")
        #expect(story.look() == ["start first 1", "image second"])
        story.runs("second")
        story.exits(0, "second")
        #expect(story.holds("Initialized"))
        #expect(story.look() == ["start second 1", "image a", "image b"])
    }

    @Test("an init container that fails is tried again, unless the policy is Never")
    func initFails() {
        for policy in RestartPolicy.allCases {
            var story = PodStory(.made(inits: ["first"], policy: policy))
            story.wake()
            story.runs("first")
            story.exits(1, "first")
            #expect(story.pod.status.phase == (policy == .never ? .failed : .pending))
            #expect(story.look().last == (policy == .never ? "start first 1" : "image first"))
        }
    }

    @Test("a sidecar only has to run for the next to start, and ends when the work is done")
    func sidecar() {
        var story = PodStory(.made(sidecars: ["log"], policy: .never))
        story.wake()
        #expect(story.look() == ["image log"])
        story.runs("log")
        #expect(story.look() == ["start log 1", "image main"])
        story.runs()
        story.exits(0)
        #expect(story.look() == ["start main 1", "terminate log 1"])
        story.exits(143, "log")
        #expect(story.pod.status.phase == .succeeded)
        #expect(story.look() == [])
    }

    @Test("a deletion asks, waits out the grace and no longer, kills, and then removes")
    func deletion() {
        var story = PodStory(.made(grace: 5))
        story.wake()
        story.runs()
        _ = story.look()
        story.take(story.pod.delete(at: story.now))
        #expect(story.look() == ["terminate main 1"])
        #expect(story.shown() == "Running")
        #expect(!story.holds("Ready"))
        story.after(4)
        #expect(story.look() == [])
        story.after(1)
        #expect(story.look() == ["kill main 1"])
        story.after(10)
        #expect(story.look() == ["kill main 1"])
        story.exits(137)
        #expect(story.look() == ["remove"])
        #expect(story.pod.hasEnded)
        #expect(story.pod.status.phase == .failed)
        story.after(100)
        #expect(story.look() == [])
    }

    @Test("a grace of zero kills at once, and a second request only shortens")
    func shorterGrace() {
        var story = PodStory(.made())
        story.wake()
        story.runs()
        _ = story.look()
        story.take(story.pod.delete(graceSeconds: 60, at: story.now))
        story.take(story.pod.delete(graceSeconds: 90, at: story.now))
        story.take(story.pod.delete(graceSeconds: 0, at: story.now))
        #expect(story.look() == ["terminate main 1", "kill main 1"])
        story.exits(0)
        #expect(story.look() == ["remove"])
        #expect(story.pod.status.phase == .succeeded)
    }

    @Test("a stop that arrives while the process is starting is not lost")
    func stopWhileStarting() {
        var story = PodStory(.made())
        story.wake()
        story.happens(.imageReady(imageID: ""))
        story.take(story.pod.delete(at: story.now))
        #expect(story.look() == ["image main", "start main 1"])
        story.happens(.started(attempt: 1, at: story.now.wall))
        #expect(story.look() == ["terminate main 1"])
        story.exits(0)
        #expect(story.look() == ["remove"])
    }

    @Test("a deletion in any waiting state ends at once")
    func stopWhileWaiting() {
        var story = PodStory(.made())
        story.wake()
        story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "")))
        _ = story.look()
        story.take(story.pod.delete(at: story.now))
        #expect(story.look() == ["remove"])
        story.happens(.imageReady(imageID: ""))
        #expect(story.look() == [])
    }

    @Test("a newer version replaces only the containers whose spec has changed")
    func update() {
        var story = PodStory(.made(["a", "b"], grace: 5))
        story.wake()
        story.runs("a")
        story.runs("b")
        _ = story.look()
        var newer = Pod.made(["a", "b"], grace: 5, version: "2")
        newer.spec.containers[1].image = "oci:b:2"
        story.take(story.pod.update(newer, at: story.now))
        #expect(story.look() == ["image b"])
        story.happens(.imageReady(imageID: "oci:b:2"), "b")
        #expect(story.look() == ["terminate b 1"])
        story.exits(143, "b")
        #expect(story.look() == ["image b"])
        story.runs("b")
        #expect(story.look() == ["start b 2"])
        #expect(story.status("a")?.restartCount == 0)
        #expect(story.status("b")?.restartCount == 1)
        story.take(story.pod.update(newer, at: story.now))
        #expect(story.look() == [])
    }

    @Test("a newer version with fewer containers ends the ones that are gone")
    func fewer() {
        var story = PodStory(.made(["a", "b"]))
        story.wake()
        story.runs("a")
        story.runs("b")
        _ = story.look()
        story.take(story.pod.update(.made(["a"], version: "2"), at: story.now))
        #expect(story.look() == ["terminate b 1"])
        story.exits(0, "b")
        #expect(story.pod.containers.map(\.name) == ["a"])
        #expect(story.pod.status.containerStatuses.map(\.name) == ["a"])
    }

    @Test("a correction of the image ends the wait for the wrong one")
    func correction() {
        var story = PodStory(.made())
        story.wake()
        story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "")))
        _ = story.look()
        var newer = Pod.made(version: "2")
        newer.spec.containers[0].image = "oci:main:2"
        story.take(story.pod.update(newer, at: story.now))
        #expect(story.look() == ["image main"])
        #expect(story.shown() == "ContainerCreating")
    }

    @Test("times of conditions stay while nothing changes")
    func transitions() {
        var story = PodStory(.made())
        story.wake()
        story.after(7)
        story.runs()
        let ready = story.pod.status.condition("Ready")?.lastTransitionTime
        story.after(7)
        #expect(story.pod.status.condition("Ready")?.lastTransitionTime == ready)
        #expect(ready == PodStory.moment(7_000_000_000).wall)
        #expect(
            story.pod.status.condition("PodScheduled")?.lastTransitionTime
                == PodStory.moment(0).wall
        )
    }

    @Test("a finished pod says so in its conditions")
    func completed() {
        var story = PodStory(.made(policy: .never))
        story.wake()
        story.runs()
        story.exits(0)
        #expect(story.pod.status.condition("Ready")?.reason == "PodCompleted")
        #expect(story.pod.status.condition("Ready")?.status == .no)
        #expect(story.pod.status.condition("Initialized")?.status == .yes)
        #expect(story.pod.wakeAt == nil)
    }
}
