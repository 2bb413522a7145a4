import KubeModel
import TestKit
import Testing

@testable import Lifecycle

// Goal: pods go in the kubelet's order, when a threshold says so and not sooner. Method: measurements
// from a table, time from the test.
@Suite("Eviction when the node runs short")
struct EvictionTests {
    static func reading(_ signal: EvictionSignal = .memory, _ available: Int64) -> NodeReading {
        NodeReading([signal: .init(available: available, capacity: 1_000)])
    }

    static func at(_ seconds: Int64) -> Moment { PodStory.moment(seconds * 1_000_000_000) }

    @Test("a hard threshold counts at once, and the condition stays for the transition period")
    func hard() {
        var eviction = NodeEviction(
            .init(thresholds: [EvictionThreshold(.memory, .percent(10))], transitionSeconds: 300)
        )
        #expect(eviction.look(Self.reading(.memory, 100), at: Self.at(0)) == nil)
        #expect(eviction.pressures == [])
        let shortage = eviction.look(Self.reading(.memory, 99), at: Self.at(10))
        #expect(shortage?.quantity == 100)
        #expect(shortage?.available == 99)
        #expect(eviction.pressures == [.memory])
        #expect(eviction.look(Self.reading(.memory, 500), at: Self.at(20)) == nil)
        #expect(eviction.pressures == [.memory])
        #expect(eviction.look(Self.reading(.memory, 500), at: Self.at(309)) == nil)
        #expect(eviction.pressures == [.memory])
        #expect(eviction.look(Self.reading(.memory, 500), at: Self.at(310)) == nil)
        #expect(eviction.pressures == [])
    }

    @Test("a soft one shows at once and counts after its grace, if it was crossed all the while")
    func soft() {
        var eviction = NodeEviction(
            .init(thresholds: [EvictionThreshold(.nodeDisk, .count(200), graceSeconds: 60)])
        )
        #expect(eviction.look(Self.reading(.nodeDisk, 150), at: Self.at(0)) == nil)
        #expect(eviction.pressures == [.disk])
        #expect(eviction.look(Self.reading(.nodeDisk, 250), at: Self.at(30)) == nil)
        #expect(eviction.look(Self.reading(.nodeDisk, 150), at: Self.at(40)) == nil)
        #expect(eviction.look(Self.reading(.nodeDisk, 150), at: Self.at(99)) == nil)
        #expect(eviction.look(Self.reading(.nodeDisk, 150), at: Self.at(100)) != nil)
    }

    @Test("what was crossed stays so until the minimum is reclaimed")
    func reclaim() {
        let threshold = EvictionThreshold(.memory, .count(100), minimumReclaim: .count(50))
        var eviction = NodeEviction(.init(thresholds: [threshold]))
        #expect(eviction.look(Self.reading(.memory, 120), at: Self.at(0)) == nil)
        #expect(eviction.look(Self.reading(.memory, 90), at: Self.at(1)) != nil)
        #expect(eviction.look(Self.reading(.memory, 149), at: Self.at(2)) != nil)
        #expect(eviction.look(Self.reading(.memory, 150), at: Self.at(3)) == nil)
        #expect(eviction.look(Self.reading(.memory, 120), at: Self.at(4)) == nil)
    }

    @Test("what could not be measured is neither short nor enough")
    func unmeasured() {
        var eviction = NodeEviction(
            .init(thresholds: [EvictionThreshold(.memory, .count(100), graceSeconds: 10)])
        )
        #expect(eviction.look(Self.reading(.memory, 50), at: Self.at(0)) == nil)
        #expect(eviction.look(NodeReading(), at: Self.at(5)) == nil)
        #expect(eviction.pressures == [.memory])
        #expect(eviction.look(Self.reading(.memory, 50), at: Self.at(10)) != nil)
    }

    @Test("memory comes before disk and disk before process ids, and hard before soft")
    func urgency() {
        var eviction = NodeEviction(
            .init(thresholds: [
                EvictionThreshold(.processes, .percent(10)),
                EvictionThreshold(.nodeInodes, .percent(10)),
                EvictionThreshold(.memory, .percent(20), graceSeconds: 0),
                EvictionThreshold(.memory, .percent(10)),
            ])
        )
        let low = NodeReading.Amount(available: 1, capacity: 1_000)
        var reading = NodeReading([.processes: low, .nodeInodes: low, .memory: low])
        let first = eviction.look(reading, at: Self.at(0))
        #expect(first?.threshold.signal == .memory)
        #expect(first?.threshold.isHard == true)
        reading.amounts[.memory] = .init(available: 900, capacity: 1_000)
        #expect(eviction.look(reading, at: Self.at(1))?.threshold.signal == .nodeInodes)
        reading.amounts[.nodeInodes] = .init(available: 900, capacity: 1_000)
        #expect(eviction.look(reading, at: Self.at(2))?.threshold.signal == .processes)
        #expect(eviction.pressures == [.memory, .disk, .processes])
    }

    static func candidate(
        _ uid: String,
        memory: Int64 = 0,
        asks: String? = nil,
        priority: Int64 = 0,
        disk: Int64 = 0,
        processes: Int64 = 1,
        isStatic: Bool = false
    ) -> EvictionCandidate {
        EvictionCandidate(
            pod: .asking(
                uid,
                asks.map { ["memory": $0] } ?? [:],
                priority: priority,
                isStatic: isStatic
            ),
            usage: PodUsage(
                memoryByteCounts: ["main": memory],
                diskByteCount: disk,
                inodeCount: disk,
                processCount: processes
            )
        )
    }

