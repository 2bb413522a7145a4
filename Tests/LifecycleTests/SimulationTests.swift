import KubeModel
import TestKit
import Testing

@testable import Lifecycle

// Goal: whatever is wanted, ends, fails or is lost, and in whatever order: never two instances of one
// container nor two pods of one name; a restart count only grows; a stop always ends; and when all
// is quiet, what runs is what is wanted. Method: random steps from a seed; a failing seed replays.
@Suite("Random lives of a node")
struct SimulationTests {
    @Test("no schedule breaks an invariant", arguments: 0..<40)
    func schedules(block: UInt64) throws {
        for offset in 0..<10 as Range<UInt64> {
            let seed = block * 10 + offset
            var world = SimulatedNode(seed: seed)
            for _ in 0..<120 { world.step() }
            world.becomeQuiet()
            try #require(world.faults == [], "seed \(seed)")
        }
    }

    @Test("the same seed gives the same life")
    func replays() {
        var first = SimulatedNode(seed: 7)
        var second = SimulatedNode(seed: 7)
        for _ in 0..<200 {
            first.step()
            second.step()
        }
        #expect(first.node == second.node)
        #expect(!first.node.pods.isEmpty)
    }
}

extension SimulatedNode {
    private static let names = ["red", "green"]

    mutating func step() {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: wantAnother()
        case 1: wantNewer()
        case 2: wantGone()
        case 3...6: answerOne()
        case 7: endOne()
        case 8: restartDaemon()
        case _:
            nanoseconds += Int64.random(in: 0...20_000_000_000, using: &random)
            wakeDue()
        }
    }

    private mutating func wantAnother() {
        let name = Self.names[Int.random(in: 0..<Self.names.count, using: &random)]
        nextUID += 1
        let pod = Pod.made(
            ["a", "b"],
            inits: chance(2, &random) ? ["first"] : [],
            sidecars: chance(3, &random) ? ["side"] : [],
            policy: RestartPolicy.allCases[Int.random(in: 0..<3, using: &random)],
            grace: Int64.random(in: 0...30, using: &random),
            uid: "uid-\(1000 + nextUID)",
            name: name
        )
        desired[name] = DesiredPod(pod: pod)
        carryOut(node.take(DesiredPod(pod: pod), at: now))
    }

    private mutating func wantNewer() {
        guard let name = desired.keys.sorted().first, var one = desired[name] else { return }
        nextVersion += 1
        one.pod.metadata.resourceVersion = "v\(nextVersion)"
        if chance(2, &random) { one.pod.spec.containers[0].image = "oci:a:\(nextVersion)" }
        if chance(4, &random), one.pod.spec.containers.count > 1 {
            one.pod.spec.containers.removeLast()
        }
        desired[name] = one
        carryOut(node.take(one, at: now))
    }

    private mutating func wantGone() {
        guard let name = desired.keys.sorted().last, var one = desired[name] else { return }
        one.isDeletionRequested = true
        one.graceSeconds = chance(2, &random) ? nil : 3
        desired[name] = one
        carryOut(node.take(one, at: now))
    }

    private mutating func endOne() {
        let sorted = alive.keys.sorted { "\($0)" < "\($1)" }
        guard let one = sorted.first else { return }
        end(one, code: chance(2, &random) ? 0 : 1)
    }

    private mutating func wakeDue() {
        for uid in node.pods.keys.sorted() {
            guard let at = node.pods[uid]?.wakeAt, at <= nanoseconds else { continue }
            carryOut(node.wake(uid, at: now))
        }
    }

    /// Nothing new is wanted and everything asked for is done: then look what is left.
    mutating func becomeQuiet() {
        isCalm = true
        for _ in 0..<100 {
            while !pending.isEmpty { answerOne() }
            for one in alive.keys where one.container == "first" { end(one, code: 0) }
            nanoseconds += 30_000_000_000
            wakeDue()
        }
        let wanted = Set(desired.values.map(\.pod.metadata.uid))
        for one in alive.keys where !wanted.contains(one.uid) {
            faults.append("\(one) runs and is not wanted")
        }
        for uid in node.pods.keys where !wanted.contains(uid) {
            faults.append("\(uid) is not wanted and never went")
        }
        for one in desired.values where !one.isDeletionRequested {
            let pod = node.pods[one.pod.metadata.uid]
            if pod?.pod.spec.restartPolicy == .always, pod?.status.phase != .running {
                faults.append(
                    "\(one.pod.metadata.uid) is wanted and does not run: \(pod?.containers.map(\.state) ?? [])"
                )
            }
        }
    }
}
