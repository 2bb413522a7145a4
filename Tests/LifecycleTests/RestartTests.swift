import KubeModel
import Testing

@testable import Lifecycle

// Goal: a restart that somebody asks for is one clean stop and one start. Method: scripts.
@Suite("A restart that was asked for")
struct RestartTests {
    @Test("only the named container stops in good order and starts again, whatever its policy")
    func named() {
        var story = PodStory(.made(["a", "b"], policy: .never, grace: 5))
        story.wake()
        story.runs("a")
        story.runs("b")
        _ = story.look()
        story.take(story.pod.restart(["b"], at: story.now))
        #expect(story.look() == ["terminate b 1"])
        story.exits(0, "b")
        #expect(story.look() == ["image b"])
        story.runs("b")
        #expect(story.look() == ["start b 2"])
        #expect(story.status("a")?.restartCount == 0)
        #expect(story.status("b")?.restartCount == 1)
    }

    @Test("one that waits in its back-off tries at once")
    func backingOff() {
        var story = PodStory(.made())
        story.wake()
        story.runs()
        for _ in 0..<3 {
            story.exits(1)
            story.after(400)
            story.runs()
        }
        story.exits(1)
        _ = story.look()
        story.take(story.pod.restart(["main"], at: story.now))
        #expect(story.look() == ["image main"])
    }

    @Test("what has ended for good stays so, and a pod that is to go goes")
    func over() {
        var done = PodStory(.made(policy: .never))
        done.wake()
        done.runs()
        done.exits(0)
        _ = done.look()
        done.take(done.pod.restart(["main"], at: done.now))
        #expect(done.look() == [])

        var going = PodStory(.made())
        going.wake()
        going.runs()
        going.take(going.pod.delete(at: going.now))
        _ = going.look()
        going.take(going.pod.restart(["main"], at: going.now))
        #expect(going.look() == [])
        going.exits(143)
        #expect(going.look() == ["remove"])
    }
}
