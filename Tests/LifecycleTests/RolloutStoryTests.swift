import Documents
import KubeModel
import Testing

@testable import Lifecycle

// Goal: a new version takes over without a gap, or the last good one comes back. Method: scripts.
@Suite("New versions of a pod")
struct RolloutStoryTests {
    private func version(
        _ version: String,
        image: String,
        deadline: String? = "60",
        probe: Probe? = nil
    ) -> Pod {
        var pod = Pod.made(grace: 5, version: version)
        pod.spec.containers[0].image = image
        pod.spec.containers[0].readinessProbe = probe
        pod.metadata.annotations[PodAnnotations.progressDeadline] = deadline
        return pod
    }

    private func running(_ pod: Pod) -> PodStory {
        var story = PodStory(pod)
        story.wake()
        story.runs()
        _ = story.look()
        return story
    }

    private func restored(
        _ story: PodStory,
        _ pod: Pod,
        bootID: String = "boot-1"
    ) throws -> PodLifecycle {
        try PodLifecycle(
            pod,
            record: Document(json: story.pod.record(bootID: "boot-1").json()),
            status: story.pod.status,
            bootID: bootID
        )
    }

    @Test("the old container runs until the new image is there")
    func pulledFirst() {
        var story = running(version("1", image: "a:1"))
        story.take(story.pod.update(version("2", image: "a:2"), at: story.now))
        #expect(story.look() == ["image main"])
        #expect(story.holds("Ready") && story.shown() == "Running")
        story.happens(.imageReady(imageID: "a:2@sha256:1"))
        #expect(story.look() == ["terminate main 1"])
        story.exits(143)
        #expect(story.look() == ["image main"])
        story.runs()
        #expect(story.look() == ["start main 2"])
        #expect(story.status()?.imageID == "sha256:0")
    }

