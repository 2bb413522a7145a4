import Documents
import KubeModel
import StateStore
import Supervisor
import TestKit
import Testing
import Uplink

@testable import Daemon

// Goal: what comes from the broker reaches the right door, whatever it is. Method: the backend with a real
// database and a supervisor that can start nothing.
@Suite("Messages from the broker")
struct BrokerBackendTests {
    private func with(
        _ body: (BrokerBackend, StateStore) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let store = try StateStore(path: fixture.path("state.db"))
            let backend = BrokerBackend(
                store: store,
                inbox: Inbox(store: store, nodeName: "gw-1"),
                supervisor: Supervisor.empty(in: fixture, store: store)
            )
            try await body(backend, store)
        }
    }

    private func message(
        _ path: String,
        _ text: String,
        isRetained: Bool = false
    ) -> InboundMessage {
        InboundMessage(
            topic: "swiftlet/v1/gw-1/\(path)",
            prefix: "swiftlet/v1",
            payload: Array(text.utf8),
            isRetained: isRetained
        )
    }

    @Test("rule 8: an unreadable object is refused by the name in its topic, with an event, once")
    func unreadable() async throws {
        try await with { backend, store in
            let path = "desired/pods/default/web"
            #expect(await backend.stored(message(path, "{")))
            let event = try Document(json: #require(try await store.events().first))
            #expect(event["involvedObject"]?["name"] == "web")
            #expect(event["reason"] == "Unreadable" && event["type"] == "Warning")
            #expect(try await store.refusals().map(\.reference.name) == ["web"])
            // From the broker's memory, at the next start: no news.
            #expect(await backend.stored(message(path, "{", isRetained: true)))
            #expect(try await store.events().count == 1)
        }
    }

    @Test("rule 8: one bad object spoils nothing: the good one beside it is stored")
    func others() async throws {
        try await with { backend, store in
            let huge = String(repeating: " ", count: DesiredObject.payloadByteCountMax + 1)
            for text in ["{", "null", huge, #"{"kind":"Pod"}"#] {
                #expect(await backend.stored(message("desired/pods/default/bad", text)))
            }
            let map = #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"}}"#
            #expect(await backend.stored(message("desired/configmaps/default/m", map)))
            let stored = try await store.desired()
            #expect(stored.map(\.name) == ["m"])
        }
    }

    @Test("without a link, session numbers are taken from the disk by the hundred, and none twice")
    func sessions() async throws {
        try await with { backend, store in
            // Online, each connection takes its own.
            for session in 1...3 as ClosedRange<UInt64> {
                #expect(await backend.nextSession() == session)
                await backend.sessionAcknowledged(session)
            }
            var numbers: [UInt64] = []
            for _ in 0..<150 { numbers.append(await backend.nextSession()) }
            #expect(numbers == Array(4...153))
            // 3, then one for the first try, then two hundreds: who starts anew begins behind them.
            let next = try await store.nextSession()
            #expect(next == 205)
            await backend.sessionAcknowledged(153)
            await backend.raiseSession(to: 1_000)
            #expect(await backend.nextSession() == 1_001)
        }
    }

    @Test("topics without meaning, and words of our own, are passed over")
    func meaningless() async throws {
        try await with { backend, store in
            for path in ["desired/nodes/a/b", "status/connection", "events", "x", "requests/1"] {
                #expect(await backend.stored(message(path, "{}")))
            }
            let stored = try await store.desired()
            #expect(stored.isEmpty)
        }
    }

    @Test("rule 6: the counts that the link needs survive on disk")
    func counts() async throws {
        try await with { backend, store in
            try await store.enqueue(OutboxMessage(topic: "status/a", payload: [1]))
            let due = try #require(await backend.due(limit: 9).first)
            await backend.sending(due)
            await backend.acknowledged(due)
            #expect(await backend.statusCounts() == StatusCounts(acknowledged: 1, confirmed: 0))
            await backend.forgetUnconfirmed()
            #expect(await backend.due(limit: 9).count == 1)
            await backend.acknowledged(due)
            await backend.statusesConfirmed(2)
            await backend.forgetUnconfirmed()
            #expect(await backend.due(limit: 9).isEmpty)
        }
    }

    @Test("rule 10: the time at which a broker was online with us is kept, and only grows")
    func time() async throws {
        try await with { backend, store in
            await backend.sessionAcknowledged(1)
            let first = try #require(try await store.confirmedTime())
            try await store.confirm(time: Timestamp(nanosecondsSinceEpoch: 5))
            #expect(try await store.confirmedTime() == first)
            #expect(TrustedTime(confirmed: first).earliest >= first)
            let build = TrustedTime(confirmed: Timestamp(nanosecondsSinceEpoch: 0)).earliest
            #expect(build > Timestamp(nanosecondsSinceEpoch: 1_790_000_000_000_000_000))
        }
    }
}
