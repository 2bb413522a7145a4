import Lifecycle
import Synchronization
import Testing

@testable import Supervisor

// Goal: what pods ask for in advance is fetched once, and what fails is tried again as patiently as a
// pod's own image. Method: a script of looks with a clock and a source that do as they are told.
@Suite("Pre-pulls")
struct PrePullerTests {
    final class Script: Sendable {
        let wanted = Mutex<Set<String>>([])
        let failing = Mutex<Set<String>>([])
        let pulls = Mutex<[String]>([])
        let seconds = Mutex<Int64>(0)

        var puller: PrePuller {
            PrePuller(
                wanted: { self.wanted.withLock { $0 } },
                pull: { reference async throws(ImageProblem) in
                    self.pulls.withLock { $0.append(reference) }
                    if self.failing.withLock({ $0.contains(reference) }) {
                        throw .unavailable("no link")
                    }
                },
                now: { self.seconds.withLock { $0 } * 1_000_000_000 }
            )
        }

        /// What a look at that time pulls.
        func look(_ puller: PrePuller, at seconds: Int64) async -> [String] {
            self.seconds.withLock { $0 = seconds }
            pulls.withLock { $0 = [] }
            await puller.look()
            return pulls.withLock { $0 }
        }
    }

    @Test("each image is fetched once, and again when it was not wanted in between")
    func once() async {
        let script = Script()
        let puller = script.puller
        #expect(await script.look(puller, at: 0) == [])
        script.wanted.withLock { $0 = ["b", "a"] }
        #expect(await script.look(puller, at: 10) == ["a", "b"])
        #expect(await script.look(puller, at: 20) == [])
        script.wanted.withLock { $0 = ["b"] }
        #expect(await script.look(puller, at: 30) == [])
        script.wanted.withLock { $0 = ["a", "b"] }
        #expect(await script.look(puller, at: 40) == ["a"])
    }

    @Test("one that fails waits 10 s, 20 s, 40 s, …, and holds up no other")
    func backOff() async {
        let script = Script()
        let puller = script.puller
        script.wanted.withLock { $0 = ["bad", "good"] }
        script.failing.withLock { $0 = ["bad"] }
        #expect(await script.look(puller, at: 0) == ["bad", "good"])
        #expect(await script.look(puller, at: 9) == [])
        #expect(await script.look(puller, at: 10) == ["bad"])
        #expect(await script.look(puller, at: 29) == [])
        #expect(await script.look(puller, at: 30) == ["bad"])
        #expect(await script.look(puller, at: 69) == [])
        script.failing.withLock { $0 = [] }
        #expect(await script.look(puller, at: 70) == ["bad"])
        #expect(await script.look(puller, at: 100_000) == [])
    }
}
