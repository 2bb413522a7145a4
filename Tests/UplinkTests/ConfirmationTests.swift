import Testing

@testable import Uplink

// Goal: rule 6: what a broker that was restored from a snapshot may have lost is known, and no more than
// that is sent again. Method: the session as a value, a table of what it remembers.
@Suite("What the broker has confirmed")
struct ConfirmationTests {
    private func told(
        counts: StatusCounts,
        seen: Presence
    ) -> [SessionAction] {
        var driver = SessionDriver()
        driver.counter = 4
        driver.lastAcknowledged = 4
        _ = driver.send(.start)
        driver.counter += 1
        _ = driver.send(
            .numbered(session: 5, lastAcknowledged: 4, wallNanoseconds: 0, counts: counts)
        )
        _ = driver.send(.transportReady(session: 5))
        _ = driver.send(.connected(session: 5, isResumed: true))
        _ = driver.send(driver.presence(seen, isRetained: true))
        _ = driver.send(.subscribed(session: 5, .presence, code: 0))
        return driver.send(.subscribed(session: 5, .requests, code: 1))
    }

    private func presence(
        _ state: Presence.State,
        _ count: UInt64?,
        session: UInt64 = 4
    ) -> Presence {
        Presence(
            state: state,
            session: session,
            bootID: "b007",
            sinceNanoseconds: 0,
            acknowledgedCount: count
        )
    }

    @Test("a smaller count than it confirmed means an older snapshot: everything is sent again")
    func behind() {
        let counts = StatusCounts(acknowledged: 9, confirmed: 7)
        let actions = told(counts: counts, seen: presence(.online, 6))
        #expect(actions.forgets && !actions.contains(.forgetUnconfirmed))
        #expect(told(counts: counts, seen: presence(.online, 9, session: 3)).forgets)
    }

    @Test("the confirmed count means that only what came after it may be lost")
    func between() {
        let counts = StatusCounts(acknowledged: 9, confirmed: 7)
        let actions = told(counts: counts, seen: presence(.online, 7))
        #expect(!actions.forgets && actions.contains(.forgetUnconfirmed))
        let all = StatusCounts(acknowledged: 7, confirmed: 7)
        #expect(!told(counts: all, seen: presence(.online, 7)).contains(.forgetUnconfirmed))
    }

    @Test("a will, a farewell, and a presence without a count say that nothing is lost")
    func others() {
        let counts = StatusCounts(acknowledged: 9, confirmed: 9)
        for seen in [presence(.offline, nil), presence(.stopped, 9), presence(.online, nil)] {
            let actions = told(counts: counts, seen: seen)
            #expect(!actions.forgets && !actions.contains(.forgetUnconfirmed))
        }
        let open = StatusCounts(acknowledged: 9, confirmed: 7)
        #expect(!told(counts: open, seen: presence(.offline, nil)).contains(.forgetUnconfirmed))
    }

    @Test("half a minute after a status the broker is told the count, once for all of them")
    func announces() {
        var driver = SessionDriver()
        driver.online()
        let rows = ["a", "b"].map { OutboundMessage.status($0, $0) }
        let tokens = driver.send(.outbox(rows)).publishedTokens
        #expect(tokens.count == 2)
        _ = driver.send(.published(session: 1, tokens[0], code: 0))
        _ = driver.after(.seconds(10), .published(session: 1, tokens[1], code: 0))
        #expect(driver.after(.milliseconds(19_999), .tick).publishedTokens == [])
        let told = driver.after(.milliseconds(1), .tick)
        guard case .publish(.birth, let message)? = told.first else {
            Issue.record("\(told)")
            return
        }
        #expect(Presence(payload: message.payload)?.acknowledgedCount == 2)
        let answer = driver.send(.published(session: 1, .birth, code: 0))
        #expect(answer == [.statusesConfirmed(2)])
        #expect(driver.after(.seconds(300), .tick).publishedTokens == [])
    }

    @Test("an event is no state: nothing is counted, and nothing is told")
    func events() {
        var driver = SessionDriver()
        driver.online()
        let event = OutboundMessage(
            topic: "events",
            payload: [1],
            isRetained: false,
            isUrgent: false
        )
        let tokens = driver.send(.outbox([event])).publishedTokens
        _ = driver.send(.published(session: 1, tokens[0], code: 0))
        #expect(driver.after(.seconds(60), .tick).publishedTokens == [])
    }
}