    static func shortage(_ signal: EvictionSignal) -> NodeEviction.Shortage {
        .init(threshold: .init(signal, .percent(5)), quantity: 100 << 20, available: 50 << 20)
    }

    static func order(_ signal: EvictionSignal, _ candidates: [EvictionCandidate]) -> [String] {
        var left = candidates
        var order: [String] = []
        while let next = shortage(signal).victim(among: left) {
            order.append(next.pod.metadata.uid)
            left.removeAll { $0.pod.metadata.uid == next.pod.metadata.uid }
        }
        return order
    }

    @Test("for memory: above its request, then by priority, then by how far above")
    func memoryOrder() {
        let candidates = [
            Self.candidate("within", memory: 90 << 20, asks: "100Mi"),
            Self.candidate("little above", memory: 20 << 20, asks: "10Mi"),
            Self.candidate("far above", memory: 30 << 20),
            Self.candidate("important", memory: 200 << 20, priority: 100),
            Self.candidate("static", memory: 500 << 20, isStatic: true),
            Self.candidate("critical", memory: 500 << 20, priority: PodPriority.critical),
            Self.candidate("far within", memory: 10 << 20, asks: "100Mi", priority: -1),
        ]
        #expect(
            Self.order(.memory, candidates) == [
                "far above", "little above", "important", "far within", "within",
            ]
        )
    }

    @Test("for the disk and inodes by what is on it, for process ids by priority first")
    func otherOrders() {
        let candidates = [
            Self.candidate("a", priority: 5, disk: 100, processes: 50),
            Self.candidate("b", disk: 10, processes: 3),
            Self.candidate("c", disk: 20, processes: 2),
            Self.candidate("none", disk: 0, processes: 1),
        ]
        #expect(Self.order(.nodeDisk, candidates) == ["c", "b", "a", "none"])
        #expect(Self.order(.imageDisk, candidates) == ["c", "b", "a", "none"])
        #expect(Self.order(.nodeInodes, candidates) == ["c", "b", "a", "none"])
        #expect(Self.order(.processes, candidates) == ["b", "c", "none", "a"])
    }

    @Test("the order is one: no two pods go before each other, whatever they use")
    func total() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            var candidates: [EvictionCandidate] = []
            for number in 0..<8 {
                candidates.append(
                    Self.candidate(
                        "p\(number)",
                        memory: .random(in: 0...4, using: &random) << 20,
                        asks: Bool.random(using: &random) ? "2Mi" : nil,
                        priority: .random(in: 0...1, using: &random)
                    )
                )
            }
            for signal in EvictionSignal.allCases {
                let first = Self.order(signal, candidates)
                #expect(first == Self.order(signal, candidates.shuffled(using: &random)))
            }
        }
    }

    @Test("the status says what a kubelet says")
    func words() {
        let victim = Self.candidate("a", memory: (20 << 20) + 5, asks: "10Mi")
        let hard = Self.shortage(.memory).verdict(on: victim, podGraceSecondsMax: 30)
        #expect(
            hard.message
                == "The node was low on resource: memory. Threshold quantity: 100Mi, available: "
                + "50Mi. Container main was using 20Mi, request is 10Mi, has larger consumption of "
                + "memory. "
        )
        #expect(hard.reason == "Evicted")
        #expect(hard.graceSeconds == 0)
        var shortage = Self.shortage(.nodeInodes)
        shortage.threshold.graceSeconds = 60
        shortage.quantity = 5_000
        shortage.available = 12
        let soft = shortage.verdict(on: victim, podGraceSecondsMax: 30)
        #expect(
            soft.message
                == "The node was low on resource: inodes. Threshold quantity: 5k, available: 12. "
        )
        #expect(soft.graceSeconds == 30)
    }

    @Test("an evicted pod is killed, has failed once it has ended, and stays so over a reboot")
    func evicted() throws {
        var story = NodeStory()
        story.want([.asking("a"), .asking("b")])
        story.runs("a")
        story.runs("b")
        _ = story.look()
        let victim = EvictionCandidate(pod: .asking("a"), usage: PodUsage())
        let verdict = Self.shortage(.memory).verdict(on: victim, podGraceSecondsMax: 0)
        story.take(story.node.fail("a", verdict, at: story.now))
        #expect(story.look() == ["kill a"])
        #expect(story.status("a")?.phase == .running)
        #expect(story.status("a")?.reason == "Evicted")
        #expect(story.status("a")?.condition("DisruptionTarget")?.reason == "TerminationByKubelet")
        #expect(story.node.activePodCount == 2)
        story.exits("a", 137)
        #expect(story.status("a")?.phase == .failed)
        #expect(story.node.activePodCount == 1)
        #expect(story.notes.map(\.reason).suffix(2) == ["Evicted", "Killing"])
        story.nanoseconds += 1_000_000_000_000
        story.take(story.node.wake("a", at: story.now))
        #expect(story.look() == [])
        let later = try #require(try story.restored("a"))
        var next = NodeStory()
        next.node.restore(later)
        next.want([.asking("a")])
        #expect(next.look() == [])
        #expect(next.status("a")?.phase == .failed)
        #expect(next.status("a")?.reason == "Evicted")
        next.want([])
        #expect(next.look() == ["remove a"])
    }
}
