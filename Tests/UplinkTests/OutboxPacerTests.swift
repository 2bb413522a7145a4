import TestKit
import Testing

@testable import Uplink

// Goal: contract rule 6 on rates holds whatever the outbox offers. Method: tables and one long run
// with seeded chance, on a clock that is a number.
@Suite("Pace of the outbox")
struct OutboxPacerTests {
    @Test("rule 6: a second passes between two words about one pod")
    func onePod() {
        var pacer = OutboxPacer()
        let first = pacer.admit([.status("a", "1")], at: .seconds(10))
        #expect(first.sendable.map(\.message) == [.status("a", "1")])
        #expect(pacer.acknowledged(first.sendable[0].token) == .status("a", "1"))

        let early = pacer.admit([.status("a", "2")], at: .milliseconds(10_999))
        #expect(early.sendable.isEmpty)
        #expect(early.retryAt == .seconds(11))
        #expect(pacer.admit([.status("a", "2")], at: .seconds(11)).sendable.count == 1)
    }

    @Test("rule 6: unless its phase or readiness changed")
    func urgent() {
        var pacer = OutboxPacer()
        let first = pacer.admit([.status("a", "1")], at: .seconds(10))
        _ = pacer.acknowledged(first.sendable[0].token)
        let next = pacer.admit([.status("a", "2", isUrgent: true)], at: .milliseconds(10_001))
        #expect(next.sendable.count == 1)
    }

    @Test("a topic has one message in flight, so that the last one sent is the one that stays")
    func oneInFlight() {
        var pacer = OutboxPacer()
        let first = pacer.admit([.status("a", "1", isUrgent: true)], at: .seconds(10))
        let during = pacer.admit([.status("a", "2", isUrgent: true)], at: .seconds(12))
        #expect(during.sendable.isEmpty)
        #expect(during.retryAt == nil)
        _ = pacer.acknowledged(first.sendable[0].token)
        let after = pacer.admit([.status("a", "2", isUrgent: true)], at: .seconds(12))
        #expect(after.sendable.count == 1)
    }

    @Test("two events on one topic are two messages")
    func events() {
        var pacer = OutboxPacer()
        let rows = ["1", "2"].map { text in
            OutboundMessage(
                topic: "events",
                payload: Array(text.utf8),
                isRetained: false,
                isUrgent: false
            )
        }
        #expect(pacer.admit(rows, at: .seconds(1)).sendable.map(\.message) == rows)
    }

    @Test("no more than a window is in flight, and an answer makes room")
    func window() {
        var pacer = OutboxPacer()
        let rows = (0..<40).map { OutboundMessage.status("pod-\($0)", "x") }
        let first = pacer.admit(rows, at: .seconds(1))
        #expect(first.sendable.count == UplinkLimits.inFlightMax)
        #expect(pacer.admit(rows, at: .seconds(9)).sendable.isEmpty)
        _ = pacer.acknowledged(first.sendable[0].token)
        let rest = Array(rows.dropFirst())
        #expect(pacer.admit(rest, at: .seconds(9)).sendable.map(\.message) == [rows[16]])
        #expect(pacer.oldestSentAt == .seconds(1))
    }

    @Test("what the broker refused stays in the outbox and rests for a minute")
    func refused() {
        var pacer = OutboxPacer()
        let row = OutboundMessage.status("a", "1", isUrgent: true)
        let first = pacer.admit([row], at: .seconds(10))
        #expect(pacer.refused(first.sendable[0].token, at: .seconds(10)) == row)
        let later = pacer.admit([row, .status("b", "1")], at: .seconds(69))
        #expect(later.sendable.map(\.message) == [.status("b", "1")])
        #expect(later.retryAt == .seconds(70))
        #expect(pacer.admit([row], at: .seconds(70)).sendable.count == 1)
    }

    @Test("refused rows do not hide those behind them")
    func refusedRowsInFront() {
        var pacer = OutboxPacer()
        for number in 0..<100 as Range<UInt64> {
            let row = OutboundMessage.status("bad-\(number)", "x")
            let sent = pacer.admit([row], at: .milliseconds(100 * number)).sendable
            for (token, _) in sent { _ = pacer.refused(token, at: .milliseconds(100 * number)) }
        }
        #expect(pacer.batch == UplinkLimits.outboxBatch + 100)
    }

    @Test("after a cut everything in flight is due again, and old answers mean nothing")
    func cut() {
        var pacer = OutboxPacer()
        let first = pacer.admit([.status("a", "1")], at: .seconds(1))
        pacer.connectionEnded()
        #expect(pacer.oldestSentAt == nil)
        #expect(pacer.acknowledged(first.sendable[0].token) == nil)
        #expect(pacer.admit([.status("a", "1")], at: .seconds(2)).sendable.count == 1)
    }

    @Test("rule 6: never more than 20 messages in any second", arguments: [1, 2, 3] as [UInt64])
    func rate(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var pacer = OutboxPacer()
        var rows = (0..<2_000).map { OutboundMessage.status("pod-\($0)", "x", isUrgent: true) }
        var sends: [Nanoseconds] = []
        var now = Nanoseconds.seconds(1)
        while !rows.isEmpty {
            let admission = pacer.admit(Array(rows.prefix(UplinkLimits.outboxBatch)), at: now)
            for (token, message) in admission.sendable {
                sends.append(now)
                #expect(pacer.acknowledged(token) == message)
                rows.removeAll { $0 == message }
            }
            now = now + .milliseconds(.random(in: 0...120, using: &random))
        }
        for (index, start) in sends.enumerated() {
            let inOneSecond = sends[index...].prefix { $0.since(start) < .seconds(1) }
            #expect(inOneSecond.count <= 20, "seed \(seed)")
        }
        #expect(now < .seconds(1 + 120), "and not much less: 2,000 messages take 100 s")
    }
}
