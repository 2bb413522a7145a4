import KubeModel
import Testing

@testable import Lifecycle

// Goal: pods end by priority within their times when the machine goes down, and begin again after it.
// Method: a script of a node with pods of three priorities.
@Suite("The machine goes down")
struct ShutdownTests {
    static let groups: [NodeShutdown.Group] = [
        .init(priority: PodPriority.critical, graceSeconds: 10),
        .init(priority: 0, graceSeconds: 20),
    ]

    static func running(_ pods: [Pod]) -> NodeStory {
        var story = NodeStory()
        story.want(pods)
        for pod in pods { story.runs(pod.metadata.uid) }
        _ = story.look()
        return story
    }

    static func advance(_ story: inout NodeStory, _ shutdown: inout NodeShutdown) {
        for (uid, verdict) in shutdown.advance(Array(story.node.pods.values), at: story.now)
            .sorted(by: { $0.0 < $1.0 })
        {
            story.take(story.node.fail(uid, verdict, at: story.now))
        }
    }

    @Test("the less important end first, and the critical ones when those have ended")
    func order() {
        var story = Self.running([
            .asking("a"), .asking("b", priority: -5), .asking("c", priority: PodPriority.critical),
            .asking("s", isStatic: true),
        ])
        var shutdown = NodeShutdown(groups: Self.groups)
        #expect(shutdown.graceSeconds == 30)
        Self.advance(&story, &shutdown)
        #expect(story.look() == ["terminate a", "terminate b"])
        #expect(shutdown.wakeAt == 20_000_000_000)
        #expect(story.status("a")?.reason == "Terminated")
        #expect(
            story.status("a")?.message
                == "Pod was terminated in response to imminent node shutdown."
        )
        story.exits("a")
        #expect(story.status("a")?.phase == .failed)
        Self.advance(&story, &shutdown)
        #expect(story.look() == [])
        story.exits("b")
        Self.advance(&story, &shutdown)
        #expect(story.look() == ["terminate c", "terminate s"])
        story.exits("c")
        story.exits("s")
        Self.advance(&story, &shutdown)
        #expect(shutdown.wakeAt == nil)
    }

    @Test("a group that does not end holds the next one up for its time only")
    func stuck() {
        var story = Self.running([.asking("a"), .asking("c", priority: PodPriority.critical)])
        var shutdown = NodeShutdown(groups: Self.groups)
        Self.advance(&story, &shutdown)
        story.nanoseconds = 19_999_999_999
        Self.advance(&story, &shutdown)
        #expect(story.look() == ["terminate a"])
        story.nanoseconds = 20_000_000_000
        story.take(story.node.wake("a", at: story.now))
        Self.advance(&story, &shutdown)
        #expect(story.look() == ["kill a", "terminate c"])
        story.nanoseconds = 30_000_000_000
        Self.advance(&story, &shutdown)
        #expect(shutdown.wakeAt == nil)
    }

    @Test("a node without pods is down at once")
    func empty() {
        var shutdown = NodeShutdown(groups: Self.groups)
        #expect(shutdown.advance([], at: PodStory.moment(0)).isEmpty)
        #expect(shutdown.wakeAt == nil)
    }

    @Test("after the reboot the pods begin again, those that run once stay as they ended")
    func again() throws {
        let pods: [Pod] = [
            .asking("always"), .asking("failed", policy: .onFailure),
            .asking("once", policy: .never),
        ]
        var story = Self.running(pods)
        var shutdown = NodeShutdown(groups: Self.groups)
        Self.advance(&story, &shutdown)
        for pod in pods { story.exits(pod.metadata.uid) }
        #expect(pods.allSatisfy { story.status($0.metadata.uid)?.phase == .failed })
        var next = NodeStory()
        for pod in pods {
            next.node.restore(try #require(try story.restored(pod.metadata.uid)))
            next.take(next.node.settle(pod.metadata.uid, at: next.now))
        }
        next.want(pods)
        #expect(next.look() == ["image always", "image failed"])
        #expect(next.status("always")?.reason == nil)
        #expect(next.status("always")?.message == nil)
        #expect(next.status("always")?.condition("DisruptionTarget") == nil)
        #expect(next.status("once")?.phase == .failed)
    }

    @Test("one that has ended, or is to go, is not judged")
    func spared() {
        var story = Self.running([.asking("done", policy: .never), .asking("going")])
        story.exits("done", 0)
        story.want([.asking("done", policy: .never)])
        _ = story.look()
        var shutdown = NodeShutdown(groups: Self.groups)
        Self.advance(&story, &shutdown)
        #expect(story.status("done")?.phase == .succeeded)
        #expect(story.status("going")?.reason == nil)
        #expect(story.look() == [])
    }
}
