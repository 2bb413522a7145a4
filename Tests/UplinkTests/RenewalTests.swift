import Testing

@testable import Uplink

// Goal: other certificates are used at once, wherever the session is, and nothing is lost by it.
// Method: the session as a value, a table of its states.
@Suite("Connecting anew")
struct RenewalTests {
    @Test("a connection that stands is left with DISCONNECT, so that no will is published")
    func online() {
        var driver = SessionDriver()
        driver.online()
        let actions = driver.send(.renew)
        #expect(actions == [.close(isGraceful: true), .nextSession])
        // The end of the old connection is old news once the next has its number.
        let old = driver.machine.session
        _ = driver.number()
        #expect(driver.send(.closed(session: old, code: nil, reason: "bye")) == [])
        #expect(driver.machine.state == .opening)
    }

    @Test("a short cut it is: what is retained is not asked for again")
    func shortCut() {
        var driver = SessionDriver()
        driver.online()
        _ = driver.send(.renew)
        let actions = driver.connect(isResumed: true, remembered: .online(1))
        #expect(actions.desiredHandling == .ifNew)
        #expect(!actions.forgets)
    }

    @Test("while it waits for its next try, the next try is now")
    func waiting() {
        var driver = SessionDriver()
        driver.online()
        _ = driver.drop()
        #expect(driver.send(.renew) == [.nextSession])
    }

    @Test("while the broker is to answer, the answer is waited for no more", arguments: 1...4)
    func greeting(steps: Int) {
        var driver = SessionEndingTests.unanswered(steps)
        #expect(driver.send(.renew) == [.close(isGraceful: true), .nextSession])
    }

    @Test("before the start, while a name is looked up, and after the end nothing changes")
    func elsewhere() {
        var idle = SessionDriver()
        #expect(idle.send(.renew) == [])
        var opening = SessionEndingTests.unanswered(0)
        #expect(opening.send(.renew) == [])
        var stopped = SessionDriver()
        _ = stopped.send(.stop)
        #expect(stopped.send(.renew) == [])
    }
}
