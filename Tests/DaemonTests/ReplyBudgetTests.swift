import Testing

@testable import Daemon

// Goal: answers cost no more than was allowed, whoever asks how often. Method: a bucket as a value,
// time as numbers.
@Suite("How fast answers go")
struct ReplyBudgetTests {
    private let second: UInt64 = 1_000_000_000

    @Test("a full bucket lets its burst go at once, and the next byte waits for its share")
    func burst() {
        var budget = ReplyBudget(bytesPerSecond: 1_000, burstBytes: 500)
        #expect(budget.take(500, at: 7) == 0)
        #expect(budget.take(100, at: 7) == second / 10)
        #expect(budget.take(100, at: 7) == second / 5)
    }

    @Test("it fills again with time, but never over its edge")
    func fills() {
        var budget = ReplyBudget(bytesPerSecond: 1_000, burstBytes: 500)
        #expect(budget.take(500, at: 0) == 0)
        #expect(budget.take(250, at: second / 4) == 0)
        #expect(budget.take(500, at: second * 1_000) == 0)
        #expect(budget.take(1, at: second * 1_000) == second / 1_000)
    }

    @Test("more than the bucket may go, and everybody after it waits")
    func overdraft() {
        var budget = ReplyBudget(bytesPerSecond: 1_000, burstBytes: 100)
        #expect(budget.take(2_100, at: 0) == second * 2)
        #expect(budget.take(0, at: second) == second)
    }

    @Test("absurd numbers wait an hour at most, and trap nothing")
    func absurd() {
        var slow = ReplyBudget(bytesPerSecond: 0, burstBytes: 0)
        #expect(slow.take(.max, at: 5) <= second * 3_600)
        #expect(slow.take(-1, at: .max) <= second * 3_600)
        var fast = ReplyBudget(bytesPerSecond: .max, burstBytes: .max)
        #expect(fast.take(1 << 20, at: 0) == 0)
    }

    @Test("over an hour no more than rate and burst go, in whatever pieces")
    func bounded() {
        var random = SystemRandomNumberGenerator()
        var budget = ReplyBudget(bytesPerSecond: 64 << 10, burstBytes: 64 << 10)
        var now: UInt64 = 0
        var sent = 0
        while now < second * 3_600 {
            let count = Int.random(in: 1...20_000, using: &random)
            now += budget.take(count, at: now)
            sent += count
        }
        #expect(sent <= (64 << 10) * 3_602)
    }
}
