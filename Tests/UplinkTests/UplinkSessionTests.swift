import TestKit
import Testing

@testable import Uplink

// Goal: the session does what rules 5, 6, 7 and 9 of the contract say, in every order of events.
// Method: stories told to the value; the driver plays broker, store and clock.
@Suite("Session")
struct UplinkSessionTests {
    @Test("rules 6 and 7: the birth comes after the node has read what the broker knows of it")
    func firstConnection() throws {
        var driver = SessionDriver()
        #expect(driver.send(.start).last == .nextSession)
        let opening = driver.number()
        guard case .open(session: 1, let will) = opening.first else {
            Issue.record("\(opening)")
            return
        }
        #expect(Presence(payload: will) == .offline(1))
        #expect(driver.send(.transportReady(session: 1)) == [])
        #expect(
            driver.send(.connected(session: 1, isResumed: false)) == [
                .subscribe(.presence, filter: "status/connection", qualityOfService: 0, .always),
                .subscribe(.requests, filter: "requests/+", qualityOfService: 1, .never),
            ]
        )
        #expect(driver.send(.subscribed(session: 1, .presence, code: 0)) == [])
        let asked = driver.send(.subscribed(session: 1, .requests, code: 1))
        #expect(asked.desiredHandling == .always)
        #expect(!asked.forgets)
        let birth = driver.send(.subscribed(session: 1, .desired, code: 1))
        guard case .publish(.birth, let message) = birth.first else {
            Issue.record("\(birth)")
            return
        }
        #expect(message.topic == "status/connection")
        #expect(message.isRetained)
        #expect(Presence(payload: message.payload) == .online(1))
        #expect(!driver.machine.wantsOutbox)
        let online = driver.send(.published(session: 1, .birth, code: 0))
        #expect(online.first == .sessionAcknowledged(1))
        #expect(online.reported == .online)
        #expect(driver.machine.wantsOutbox)
    }

    @Test(
        "rule 6: what the retained presence says about the broker's memory",
        arguments: [
            (nil, nil, false), (nil, 4, false), (5, nil, true), (5, 4, true), (5, 5, false),
            (5, 7, false),
        ] as [(UInt64?, UInt64?, Bool)]
    )
    func memory(lastAcknowledged: UInt64?, remembered: UInt64?, forgets: Bool) {
        var driver = SessionDriver()
        driver.counter = 8
        driver.lastAcknowledged = lastAcknowledged
        _ = driver.send(.start)
        let actions = driver.connect(isResumed: true, remembered: remembered.map { .offline($0) })
        #expect(actions.forgets == forgets)
    }

    @Test("rule 7: a broker that has seen a later number of ours gets a still later one")
    func lostCounter() {
        var driver = SessionDriver()
        _ = driver.send(.start)
        let actions = driver.connect(isResumed: true, remembered: .online(90))
        #expect(
            actions == [.raiseSession(to: 90), .forgetAcknowledgements, .close(isGraceful: true)]
        )
        #expect(driver.drop() == [])
        #expect(driver.wake().last == .nextSession)
    }

    @Test(
        "rule 5: how retained objects are asked for on the second connection",
        arguments: [
            (599, true, true, RetainHandling.ifNew), (600, true, true, .ifNew),
            (601, true, true, .always), (5, false, true, .always), (5, true, false, .always),
        ] as [(UInt64, Bool, Bool, RetainHandling)]
    )
    func handling(
        absenceSeconds: UInt64,
        isResumed: Bool,
        remembers: Bool,
        expected: RetainHandling
    ) {
        var driver = SessionDriver()
        driver.online()
        driver.now = driver.now + .seconds(90)
        _ = driver.drop()
        let lostAt = driver.now
        _ = driver.wake()
        driver.now = lostAt + .seconds(absenceSeconds)
        let asked = driver.connect(isResumed: isResumed, remembered: remembers ? .online(1) : nil)
        #expect(asked.desiredHandling == expected)
    }

    @Test("rule 5: a connection that ends before its subscription has not ended the absence")
    func brokenReturn() {
        var driver = SessionDriver()
        driver.online()
        _ = driver.after(.seconds(90), .closed(session: 1, code: nil, reason: "cut"))
        _ = driver.wake()
        driver.now = driver.now + .seconds(3_600)
        #expect(driver.connect(isResumed: true, remembered: .online(1)).desiredHandling == .always)
        _ = driver.drop()
        _ = driver.wake()
        #expect(driver.connect(isResumed: true, remembered: .online(1)).desiredHandling == .always)
        _ = driver.send(.subscribed(session: driver.counter, .desired, code: 1))
        _ = driver.drop()
        _ = driver.wake()
        #expect(driver.connect(isResumed: true, remembered: .online(1)).desiredHandling == .ifNew)
    }

    @Test("rule 5: a message that could not be stored is asked for again, once a minute at most")
    func notStored() {
        var driver = SessionDriver()
        driver.online()
        #expect(driver.send(.notStored) == [])
        #expect(driver.after(.seconds(30), .notStored) == [])
        #expect(driver.after(.seconds(29), .tick) == [])
        #expect(driver.after(.seconds(1), .tick).desiredHandling == .always)
        #expect(driver.send(.notStored) == [])
        #expect(driver.after(.seconds(59), .tick) == [])
        #expect(driver.after(.seconds(1), .tick).desiredHandling == .always)
        #expect(driver.send(.subscribed(session: 1, .desired, code: 1)) == [])
        #expect(driver.after(.seconds(100), .tick).desiredHandling == nil)
    }

    @Test("rule 5: one that could not be stored before a cut is asked for after it")
    func notStoredThenCut() {
        var driver = SessionDriver()
        driver.online()
        _ = driver.send(.notStored)
        _ = driver.drop()
        _ = driver.wake()
        #expect(driver.connect(isResumed: true, remembered: .online(1)).desiredHandling == .always)
    }

    @Test("rule 7: a will that came after the birth is corrected, once a minute at most")
    func lateWill() {
        var driver = SessionDriver()
        driver.online()
        #expect(driver.send(driver.presence(.online(1), isRetained: false)) == [])
        let late = driver.presence(.offline(0), isRetained: false)
        #expect(driver.after(.seconds(5), late) == [])
        #expect(driver.machine.wakeAt == .seconds(1_060))
        let corrected = driver.wake()
        #expect(corrected.publishedTokens == [.birth])
        #expect(driver.send(.published(session: 1, .birth, code: 0)) == [])
        #expect(driver.after(.seconds(59), late) == [])
        #expect(driver.after(.seconds(1), late).publishedTokens == [.birth])
    }

    @Test("rule 6: silence for 10 minutes is ended by a probe, and no answer by a new connection")
    func probe() {
        var driver = SessionDriver()
        driver.online()
        #expect(driver.machine.wakeAt == driver.now + .seconds(600))
        #expect(driver.after(.seconds(599), .tick) == [])
        #expect(driver.after(.seconds(1), .tick).publishedTokens == [.probe])
        #expect(driver.after(.milliseconds(29_999), .tick) == [])
        let given = driver.after(.milliseconds(1), .tick)
        #expect(given.first == .close(isGraceful: false))
        #expect(given.reported == .offline)
    }

    @Test("rule 6: an answered probe leaves the link alone for 10 minutes more")
    func answeredProbe() {
        var driver = SessionDriver()
        driver.online()
        #expect(driver.wake().publishedTokens == [.probe])
        #expect(driver.after(.seconds(3), .published(session: 1, .probe, code: 0x10)) == [])
        #expect(driver.machine.wakeAt == driver.now + .seconds(600))
    }

    @Test("a PUBACK that does not come within 30 s ends the connection, and the row is due again")
    func halfOpen() {
        var driver = SessionDriver()
        driver.online()
        _ = driver.send(.ring)
        let row = OutboundMessage.status("a", "1")
        #expect(driver.send(.outbox([row])).publishedTokens.count == 1)
        #expect(driver.after(.milliseconds(29_999), .tick) == [])
        #expect(driver.after(.milliseconds(1), .tick).first == .close(isGraceful: false))
        _ = driver.wake()
        driver.online()
        #expect(driver.send(.outbox([row])).publishedTokens.count == 1)
    }

    @Test("a row leaves the outbox with its PUBACK, and not before")
    func acknowledgement() {
        var driver = SessionDriver()
        driver.online()
        let row = OutboundMessage.status("a", "1")
        let token = driver.send(.outbox([row])).publishedTokens[0]
        #expect(!driver.machine.wantsOutbox)
        #expect(driver.send(.published(session: 0, token, code: 0)) == [])
        #expect(driver.send(.published(session: 1, token, code: 0)) == [.acknowledged(row)])
        #expect(driver.machine.wantsOutbox)
    }

    @Test("a refused row is not acknowledged")
    func refusedRow() {
        var driver = SessionDriver()
        driver.online()
        let row = OutboundMessage.status("a", "1")
        let token = driver.send(.outbox([row])).publishedTokens[0]
        #expect(driver.send(.published(session: 1, token, code: 0x87)) == [])
        #expect(driver.send(.outbox([row])) == [])
        #expect(driver.machine.wakeAt == driver.now + .seconds(60))
    }

    @Test("a message of a connection that is gone is still delivered: nobody sends it again")
    func lateMessage() {
        var driver = SessionDriver()
        driver.online()
        _ = driver.drop()
        let message = InboundMessage(
            topic: "swiftlet/v1/gw-1/desired/pods/default/a",
            prefix: "swiftlet/v1",
            payload: [1],
            isRetained: false
        )
        #expect(driver.send(.message(session: 1, message)) == [.deliver(message)])
    }

    @Test("rule 9: another machine that is online with our name is not fought")
    func otherMachine() {
        var driver = SessionDriver()
        var thief = Presence.online(1)
        thief.bootID = "7h1ef"
        _ = driver.send(.start)
        // At first it may be ourselves, before a reboot.
        driver.lastAcknowledged = 1
        driver.counter = 1
        #expect(driver.connect(isResumed: true, remembered: thief).desiredHandling == .always)
        _ = driver.send(.subscribed(session: 2, .desired, code: 1))
        _ = driver.send(.published(session: 2, .birth, code: 0))
        _ = driver.after(.seconds(100), .closed(session: 2, code: nil, reason: "cut"))
        _ = driver.wake()
        let actions = driver.connect(isResumed: true, remembered: thief)
        #expect(actions.first == .close(isGraceful: false))
        #expect(actions.reported == .duplicateClientID)
        #expect(driver.machine.wakeAt ?? .zero >= driver.now + .seconds(60))
    }

    @Test("rule 9: reason 0x8E is reported as a second client with our name")
    func duplicate() {
        var driver = SessionDriver()
        driver.online()
        let actions = driver.after(
            .seconds(600),
            .closed(session: 1, code: 0x8E, reason: "session taken over")
        )
        #expect(actions.reported == .duplicateClientID)
        #expect(driver.machine.wakeAt ?? .zero >= driver.now + .seconds(60))
    }
}
