import TestKit
import Testing

@testable import Uplink

// Goal: every state has an end, and every unexpected event is survived. Method: tables over states,
// and random walks.
@Suite("Ends of a session")
struct SessionEndingTests {
    /// A driver in each state that has a deadline for the broker's answer.
    static func unanswered(_ steps: Int) -> SessionDriver {
        var driver = SessionDriver()
        _ = driver.send(.start)
        _ = driver.number()
        let answers: [SessionEvent] = [
            .transportReady(session: 1), .connected(session: 1, isResumed: true),
            .subscribed(session: 1, .requests, code: 1),
            .subscribed(session: 1, .desired, code: 1),
        ]
        for answer in answers.prefix(steps) { _ = driver.send(answer) }
        return driver
    }

    @Test("a broker that stops answering is left after 30 s", arguments: 1...4)
    func silence(steps: Int) {
        var driver = Self.unanswered(steps)
        #expect(driver.after(.milliseconds(29_999), .tick) == [])
        let actions = driver.after(.milliseconds(1), .tick)
        #expect(actions.first == .close(isGraceful: false))
        #expect(actions.reported == .offline)
        #expect(driver.wake().last == .nextSession)
    }

    @Test("a look-up or SYN that hangs is waited for: its thread can do nothing else")
    func opening() {
        var driver = Self.unanswered(0)
        #expect(driver.machine.wakeAt == nil)
        #expect(driver.after(.seconds(3_600), .tick) == [])
        #expect(driver.drop().reported == .offline)
    }

    @Test("a refused subscription ends the connection, with the reason", arguments: [2, 3])
    func refusal(steps: Int) {
        var driver = Self.unanswered(steps)
        let token = steps == 2 ? Token.requests : .desired
        let actions = driver.send(.subscribed(session: 1, token, code: 0x87))
        #expect(actions.first == .close(isGraceful: false))
        guard case .report(let link) = actions.last else {
            Issue.record("\(actions)")
            return
        }
        #expect(link.detail.contains("ACL"))
    }

    @Test("a link that keeps failing is offline since the first failure, with the last reason")
    func offlineSince() {
        var driver = SessionDriver()
        driver.online()
        let lostAt = driver.now
        _ = driver.drop()
        for _ in 0..<5 {
            #expect(driver.wake() == [.nextSession])
            _ = driver.number()
            _ = driver.drop()
        }
        _ = driver.wake()
        _ = driver.number()
        let last = driver.send(
            .closed(session: driver.machine.session, code: nil, reason: "no route")
        )
        guard case .report(let link) = last.first else {
            Issue.record("\(last)")
            return
        }
        #expect(link.phase == .offline)
        #expect(link.sinceNanoseconds == lostAt.count)
        #expect(link.detail == "no route")
    }

    @Test("a stop says so to everybody, then leaves")
    func stop() throws {
        var driver = SessionDriver()
        driver.online()
        let actions = driver.send(.stop)
        guard case .publish(.farewell, let message) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(Presence(payload: message.payload)?.state == .stopped)
        #expect(
            driver.send(.published(session: 1, .farewell, code: 0)) == [.close(isGraceful: true)]
        )
        #expect(!driver.machine.isStopped)
        #expect(driver.drop().reported == .stopped)
        #expect(driver.machine.isStopped)
    }

    @Test("a stop waits 5 s for the broker, and not longer")
    func stubbornStop() {
        var driver = SessionDriver()
        driver.online()
        _ = driver.send(.stop)
        #expect(driver.after(.milliseconds(4_999), .tick) == [])
        #expect(driver.after(.milliseconds(1), .tick).first == .close(isGraceful: false))
        #expect(driver.machine.isStopped)
    }

    @Test("a stop before the birth needs no word", arguments: 0...3)
    func earlyStop(steps: Int) {
        var driver = Self.unanswered(steps)
        #expect(driver.send(.stop).first == .close(isGraceful: false))
        #expect(driver.machine.isStopped)
        #expect(driver.machine.wakeAt == nil)
    }

    @Test("random events never stop the program, and a silent broker is always left in the end")
    func randomWalks() {
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var driver = SessionDriver()
            _ = driver.send(.start)
            for _ in 0..<200 {
                driver.now = driver.now + .milliseconds(.random(in: 0...20_000, using: &random))
                _ = driver.send(Self.event(for: driver, using: &random))
            }
            // Left alone with a store that answers, it comes to ask for a new number again.
            var isBack = false
            for _ in 0..<20 where !isBack {
                if driver.machine.state == .opening { _ = driver.drop() }
                isBack = driver.machine.state == .numbering || driver.wake().contains(.nextSession)
            }
            #expect(isBack, "seed \(seed): \(driver.machine.state)")
        }
    }

    private static func event(
        for driver: SessionDriver,
        using random: inout SeededGenerator
    ) -> SessionEvent {
        let session = Bool.random(using: &random) ? driver.machine.session : 0
        let token = Token(number: .random(in: 1...20, using: &random))
        let code = [0, 1, 0x10, 0x87].randomElement(using: &random) ?? 0
        let number = UInt64.random(in: 0...9, using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return .start
        case 1:
            return .numbered(session: number, lastAcknowledged: nil, wallNanoseconds: .max)
        case 2: return .transportReady(session: session)
        case 3: return .connected(session: session, isResumed: true)
        case 4: return .closed(session: session, code: nil, reason: "")
        case 5, 6: return .subscribed(session: session, token, code: code)
        case 7, 8: return .published(session: session, token, code: code)
        case 9: return driver.presence(.online(number), isRetained: true)
        case 10:
            return .outbox((0..<4).map { .status("pod-\($0)", "\(number)") })
        case _: return .tick
        }
    }
}
