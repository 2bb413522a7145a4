import Daemon
import KubeModel
import StateStore
import TestKit
import Testing

// Goal: what arrives is on disk before anybody hears of it, or refused by name, and one bad object
// spoils nothing. Method: a real database, hostile payloads.
@Suite("Inbox")
struct InboxTests {
    private func with(_ body: (Inbox, StateStore) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            let store = try StateStore(path: fixture.path("state.db"))
            try await body(Inbox(store: store, nodeName: "gw-1"), store)
        }
    }

    private func address(_ name: String = "web") throws -> DesiredObject.Address {
        .init(kind: .pod, name: try ObjectName(namespace: "default", name: name))
    }

    private func pod(version: String = "", uid: String = "", spec: String = "") -> [UInt8] {
        let metadata = #""name":"web","uid":"\#(uid)","resourceVersion":"\#(version)""#
        let container = #"{"name":"c","image":"oci:a:1"}"#
        return Array(
            (#"{"apiVersion":"v1","kind":"Pod","metadata":{\#(metadata)},"#
                + #""spec":{\#(spec)"containers":[\#(container)]}}"#).utf8
        )
    }

    @Test("an object without uid and version gets both, the same each time")
    func handWritten() async throws {
        try await with { inbox, store in
            guard case .taken(let first, .stored) = try await inbox.take(pod(), as: address()),
                case .taken(let second, .unchanged) = try await inbox.take(pod(), as: address())
            else {
                Issue.record("not taken")
                return
            }
            #expect(first == second)
            #expect(first.resourceVersion.utf8.count == 16)
            #expect(try await store.desired().count == 1)
        }
    }

    @Test(
        "what cannot be honoured is refused with the field, and the good version stays",
        arguments: [
            (#""hostPID":true,"#, "Invalid", "spec.hostPID"),
            (#""nodeName":"other","#, "OtherNode", "spec.nodeName"),
            (#""containres":[],"#, "Invalid", "containres"),
        ]
    )
    func refused(spec: String, reason: String, part: String) async throws {
        try await with { inbox, store in
            _ = try await inbox.take(pod(version: "1", uid: "u"), as: address())
            let bad = pod(version: "2", uid: "u", spec: spec)
            guard case .refused(let refusal) = try await inbox.take(bad, as: address()) else {
                Issue.record("was taken")
                return
            }
            #expect(refusal.reason == reason)
            #expect(refusal.message.contains(part))
            #expect(refusal.reference.uid == "u")
            #expect(refusal.resourceVersion == "2")
            #expect(try await store.desired().map(\.resourceVersion) == ["1"])
            _ = try await inbox.take(pod(version: "1", uid: "u"), as: address())
            #expect(
                try await store.refusals().isEmpty,
                "sent again, the good version is the answer"
            )
        }
    }

    @Test("an older version is refused as stale")
    func stale() async throws {
        try await with { inbox, store in
            _ = try await inbox.take(pod(version: "7", uid: "u"), as: address())
            _ = try await inbox.take(pod(version: "6", uid: "u"), as: address())
            #expect(try await store.refusals().map(\.reason) == ["StaleResourceVersion"])
            #expect(try await store.desired().map(\.resourceVersion) == ["7"])
        }
    }

    @Test("a uid that could leave its folder is refused")
    func hostileUID() async throws {
        try await with { inbox, store in
            for uid in ["../../etc", "a/b", "..", "."] {
                guard case .refused = try await inbox.take(pod(uid: uid), as: address()) else {
                    Issue.record("\(uid) was taken")
                    continue
                }
            }
            #expect(try await store.desired().isEmpty)
        }
    }

    @Test("damaged bytes are refused or taken, never a crash")
    func damaged() async throws {
        try await with { inbox, _ in
            var random = SeededGenerator(seed: 11)
            for _ in 0..<200 {
                _ = try await inbox.take(random.mutated(pod(version: "1", uid: "u")), as: address())
            }
            _ = try await inbox.take([], as: address())
            _ = try await inbox.take([UInt8](repeating: 0x5B, count: 300_000), as: address())
        }
    }

    @Test("an end that is asked for is on disk; one of nothing is no end")
    func ends() async throws {
        try await with { inbox, store in
            let now = Timestamp(nanosecondsSinceEpoch: 5)
            #expect(try await !inbox.end(address(), at: now))
            _ = try await inbox.take(pod(), as: address())
            #expect(try await inbox.end(address(), graceSeconds: 3, at: now))
            #expect(try await store.desired().first?.deletionGracePeriodSeconds == 3)
        }
    }
}