    @Test("an image that cannot be had leaves the old container alone, and is tried ever later")
    func notPulled() {
        var story = running(version("1", image: "a:1", deadline: nil))
        story.take(story.pod.update(version("2", image: "a:2", deadline: nil), at: story.now))
        _ = story.look()
        for wait in [10, 20, 40] as [Int64] {
            story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "no link")))
            #expect(story.notes.last?.reason == "Failed")
            #expect(story.holds("Ready"))
            story.after(wait - 1)
            #expect(story.look() == [])
            story.after(1)
            #expect(story.look() == ["image main"])
        }
        // It ends by itself: then the next run is one of the new version.
        story.exits(1)
        #expect(story.look() == ["image main"])
    }

    @Test("a change of the change, or its withdrawal, is not held up by the first one's image")
    func changedAgain() {
        var story = running(version("1", image: "a:1"))
        story.take(story.pod.update(version("2", image: "a:2"), at: story.now))
        story.take(story.pod.update(version("3", image: "a:1"), at: story.now))
        _ = story.look()
        story.happens(.imageReady(imageID: "late"))
        #expect(story.look() == [])
        #expect(story.shown() == "Running" && story.status()?.restartCount == 0)
        story.after(10)
        #expect(story.pod.wakeAt == nil)
    }

    @Test("a version that is not ready in time gives way to the last good one, and says so")
    func rollsBack() {
        var story = running(version("1", image: "a:1"))
        let bad = version("2", image: "a:2", probe: .every(10))
        story.take(story.pod.update(bad, at: story.now))
        story.happens(.imageReady(imageID: ""))
        story.exits(143)
        story.runs()
        story.answers(.readiness, false)
        _ = story.look()
        #expect(story.pod.versionToGoBackTo?.spec.containers[0].image == "a:1")
        story.after(59)
        #expect(!story.look().contains("terminate main 2"))
        #expect(!story.holds("swiftlet.dev/RolledBack"))
        story.after(1)
        // The old image is looked for while the bad version still runs.
        #expect(story.look() == ["image main"])
        let note = story.notes.last { $0.reason == "RolledBack" }
        #expect(
            note?.message == "version 2 was not ready within 60 s; version 1 runs again"
        )
        story.happens(.imageReady(imageID: "a:1"))
        #expect(story.look() == ["terminate main 2"])
        story.exits(143)
        story.runs()
        #expect(story.holds("Ready") && story.holds("swiftlet.dev/RolledBack"))
        let condition = story.pod.status.condition("swiftlet.dev/RolledBack")
        #expect(condition?.reason == "ProgressDeadlineExceeded")
        #expect(condition?.message == note?.message)
        #expect(story.pod.pod.spec.containers[0].image == "a:1")
        // The status answers the version that was sent.
        #expect(story.pod.pod.metadata.resourceVersion == "2")
        _ = story.look()
        story.take(story.pod.update(bad, at: story.now))
        story.after(1_000)
        #expect(story.look() == [])
        // A third version is a new chance.
        story.take(story.pod.update(version("3", image: "a:3"), at: story.now))
        #expect(story.look() == ["image main"])
        #expect(!story.holds("swiftlet.dev/RolledBack"))
    }

    @Test("a version whose image never comes is given up too, and nothing was interrupted")
    func neverPulled() {
        var story = running(version("1", image: "a:1"))
        story.take(story.pod.update(version("2", image: "a:2"), at: story.now))
        story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "no link")))
        story.after(60)
        #expect(story.holds("swiftlet.dev/RolledBack") && story.holds("Ready"))
        #expect(story.status()?.restartCount == 0 && story.shown() == "Running")
        #expect(story.pod.wakeAt == nil)
    }

    @Test("a version that becomes ready is the one to go back to from then on")
    func good() {
        var story = running(version("1", image: "a:1"))
        for number in 2...4 {
            story.take(
                story.pod.update(version("\(number)", image: "a:\(number)"), at: story.now)
            )
            story.happens(.imageReady(imageID: ""))
            story.exits(143)
            story.runs()
            #expect(story.holds("Ready"))
            story.after(9)
            #expect(story.pod.versionToGoBackTo?.metadata.resourceVersion == "\(number - 1)")
            story.after(1)
            #expect(story.pod.versionToGoBackTo?.metadata.resourceVersion == "\(number)")
        }
        story.after(1_000)
        #expect(!story.holds("swiftlet.dev/RolledBack"))
    }

    @Test("an answer about the image of a version in between ends nothing and fails nothing")
    func staleImage() {
        var story = running(version("1", image: "a:1"))
        story.take(story.pod.update(version("2", image: "a:2"), at: story.now))
        story.take(story.pod.update(version("3", image: "a:3"), at: story.now))
        _ = story.look()
        story.happens(.imageReady(imageID: "two", of: "a:2"))
        story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "gone"), of: "a:2"))
        #expect(story.look() == [] && story.shown() == "Running")
        #expect(story.notes.last?.reason != "Failed")
        story.happens(.imageReady(imageID: "three", of: "a:3"))
        #expect(story.look() == ["terminate main 1"])
        story.exits(143)
        story.happens(.imageReady(imageID: "two", of: "a:2"))
        #expect(story.look() == ["image main"])
        story.happens(.imageReady(imageID: "three", of: "a:3"))
        #expect(story.look() == ["start main 2"])
        #expect(story.status()?.imageID == "three")
    }

    @Test("a version that starts, is ready at once and crashes is not good")
    func crashesWhenReady() {
        var story = running(version("1", image: "a:1"))
        story.after(10)
        story.take(story.pod.update(version("2", image: "a:2"), at: story.now))
        story.happens(.imageReady(imageID: ""))
        story.exits(143)
        for _ in 0..<8 where !story.holds("swiftlet.dev/RolledBack") {
            story.runs()
            story.after(1)
            #expect(story.pod.versionToGoBackTo?.metadata.resourceVersion == "1")
            story.exits(1)
            story.after(9)
        }
        #expect(story.holds("swiftlet.dev/RolledBack"))
        #expect(story.pod.pod.spec.containers[0].image == "a:1")
    }

    @Test("one that has become ready at the last moment has its ten seconds all the same")
    func readyAtTheLastMoment() {
        var story = running(version("1", image: "a:1"))
        story.take(story.pod.update(version("2", image: "a:2"), at: story.now))
        story.happens(.imageReady(imageID: ""))
        story.exits(143)
        story.after(59)
        story.runs()
        story.after(9)
        #expect(story.pod.wakeAt == 69_000_000_000)
        story.after(1)
        #expect(!story.holds("swiftlet.dev/RolledBack"))
        #expect(story.pod.versionToGoBackTo?.metadata.resourceVersion == "2")
        #expect(story.pod.wakeAt == nil)
    }

    @Test("a version that came while the daemon was away is not good because the old one serves")
    func cameWhileAway() throws {
        var story = running(version("1", image: "a:1"))
        story.after(10)
        let newer = version("2", image: "a:2")
        var next = try restored(story, newer)
        _ = next.handle(.found(attempt: 1, startedAt: story.now.wall), of: "main", at: story.now)
        #expect(next.versionToGoBackTo?.metadata.resourceVersion == "1")
        _ = next.settle(at: story.now)
        #expect(next.versionToGoBackTo?.metadata.resourceVersion == "1")
        #expect(next.wakeAt == 70_000_000_000)
    }

    @Test("a container that goes and comes again goes on counting", arguments: [true, false])
    func retired(isRestarted: Bool) throws {
        var story = PodStory(.made(["main", "extra"]))
        story.wake()
        story.runs("main")
        story.runs("extra")
        story.take(story.pod.update(.made(version: "2"), at: story.now))
        story.exits(143, "extra")
        #expect(story.pod.container("extra") == nil)
        let again = Pod.made(["main", "extra"], version: "3")
        if isRestarted {
            story.pod = try restored(story, again)
            story.take(story.pod.settle(at: story.now))
        } else {
            story.take(story.pod.update(again, at: story.now))
        }
        _ = story.look()
        story.runs("extra")
        #expect(story.look() == ["start extra 2"])
        #expect(story.status("extra")?.restartCount == 1)
    }

    @Test("the first version, and one without a deadline, have nothing to go back to")
    func nothingToGoBackTo() {
        var story = PodStory(version("1", image: "a:1", probe: .every(10)))
        story.wake()
        story.runs()
        story.after(600)
        #expect(!story.holds("swiftlet.dev/RolledBack"))
        var other = running(version("1", image: "a:1", deadline: nil))
        other.take(
            other.pod.update(
                version("2", image: "a:2", deadline: nil, probe: .every(10)),
                at: other.now
            )
        )
        other.happens(.imageReady(imageID: ""))
        other.exits(143)
        other.runs()
        other.after(600)
        #expect(!other.holds("swiftlet.dev/RolledBack"))
        #expect(other.pod.record(bootID: "b")["rollout"] == nil)
    }

    @Test(
        "a version under trial is tried on by the next life of the daemon",
        arguments: [true, false]
    )
    func restartedUnderTrial(isReboot: Bool) throws {
        var story = running(version("1", image: "a:1"))
        let bad = version("2", image: "a:2", probe: .every(10))
        story.take(story.pod.update(bad, at: story.now))
        story.happens(.imageReady(imageID: ""))
        story.exits(143)
        story.runs()
        story.after(30)
        var next = try restored(story, bad, bootID: isReboot ? "boot-2" : "boot-1")
        let wall = story.now.wall
        let later = PodStory.moment(isReboot ? 0 : story.nanoseconds)
        let event =
            isReboot
            ? ContainerLifecycle.Event.exited(
                attempt: 2,
                .init(.init(exitCode: 137, reason: "Error"), isReboot: true)
            ) : .found(attempt: 2, startedAt: wall)
        _ = next.handle(event, of: "main", at: later)
        _ = next.settle(at: later)
        // The same boot counts on; another begins anew.
        let left: Int64 = isReboot ? 60 : 30
        let end = later.monotonicNanoseconds + left * 1_000_000_000
        _ = next.wake(at: PodStory.moment(end - 1))
        #expect(next.status.condition("swiftlet.dev/RolledBack") == nil)
        _ = next.wake(at: PodStory.moment(end))
        #expect(next.status.condition("swiftlet.dev/RolledBack")?.status == .yes)
        #expect(next.pod.spec.containers[0].image == "a:1")
    }

    @Test("what was rolled back stays so over a reboot")
    func restartedAfterwards() throws {
        var story = running(version("1", image: "a:1"))
        let bad = version("2", image: "a:2")
        story.take(story.pod.update(bad, at: story.now))
        story.after(60)
        #expect(story.holds("swiftlet.dev/RolledBack"))
        for bootID in ["boot-1", "boot-2"] {
            var next = try restored(story, bad, bootID: bootID)
            _ = next.settle(at: story.now)
            #expect(next.pod.spec.containers[0].image == "a:1")
            #expect(next.pod.metadata.resourceVersion == "2")
            #expect(next.status.condition("swiftlet.dev/RolledBack")?.status == .yes)
            #expect(next.update(bad, at: story.now) == [])
        }
        var newer = try restored(story, version("3", image: "a:3"))
        _ = newer.settle(at: story.now)
        #expect(newer.pod.spec.containers[0].image == "a:3")
        #expect(newer.status.condition("swiftlet.dev/RolledBack") == nil)
        #expect(newer.versionToGoBackTo?.metadata.resourceVersion == "1")
    }

    @Test("a pull that was under way when the daemon ended is begun again")
    func restartedWhilePulling() throws {
        var story = running(version("1", image: "a:1"))
        let newer = version("2", image: "a:2")
        story.take(story.pod.update(newer, at: story.now))
        var next = try restored(story, newer)
        _ = next.handle(.found(attempt: 1, startedAt: story.now.wall), of: "main", at: story.now)
        let actions = next.settle(at: story.now)
        #expect(actions.contains(.container("main", .ensureImage)))
        #expect(!actions.contains(.container("main", .terminate(attempt: 1))))
    }

    @Test("a pod that goes wants neither the next version nor the last")
    func deleting() {
        var story = running(version("1", image: "a:1"))
        story.take(story.pod.update(version("2", image: "a:2"), at: story.now))
        story.take(story.pod.delete(at: story.now))
        _ = story.look()
        story.happens(.imageReady(imageID: ""))
        story.after(4)
        #expect(story.look() == [])
        #expect(story.pod.wakeAt == 5_000_000_000)
    }
}
