import KubeModel
import Lifecycle
import Testing

@testable import Supervisor

// Goal: what repeats is counted and told seldom, what is new at once. Method: time is a number.
@Suite("The tally of events")
struct EventTallyTests {
    private func key(_ message: String = "refused", uid: String = "a") -> EventTally.Key {
        let pod = ObjectReference(kind: .pod, namespace: "default", name: "web", uid: uid)
        return .init(object: pod, container: "main", reason: "Unhealthy", message: message)
    }

    private func at(_ seconds: Int64) -> Moment {
        Moment(
            monotonicNanoseconds: seconds * 1_000_000_000,
            wall: Timestamp(nanosecondsSinceEpoch: 1_767_225_600_000_000_000 + seconds)
        )
    }

    @Test("the first is told, then each doubling, under one name")
    func doubling() {
        var tally = EventTally()
        var told: [Int64] = []
        for number in 1...40 {
            let entry = tally.add(key(), named: "e\(number)", at: at(Int64(number)))
            guard let entry else { continue }
            told.append(entry.count)
            #expect(entry.name == "e1")
            #expect(entry.firstAt == at(1).wall)
        }
        #expect(told == [1, 2, 4, 8, 16, 32])
    }

    @Test("ten minutes after it was told last it is told again, if it still happens")
    func again() {
        var tally = EventTally()
        for second in 0..<5 { _ = tally.add(key(), named: "e", at: at(Int64(second))) }
        // Told at 1, 2 and 4; the fourth was second 3.
        #expect(tally.add(key(), named: "e", at: at(602)) == nil)
        #expect(tally.add(key(), named: "e", at: at(603))?.count == 7)
        #expect(tally.add(key(), named: "e", at: at(604))?.count == 8)
    }

    @Test("what has not happened for an hour is news")
    func forgotten() {
        var tally = EventTally()
        _ = tally.add(key(), named: "old", at: at(0))
        #expect(tally.add(key(), named: "x", at: at(3_599))?.count == 2)
        let entry = tally.add(key(), named: "new", at: at(3_599 + 3_600))
        #expect(entry?.count == 1 && entry?.name == "new")
    }

    @Test("another message, reason, container or pod is another event")
    func different() {
        var tally = EventTally()
        var other = key()
        other.container = nil
        var reason = key()
        reason.reason = "BackOff"
        for key in [key(), key("other"), key(uid: "b"), other, reason] {
            #expect(tally.add(key, named: "e", at: at(0))?.count == 1)
        }
    }

    @Test("it holds so many and no more, and forgets the longest unseen first")
    func bounded() {
        var tally = EventTally()
        for number in 0..<EventTally.entriesMax {
            _ = tally.add(key("\(number)"), named: "e", at: at(Int64(number)))
        }
        _ = tally.add(key("0"), named: "e", at: at(1_000))
        _ = tally.add(key("one more"), named: "e", at: at(1_001))
        #expect(tally.add(key("0"), named: "e", at: at(1_002)) == nil)
        #expect(tally.add(key("1"), named: "e", at: at(1_003))?.count == 1)
    }
}
