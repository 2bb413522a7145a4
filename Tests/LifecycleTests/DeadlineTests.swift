import KubeModel
import Testing

@testable import Lifecycle

// Goal: a pod ends when its time or its tries are over. Method: scripts; time is a number.
@Suite("Limits of a pod's life")
struct DeadlineTests {
    private func limited(_ seconds: Int64, policy: RestartPolicy = .always) -> Pod {
        var pod = Pod.made(policy: policy, grace: 5)
        pod.spec.activeDeadlineSeconds = seconds
        return pod
    }

    private func tried(_ limit: String, _ policy: RestartPolicy) -> Pod {
        var pod = Pod.made(policy: policy)
        pod.metadata.annotations[PodAnnotations.backoffLimit] = limit
        return pod
    }

    @Test("a pod fails with DeadlineExceeded, not a second earlier, and runs no more")
    func deadline() {
        var story = PodStory(limited(60))
        story.wake()
        story.after(10)
        story.runs()
        _ = story.look()
        #expect(story.pod.wakeAt == 60_000_000_000)
        story.after(49)
        #expect(story.look() == [])
        story.after(1)
        #expect(story.look() == ["terminate main 1"])
        story.exits(0)
        #expect(story.pod.status.phase == .failed)
        #expect(story.pod.status.reason == "DeadlineExceeded")
        #expect(
            story.pod.status.message
                == "Pod was active on the node longer than the specified deadline"
        )
        #expect(story.notes.contains { $0.reason == "DeadlineExceeded" })
        story.after(600)
        #expect(story.look() == [] && story.pod.wakeAt == nil)
    }

    @Test("what is done before its deadline has nothing to do with it")
    func done() {
        var story = PodStory(limited(60, policy: .never))
        story.wake()
        story.runs()
        story.exits(0)
        story.after(100)
        #expect(story.pod.status.phase == .succeeded && story.pod.status.reason == nil)
        #expect(story.pod.wakeAt == nil)
    }

    @Test("a newer version may move the deadline")
    func moved() {
        var story = PodStory(limited(60))
        story.wake()
        story.runs()
        var newer = limited(90)
        newer.metadata.resourceVersion = "2"
        story.take(story.pod.update(newer, at: story.now))
        story.after(60)
        #expect(story.pod.status.reason == nil)
        story.after(30)
        #expect(story.pod.status.reason == "DeadlineExceeded")
    }

    @Test("the time goes on counting in the next life of the daemon", arguments: [true, false])
    func restarted(isReboot: Bool) throws {
        var story = PodStory(limited(60))
        story.wake()
        story.after(40)
        story.runs()
        var next = try PodLifecycle(
            story.pod.pod,
            record: story.pod.record(bootID: "boot-1"),
            status: story.pod.status,
            bootID: isReboot ? "boot-2" : "boot-1"
        )
        // The clock of another boot begins at nought.
        let start: Int64 = isReboot ? 0 : 45_000_000_000
        _ = next.settle(at: PodStory.moment(start))
        let left: Int64 = isReboot ? 20_000_000_000 : 15_000_000_000
        _ = next.wake(at: PodStory.moment(start + left - 1))
        #expect(next.verdict == nil)
        _ = next.wake(at: PodStory.moment(start + left))
        #expect(next.verdict?.reason == "DeadlineExceeded")
    }

    @Test(
        "a container is tried as often as its annotation says, also with Never",
        arguments: [RestartPolicy.onFailure, .never],
        [0, 1, 3]
    )
    func backoffLimit(policy: RestartPolicy, limit: Int) {
        var story = PodStory(tried("\(limit)", policy))
        story.wake()
        for number in 0...limit {
            story.runs()
            #expect(story.status()?.restartCount == Int64(number))
            #expect(story.pod.verdict == nil)
            story.exits(1)
            story.after(300)
        }
        #expect(story.pod.status.phase == .failed)
        #expect(story.pod.status.reason == "BackoffLimitExceeded")
        _ = story.look()
        story.after(600)
        #expect(story.look() == [])
    }

    @Test("a success within the limit is a success")
    func succeeds() {
        var story = PodStory(tried("2", .onFailure))
        story.wake()
        story.runs()
        story.exits(1)
        story.runs()
        story.exits(0)
        #expect(story.pod.status.phase == .succeeded && story.pod.status.reason == nil)
    }

    @Test("tries are counted over a restart of the daemon, and a reboot is none")
    func counted() throws {
        var story = PodStory(tried("1", .onFailure))
        story.wake()
        story.runs()
        story.exits(1)
        story.runs()
        var next = try PodLifecycle(
            story.pod.pod,
            record: story.pod.record(bootID: "b"),
            status: story.pod.status,
            bootID: "b"
        )
        let cut = ContainerState.Termination(exitCode: 137, reason: "Error")
        _ = next.handle(
            .exited(attempt: 2, .init(cut, isReboot: true)),
            of: "main",
            at: story.now
        )
        #expect(next.verdict == nil)
        _ = next.handle(.imageReady(imageID: ""), of: "main", at: story.now)
        _ = next.handle(.started(attempt: 3, at: story.now.wall), of: "main", at: story.now)
        _ = next.handle(.exited(attempt: 3, .init(cut)), of: "main", at: story.now)
        #expect(next.verdict?.reason == "BackoffLimitExceeded")
    }

    @Test("the back-off of a crash loop goes on over a restart of the daemon, not over a reboot")
    func backOff() throws {
        var story = PodStory(.made())
        story.wake()
        for _ in 1...3 {
            story.runs()
            story.exits(1)
            story.after(0)
            if story.shown() == "CrashLoopBackOff" { break }
        }
        let until = try #require(story.pod.wakeAt)
        for (bootID, wait) in [("b", until), ("c", 0)] {
            let next = try PodLifecycle(
                story.pod.pod,
                record: story.pod.record(bootID: "b"),
                status: story.pod.status,
                bootID: bootID
            )
            #expect(next.wakeAt == wait)
        }
    }
}
