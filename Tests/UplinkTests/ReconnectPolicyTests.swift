import TestKit
import Testing

@testable import Uplink

// Goal: a fleet comes back without a wave, and two clients with one name do not fight.
// Method: drive the value by hand, with seeded chance.
@Suite("Reconnecting")
struct ReconnectPolicyTests {
    private var random = SeededGenerator(seed: 7)

    @Test(
        "rule 10: the n-th try in a row waits between one second and the ceiling",
        arguments: [(1, 2), (2, 4), (3, 8), (8, 256), (9, 300), (50, 300)] as [(Int, UInt64)]
    )
    func ceiling(failures: Int, ceilingSeconds: UInt64) {
        for seed in 0..<100 {
            var random = SeededGenerator(seed: UInt64(seed))
            var policy = ReconnectPolicy()
            var verdict = ReconnectPolicy.Verdict(retryAt: .zero, isDuplicate: false)
            for _ in 0..<failures {
                verdict = policy.ended(
                    connectedAt: nil,
                    wasDropped: true,
                    code: nil,
                    at: .seconds(1_000),
                    using: &random
                )
            }
            let delay = verdict.retryAt.since(.seconds(1_000))
            #expect(delay >= .seconds(1))
            #expect(delay <= .seconds(ceilingSeconds))
            #expect(!verdict.isDuplicate)
        }
    }

    @Test("rule 10: the waits are spread over the whole range, not bunched at its end")
    func spread() {
        var delays: [UInt64] = []
        for seed in 0..<200 {
            var random = SeededGenerator(seed: UInt64(seed))
            var policy = ReconnectPolicy()
            for _ in 0..<8 {
                _ = policy.ended(
                    connectedAt: nil,
                    wasDropped: true,
                    code: nil,
                    at: .zero,
                    using: &random
                )
            }
            let verdict = policy.ended(
                connectedAt: nil,
                wasDropped: true,
                code: nil,
                at: .zero,
                using: &random
            )
            delays.append(verdict.retryAt.count / 1_000_000_000)
        }
        for quarter in 0..<4 {
            let range = UInt64(quarter * 75)..<UInt64(quarter * 75 + 75)
            #expect(delays.count { range.contains($0) } > 25)
        }
    }

    @Test(
        "rule 10: only a session of 60 s makes the past forgotten",
        arguments: [(59, 6), (60, 1), (3_600, 1)] as [(UInt64, Int)]
    )
    mutating func reset(lastedSeconds: UInt64, failures: Int) {
        var policy = ReconnectPolicy()
        for _ in 0..<5 {
            _ = policy.ended(
                connectedAt: nil,
                wasDropped: true,
                code: nil,
                at: .zero,
                using: &random
            )
        }
        _ = policy.ended(
            connectedAt: .seconds(100),
            wasDropped: true,
            code: nil,
            at: .seconds(100 + lastedSeconds),
            using: &random
        )
        #expect(policy.failures == failures)
    }

    @Test("rule 9: the third drop within 2 s of a CONNACK is somebody with our name")
    mutating func quickDrops() {
        var policy = ReconnectPolicy()
        for attempt in 1...3 {
            let verdict = policy.ended(
                connectedAt: .seconds(10),
                wasDropped: true,
                code: nil,
                at: .seconds(12),
                using: &random
            )
            #expect(verdict.isDuplicate == (attempt == 3))
            if attempt == 3 { #expect(verdict.retryAt >= .seconds(12 + 61)) }
        }
    }

    @Test("rule 9: a drop later than 2 s, or one of our own making, does not count")
    mutating func notQuick() {
        var policy = ReconnectPolicy()
        func drop(_ milliseconds: UInt64, wasDropped: Bool = true) -> Bool {
            policy.ended(
                connectedAt: .zero,
                wasDropped: wasDropped,
                code: nil,
                at: .milliseconds(milliseconds),
                using: &random
            )
            .isDuplicate
        }
        #expect(!drop(2_000))
        #expect(!drop(2_001))
        #expect(!drop(2_000))
        #expect(!drop(2_000, wasDropped: false))
        #expect(drop(2_000))
        #expect(!drop(2_000))
        #expect(!drop(2_000))
        #expect(!drop(60_000), "a stable minute")
        #expect(!drop(2_000))
    }

    @Test("rule 9: reason 0x8E says it outright, and the wait is a minute or more")
    mutating func takenOver() {
        var policy = ReconnectPolicy()
        let verdict = policy.ended(
            connectedAt: .zero,
            wasDropped: true,
            code: 0x8E,
            at: .seconds(500),
            using: &random
        )
        #expect(verdict.isDuplicate)
        #expect(verdict.retryAt >= .seconds(560))
    }
}
