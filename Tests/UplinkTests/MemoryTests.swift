import TestKit
import Testing

@testable import Uplink

// Goal: rules 5, 6 and 7: who remembers what over cuts, restarts and lost stores. Method: a real
// broker that is stopped, killed, emptied and put back, and a node that is killed.
@Suite(
    "Memory on both sides",
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment))
)
struct MemoryTests {
    @Test("rule 5: a broker's restart brings what came meanwhile, and not everything again")
    func brokerRestart() async throws {
        try await Link.with { link in
            try await link.publish("desired/pods/default/old", "spec")
            try await link.start()
            try await link.received(1)
            try await link.broker.stop()
            try await link.broker.start()
            try await link.publish("desired/pods/default/new", "spec")
            try await link.onlineAgain()
            try await link.received(2)
            let names = await link.backend.messages.map(\.topic)
            #expect(names == ["old", "new"].map { link.topic("desired/pods/default/\($0)") })
            #expect(await link.backend.forgottenCount == 0)
        }
    }

    @Test("rule 5: after more than 10 minutes away everything retained comes again")
    func longAbsence() async throws {
        try await Link.with { link in
            try await link.publish("desired/pods/default/web", "spec")
            try await link.start()
            try await link.received(1)
            try await link.broker.stop()
            try await eventually("the cut is seen") { await link.backend.phase == .offline }
            link.pass(.seconds(601))
            try await link.broker.start()
            try await link.onlineAgain()
            try await link.received(2)
            #expect(await link.backend.messages.map(\.isRetained) == [true, true])
        }
    }

    @Test("rule 5: what a full disk could not take is asked for again a minute later")
    func fullDisk() async throws {
        try await Link.with { link in
            try await link.start()
            await link.backend.refuseNext(1)
            try await link.publish("desired/pods/default/web", "spec")
            try await link.publish("desired/pods/default/other", "spec")
            try await link.received(1)
            #expect(await link.backend.messages.map(\.topic.last) == ["r"])
            link.pass(.seconds(60))
            try await link.received(3)
            let names = await link.backend.messages.suffix(2).map(\.topic).sorted()
            #expect(names == ["other", "web"].map { link.topic("desired/pods/default/\($0)") })
        }
    }

    @Test("rule 5: a new process asks for everything retained, whatever the session holds")
    func processRestart() async throws {
        try await Link.with { link in
            try await link.publish("desired/pods/default/web", "spec")
            try await link.start()
            try await link.received(1)
            await link.vanish()
            try await link.start()
            try await link.received(2)
            #expect(await link.backend.messages.map(\.isRetained) == [true, true])
        }
    }

    @Test("rule 6: an emptied broker is told everything again")
    func emptied() async throws {
        try await Link.with { link in
            try await link.start()
            try await link.say(["a", "b", "c"])
            try await link.broker.stop()
            link.broker.forget()
            try await link.broker.start()
            try await link.onlineAgain()
            try await link.drained()
            #expect(await link.backend.forgottenCount == 1)
            #expect(try await link.retained("status/pods/+/+").count == 3)
            #expect(try await link.presence()?.session == link.backend.session)
        }
    }

    @Test("rule 6: a broker restored from an older snapshot is told everything again")
    func restored() async throws {
        try await Link.with { link in
            try await link.start()
            try await link.broker.stop()
            let snapshot = try readBytes(link.broker.snapshotPath)
            try await link.broker.start()
            try await link.onlineAgain()
            try await link.say(["a"])
            link.broker.kill()
            try writeFile(link.broker.snapshotPath, snapshot)
            try await link.broker.start()
            try await link.onlineAgain()
            try await link.drained()
            #expect(await link.backend.forgottenCount == 1)
            #expect(try await link.retained("status/pods/+/+").count == 1)
        }
    }

    /// Restores the broker from a snapshot that was taken when `said` was all it knew.
    private func restore(
        _ link: Link,
        said: [String],
        isConfirmed: Bool,
        then later: [String]
    ) async throws {
        await link.backend.countStatuses()
        try await link.start()
        try await link.say(said)
        if isConfirmed { try await confirm(link) }
        try await link.broker.stop()
        let snapshot = try readBytes(link.broker.snapshotPath)
        try await link.broker.start()
        try await link.onlineAgain()
        try await link.drained()
        try await link.say(later)
        if isConfirmed { try await confirm(link) }
        link.broker.kill()
        try writeFile(link.broker.snapshotPath, snapshot)
        try await link.broker.start()
        try await link.onlineAgain()
        try await link.drained()
    }

    /// Lets the time pass after which the broker is told how many statuses it has.
    private func confirm(_ link: Link) async throws {
        link.pass(UplinkSession.confirmAfter)
        try await eventually("the count is confirmed") {
            let counts = await link.backend.counts
            return counts.confirmed == counts.acknowledged
        }
    }

