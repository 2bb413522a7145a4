import TestKit
import Testing

@testable import Uplink

// Goal: the uplink does with a real Mosquitto what the contract says. Method: a broker on a port of
// the test's own, a backend in memory, and the controller's client on the other side.
@Suite(
    "Against a real broker",
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment))
)
struct BrokerTests {
    @Test("a node comes online, and what it has to say arrives retained")
    func online() async throws {
        try await Link.with { link in
            try await link.start()
            await link.backend.enqueue(.status("one", "running"))
            link.uplink.ring()
            try await link.drained()
            let kept = try await link.retained("status/pods/+/+")
            #expect(kept.map(\.payload) == [Array("running".utf8)])
            #expect(kept.first?.name == .podStatus(namespace: "default", name: "one"))
            let presence = try await link.presence()
            #expect(presence?.state == .online)
            #expect(presence?.session == 1)
        }
    }

    @Test("rule 1: nothing is said about an object before the store has it, whatever the PUBACK")
    func storedThenAcknowledged() async throws {
        try await Link.with { link in
            let store = Latch()
            try await link.startAccepting(store)
            let watch = try await link.watch()
            // The PUBACK for this publish is here when the call returns, and proves nothing.
            try await link.publish("desired/pods/default/web", "spec")
            try await eventually("the store is asked") { store.isAwaited }
            // One full round through the broker later there is still no word about it.
            try await link.publish("status/probe", "x")
            try await eventually("the probe is seen") { watch.live("probe") == ["x"] }
            #expect(watch.live("pods/default/web") == [])
            #expect(await link.backend.messages.isEmpty)
            store.open()
            link.uplink.ring()
            try await eventually("accepted is published") {
                watch.live("pods/default/web") == ["accepted"]
            }
            await watch.end()
        }
    }

    @Test("rule 2: a tombstone is handed to the store as it is")
    func tombstone() async throws {
        try await Link.with { link in
            try await link.start()
            let text = #"{"metadata":{"name":"web","deletionTimestamp":"2026-11-23T07:15:00Z"}}"#
            try await link.publish("desired/pods/default/web", text)
            try await link.received(1)
            let message = try #require(await link.backend.messages.first)
            #expect(message.payload == Array(text.utf8))
            #expect(message.name == .desired(.pods, namespace: "default", name: "web"))
            #expect(message.nodeName == "gw-1")
        }
    }

    @Test("rule 2: an empty message that comes live is told apart from a retained one")
    func emptyLive() async throws {
        try await Link.with { link in
            try await link.publish("desired/pods/default/web", "spec")
            try await link.start()
            try await link.received(1)
            try await link.publish("desired/pods/default/web", "")
            try await link.received(2)
            let messages = await link.backend.messages
            #expect(messages.map(\.isRetained) == [true, false])
            #expect(messages.map(\.payload.isEmpty) == [false, true])
        }
    }

    @Test("rule 2: an empty message sent while the node was away is live when it comes back")
    func emptyWhileAway() async throws {
        try await Link.with { link in
            try await link.publish("desired/pods/default/web", "spec")
            try await link.start()
            try await link.received(1)
            await link.vanish()
            try await link.publish("desired/pods/default/web", "")
            try await link.start()
            try await link.received(2)
            let last = try #require(await link.backend.messages.last)
            #expect(last.payload.isEmpty)
            #expect(!last.isRetained)
        }
    }

    @Test("rule 2: a broker that lost its store deletes nothing")
    func emptiedBroker() async throws {
        try await Link.with { link in
            try await link.publish("desired/pods/default/web", "spec")
            try await link.start()
            try await link.received(1)
            try await link.broker.stop()
            link.broker.forget()
            try await link.broker.start()
            try await link.onlineAgain()
            try await link.publish("desired/pods/default/other", "spec")
            try await link.received(2)
            #expect(await link.backend.messages.allSatisfy { !$0.payload.isEmpty })
        }
    }

    @Test("rule 4: what comes twice or in any order is handed on as it came")
    func anyOrder() async throws {
        try await Link.with { link in
            try await link.start()
            let sent = [
                ("desired/pods/default/web", "2"), ("desired/secrets/default/key", "1"),
                ("desired/pods/default/web", "2"), ("desired/pods/default/web", "1"),
                ("desired/configmaps/default/web", "1"), ("desired/pods/Bad_Name/x", "1"),
                ("requests/42", "{}"),
            ]
            try await link.controller { client in
                for (path, text) in sent {
                    try await client.publish(
                        link.topic(path),
                        payload: Array(text.utf8),
                        retain: path.hasPrefix("desired")
                    )
                }
            }
            try await link.received(sent.count)
            let got = await link.backend.messages
            #expect(got.map(\.topic) == sent.map { link.topic($0.0) })
            #expect(got.map(\.payload) == sent.map { Array($0.1.utf8) })
            #expect(got[5].name == nil)
        }
    }

    @Test("rule 8: between 256 and 512 KiB an object arrives, above the broker holds it back")
    func packetLimit() async throws {
        try await Link.with(extra: ["max_packet_size 10000000"]) { link in
            try await link.start()
            try await link.publishRaw("desired/pods/default/large", byteCount: 300 * 1_024)
            try await link.publishRaw("desired/pods/default/huge", byteCount: 600 * 1_024)
            try await link.publish("desired/pods/default/small", "spec")
            try await link.received(2)
            #expect(await link.backend.messages.map(\.payload.count) == [300 * 1_024, 4])
        }
    }

    @Test("rule 9: of two nodes with one name the first says so and waits, though no broker tells")
    func duplicate() async throws {
        try await Link.with { link in
            try await link.start()
            let thief = try Link(fixture: link.fixture, broker: link.broker)
            thief.configuration.bootID = "7h1ef"
            try await thief.start()
            try await eventually("the first has noticed") {
                if await link.backend.phase == .offline { link.pass(.seconds(1)) }
                return await link.backend.phase == .duplicateClientID
            }
            #expect(await link.backend.links.last?.detail.contains("7h1ef") == true)
            await thief.leave()
        }
    }

    @Test("MQTT 3.1.1 carries the same contract, with everything retained each time")
    func version311() async throws {
        try await Link.with { link in
            link.configuration.version = .v311
            try await link.publish("desired/pods/default/web", "spec")
            try await link.start()
            try await link.received(1)
            await link.backend.enqueue(.status("web", "running"))
            link.uplink.ring()
            try await link.drained()
            #expect(try await link.retained("status/pods/default/web").count == 1)
            await link.vanish()
            try await eventually("the broker says our will at once") {
                try await link.presence() == .offline(1)
            }
            try await link.start()
            try await link.received(2)
            #expect(await link.backend.forgottenCount == 0)
        }
    }
}
