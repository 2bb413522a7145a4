import TestKit
import Testing

@testable import Supervisor

// Goal: every timer comes up once, in order, and changed ones only at their last time. Method: random
// changes against a plain dictionary.
@Suite("Timer heap")
struct TimerHeapTests {
    @Test("does what a sorted list would", arguments: 0..<20 as Range<UInt64>)
    func model(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var heap = TimerHeap()
        var model: [String: Int64] = [:]
        var now: Int64 = 0
        for _ in 0..<500 {
            let uid = "pod-\(Int.random(in: 0..<30, using: &random))"
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                heap.set(uid, at: nil)
                model[uid] = nil
            case 1:
                now += Int64.random(in: 0...20, using: &random)
                let due = model.filter { $0.value <= now }.map(\.key)
                #expect(Set(heap.due(at: now)) == Set(due.map { TimerKey.pod($0) }))
                for uid in due { model[uid] = nil }
            case _:
                let time = now + Int64.random(in: 1...100, using: &random)
                heap.set(uid, at: time)
                model[uid] = time
            }
            #expect(heap.next == model.values.min())
        }
    }
}
