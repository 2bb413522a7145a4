import KubeModel
import TestKit
import Testing

@testable import Lifecycle

// Goal: taking only what has changed comes to the same as comparing everything. Method: two nodes, one told
// all, one told the change, through random changes and ends of processes.
@Suite("Taking what has changed")
struct ReconcileTests {
    private static let node = NodeAdmission(
        allocatable: ResourceAmounts(processorMillicores: 1_000, memoryByteCount: 1 << 30),
        podCountMax: 4
    )

    @Test("comes to the same as comparing everything", arguments: 0..<40 as Range<UInt64>)
    func same(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var whole = NodeStory(Self.node)
        var part = NodeStory(Self.node)
        var wanted: [String: Pod] = [:]
        for step in 0..<80 {
            whole.nanoseconds += 7_000_000_000
            part.nanoseconds = whole.nanoseconds
            if Bool.random(using: &random) {
                let changed = Self.change(&wanted, step, &random).sorted()
                whole.want(wanted.values.sorted { $0.metadata.name < $1.metadata.name })
                part.take(
                    part.node.reconcile(
                        changed: changed.compactMap { wanted[$0].map { DesiredPod(pod: $0) } },
                        gone: changed.filter { wanted[$0] == nil }.map { "default/\($0)" },
                        at: part.now
                    )
                )
            } else if let uid = whole.node.pods.keys.sorted().randomElement(using: &random) {
                let code = Int32.random(in: 0...1, using: &random)
                for _ in 0..<2 {
                    whole.runs(uid)
                    part.runs(uid)
                }
                whole.exits(uid, code)
                part.exits(uid, code)
            }
            // What a timer would do.
            for uid in whole.node.pods.keys.sorted() {
                whole.take(whole.node.wake(uid, at: whole.now))
            }
            for uid in part.node.pods.keys.sorted() { part.take(part.node.wake(uid, at: part.now)) }
            let isSame = part.node == whole.node
            // Why: what differs is thousands of words; the pods that differ are enough.
            let differing = Set(part.node.pods.keys).symmetricDifference(whole.node.pods.keys)
                .union(part.node.pods.filter { $0.value != whole.node.pods[$0.key] }.keys)
            #expect(isSame, "step \(step): \(differing.sorted())")
        }
        #expect(part.look().sorted() == whole.look().sorted())
    }

    /// Changes what is wanted under some names; answers with those names.
    private static func change(
        _ wanted: inout [String: Pod],
        _ step: Int,
        _ random: inout SeededGenerator
    ) -> [String] {
        let names = ["a", "b", "c", "d", "e", "f"].shuffled(using: &random)
            .prefix(.random(in: 1...3, using: &random))
        for name in names {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: wanted[name] = nil
            case 1: wanted[name]?.metadata.resourceVersion = "\(step)"
            case _:
                let cores = Int.random(in: 0...6, using: &random) * 100
                var pod = Pod.asking(
                    "\(name)-\(step)",
                    ["cpu": "\(cores)m"],
                    priority: .random(in: 0...2, using: &random),
                    policy: Bool.random(using: &random) ? .always : .onFailure
                )
                pod.metadata.name = name
                wanted[name] = pod
            }
        }
        return Array(names)
    }

    @Test("names that nobody knows are no trouble")
    func unknown() {
        var story = NodeStory()
        story.take(story.node.reconcile(changed: [], gone: ["default/none"], at: story.now))
        #expect(story.look() == [])
        #expect(story.node.uids(ofName: "default/none") == [])
    }

    @Test("a pod that goes before its turn is removed after the one that it waits for")
    func lastOfItsName() throws {
        var story = NodeStory()
        story.want([.made(uid: "old")])
        story.runs("old")
        story.want([.made(uid: "new")])
        #expect(story.look() == ["image old", "start old", "terminate old"])
        let going = DesiredPod(pod: .made(uid: "new", version: "2"), isDeletionRequested: true)
        story.take(story.node.take(going, at: story.now))
        #expect(story.look() == [])
        story.exits("old")
        #expect(story.look() == ["remove old", "remove new"])
        #expect(story.node.pods.isEmpty)
    }

    @Test("a pod that goes before its turn is not left behind once it is first")
    func leftBehind() throws {
        var story = NodeStory()
        story.want([.made(uid: "old")])
        story.runs("old")
        story.want([.made(uid: "new")])
        let waiting = try #require(try story.restored("new"))
        #expect(waiting.isHeld)
        for isWanted in [false, true] {
            var next = NodeStory()
            next.node.restore(waiting)
            let going = DesiredPod(pod: .made(uid: "new"), isDeletionRequested: true)
            next.take(
                isWanted
                    ? next.node.take(going, at: next.now)
                    : next.node.reconcile(changed: [], gone: ["default/web"], at: next.now)
            )
            #expect(next.look() == ["remove new"])
        }
    }
}
