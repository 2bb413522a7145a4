import Testing

@testable import Daemon

// Goal: a storm of lines is cut to what a journal on flash can take, and what was left out is told.
// Method: the bucket as a value, with made-up time.
@Suite("How fast the log may grow")
struct LineRateTests {
    private static let second: Int64 = 1_000_000_000

    @Test(
        "a burst goes through whole; after it, so many a second, and each tells what was left out"
    )
    func storm() {
        var rate = LineRate()
        for _ in 0..<LineRate.lineCountMax { #expect(rate.take(at: 5) == 0) }
        for _ in 0..<70 { #expect(rate.take(at: 5) == nil) }
        let step = Self.second / LineRate.linesPerSecond
        #expect(rate.take(at: 4 + step) == nil)
        #expect(rate.take(at: 5 + step) == 71)
        #expect(rate.take(at: 5 + step) == nil)
        let later = 5 + step + Self.second
        var taken = 0
        for _ in 0..<100 where rate.take(at: later) != nil { taken += 1 }
        #expect(Int64(taken) == LineRate.linesPerSecond)
    }

    @Test("however long it is calm, no more than a burst is saved up")
    func calm() {
        var rate = LineRate()
        #expect(rate.take(at: 0) == 0)
        var taken: Int64 = 0
        for _ in 0..<3_000 where rate.take(at: .max) != nil { taken += 1 }
        #expect(taken == LineRate.lineCountMax)
    }

    @Test("a clock that goes back neither traps nor gives anything away")
    func backwards() {
        var rate = LineRate()
        for _ in 0..<LineRate.lineCountMax { _ = rate.take(at: 1_000 * Self.second) }
        #expect(rate.take(at: 5) == nil)
        #expect(rate.take(at: 5 + Self.second / 2) == 1)
        #expect(rate.take(at: .max) == 0)
    }
}
