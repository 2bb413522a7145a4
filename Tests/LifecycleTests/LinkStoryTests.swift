import KubeModel
import Testing

@testable import Lifecycle

// Goal: a network that is back is used soon, by those who wait for it and nobody else. Method: stories.
@Suite("A network that comes back")
struct LinkStoryTests {
    private static let second: Int64 = 1_000_000_000

    private func failing(_ reason: String, times: Int) -> PodStory {
        var story = PodStory(.made())
        story.wake()
        for _ in 0..<times {
            story.happens(.imageFailed(.init(reason: reason, message: "no link")))
            story.after(300)
        }
        story.happens(.imageFailed(.init(reason: reason, message: "no link")))
        _ = story.look()
        return story
    }

    @Test("a pull that would wait for minutes is tried at the time that is said, and no earlier")
    func shortened() {
        var story = failing("ErrImagePull", times: 5)
        let isShorter = story.pod.linkReturned(
            retryingAt: story.now.monotonicNanoseconds + 3 * Self.second
        )
        #expect(isShorter)
        story.after(2)
        #expect(story.look() == [])
        story.after(1)
        #expect(story.look() == ["image main"])
        // It failed again: the waits go on from where they were.
        story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "no link")))
        story.after(299)
        #expect(story.look() == [])
        story.after(1)
        #expect(story.look() == ["image main"])
    }

    @Test("a wait is never made longer")
    func neverLonger() {
        var story = failing("ErrImagePull", times: 0)
        let later = story.now.monotonicNanoseconds + 60 * Self.second
        let isShorter = story.pod.linkReturned(retryingAt: later)
        #expect(!isShorter)
        story.after(10)
        #expect(story.look() == ["image main"])
    }

    @Test(
        "what is not the network's fault waits as before",
        arguments: ["ErrImageNeverPull", "InvalidImageName", "CreateContainerError"]
    )
    func otherReasons(reason: String) {
        var story = failing(reason, times: 5)
        let isShorter = story.pod.linkReturned(retryingAt: story.now.monotonicNanoseconds)
        #expect(!isShorter)
        story.after(299)
        #expect(story.look() == [])
    }

    @Test("the image of a new version beside a running old one is tried too")
    func upgrade() throws {
        var story = PodStory(.made())
        story.wake()
        story.runs()
        var newer = story.pod.pod
        newer.metadata.resourceVersion = "2"
        newer.spec.containers[0].image = "another:1"
        story.take(story.pod.update(newer, at: story.now))
        for _ in 0..<6 {
            story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "no link")))
            story.after(300)
        }
        story.happens(.imageFailed(.init(reason: "ErrImagePull", message: "no link")))
        _ = story.look()
        let soon = story.now.monotonicNanoseconds + Self.second
        let isShorter = story.pod.linkReturned(retryingAt: soon)
        #expect(isShorter)
        story.after(1)
        #expect(story.look() == ["image main"])
        #expect(story.shown() == "Running")
    }

    @Test("of a node's pods those are named that wait for an image")
    func node() {
        var story = NodeStory()
        story.want([
            .asking("a-1", [:], priority: 0, policy: .always),
            .asking("b-1", [:], priority: 0, policy: .always),
        ])
        story.runs("a-1")
        let problem = ContainerLifecycle.Problem(reason: "ErrImagePull", message: "no link")
        story.take(story.node.handle(.imageFailed(problem), of: "main", in: "b-1", at: story.now))
        let uids = (0..<2).map { _ in
            story.node.linkReturned(retryingAt: story.now.monotonicNanoseconds)
        }
        #expect(uids == [["b-1"], []])
        _ = story.look()
        story.take(story.node.wake("b-1", at: story.now))
        #expect(story.look() == ["image b-1"])
    }
}