    @Test(
        "rule 6: a broker restored from a snapshot older than our last statuses gets them again",
        arguments: [true, false]
    )
    func restoredBetween(isConfirmed: Bool) async throws {
        try await Link.with { link in
            try await restore(link, said: ["a"], isConfirmed: isConfirmed, then: ["b", "c"])
            let kept = try await link.retained("status/pods/+/+").compactMap(\.name)
            #expect(kept.count == 3, "\(kept)")
        }
    }

    @Test(
        "rule 6: status/connection counts what the broker has acknowledged; a will counts nothing"
    )
    func counter() async throws {
        try await Link.with { link in
            await link.backend.countStatuses()
            try await link.start()
            #expect(try await link.presence()?.acknowledgedCount == nil)
            try await link.say(["a", "b"])
            try await confirm(link)
            #expect(try await link.presence()?.acknowledgedCount == 2)
            // Nothing more is said about it while nothing changes.
            #expect(await link.backend.counts == StatusCounts(acknowledged: 2, confirmed: 2))
            await link.vanish()
            try await eventually("the will is there") {
                try await link.presence()?.state == .offline
            }
            #expect(try await link.presence()?.acknowledgedCount == nil)
            try await link.start()
            #expect(await link.backend.unconfirmedCount == 0, "a will comes after everything")
            #expect(await link.backend.forgottenCount == 0)
        }
    }

    @Test(
        "rule 6: a restart of the daemon sends its birth and nothing else",
        arguments: [true, false]
    )
    func daemonRestart(isKilled: Bool) async throws {
        try await Link.with { link in
            try await link.start()
            try await link.say(["a", "b"])
            let watch = try await link.watch()
            if isKilled { await link.vanish() } else { await link.leave() }
            // The new daemon finds nothing changed: the outbox takes no row for what was said.
            await link.backend.enqueue(.status("a", "a"))
            try await link.start()
            await link.backend.enqueue(.status("b", "changed"))
            link.uplink.ring()
            try await eventually("the one change is seen") {
                watch.live("default/b") == ["changed"]
            }
            #expect(watch.live("default/a") == [])
            #expect(await link.backend.forgottenCount == 0)
            await watch.end()
        }
    }

    @Test("rule 6: while nothing changes nothing is sent")
    func silence() async throws {
        try await Link.with { link in
            try await link.start()
            try await link.say(["a"])
            // Half a minute later the broker is told the count; from then on there is silence.
            try await confirm(link)
            let watch = try await link.watch("#")
            link.pass(.seconds(599))
            // A message through the node's own connection and back shows that it is alive.
            try await link.publish("requests/1", "{}", retain: false)
            try await link.received(1)
            try await eventually("the watch sees it too") { !watch.live("requests/1").isEmpty }
            #expect(
                watch.messages.filter { !$0.isRetained }.map(\.topic) == [link.topic("requests/1")]
            )
            link.pass(.seconds(601))
            try await eventually("the probe") { watch.live("replies/probe") == [""] }
            await watch.end()
        }
    }

    @Test("rule 7: a node that is killed is offline by its will, in the session of that connection")
    func will() async throws {
        try await Link.with { link in
            try await link.start()
            let watch = try await link.watch("status/connection")
            await link.vanish()
            try await eventually("the will") { try await link.presence() == .offline(1) }
            try await link.start()
            let presence = try await link.presence()
            #expect(presence?.state == .online)
            #expect(presence?.session == 2)
            #expect(watch.live("connection").count == 2)
            await watch.end()
        }
    }

    @Test("rule 7: the will of a cut shorter than its delay is never said")
    func shortCut() async throws {
        try await Link.with { link in
            link.configuration.willDelaySeconds = 30
            try await link.start()
            let watch = try await link.watch("status/connection")
            await link.vanish()
            try await link.start()
            try await eventually("the second birth") { !watch.live("connection").isEmpty }
            let said = watch.live("connection").map { Presence(payload: Array($0.utf8))?.state }
            #expect(said == [.online])
            await watch.end()
        }
    }

    @Test("rule 7: a word over the birth is put right")
    func overwritten() async throws {
        try await Link.with { link in
            try await link.start()
            let late = String(decoding: Presence.offline(0).payload, as: UTF8.self)
            link.pass(.seconds(60))
            try await link.publish("status/connection", late)
            try await eventually("the birth is said again") {
                try await link.presence()?.state == .online
            }
        }
    }

    @Test("rule 7: a node that lost its counter takes one the broker has not seen")
    func lostCounter() async throws {
        try await Link.with { link in
            try await link.publish(
                "status/connection",
                String(decoding: Presence.offline(50).payload, as: UTF8.self)
            )
            try await link.start()
            #expect(try await link.presence()?.session == 51)
            #expect(await link.backend.lastAcknowledged == 51)
        }
    }

    @Test("a node that stops says so, and its will is never published")
    func stopped() async throws {
        try await Link.with { link in
            try await link.start()
            await link.leave()
            #expect(try await link.presence()?.state == .stopped)
            #expect(await link.backend.phase == .stopped)
        }
    }
}
