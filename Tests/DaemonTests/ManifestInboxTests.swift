import KubeModel
import StateStore
import TestKit
import Testing

@testable import Daemon

// Goal: rules 2 and 3 at the door: where a manifest counts nothing else does, and a message that is
// merely missing never deletes. Method: the inbox with a real database.
@Suite("Manifests at the inbox")
struct ManifestInboxTests {
    struct Door {
        var inbox: Inbox
        var store: StateStore

        func pod(_ version: String, name: String = "web") -> [UInt8] {
            let metadata = #""name":"\#(name)","uid":"u","resourceVersion":"\#(version)""#
            let container = #"{"name":"c","image":"oci:a:1"}"#
            return Array(
                (#"{"apiVersion":"v1","kind":"Pod","metadata":{\#(metadata)},"#
                    + #""spec":{"containers":[\#(container)]}}"#).utf8
            )
        }

        func address(_ name: String = "web") throws -> DesiredObject.Address {
            .init(kind: .pod, name: try ObjectName(namespace: "default", name: name))
        }

        func manifest(_ generation: Int64, _ payloads: [[UInt8]]) throws -> [UInt8] {
            let items = try payloads.map {
                DesiredManifest.Item(address: try address(), sha256: Digests.system.sha256($0))
            }
            return DesiredManifest(
                node: "gw-1",
                epoch: "e",
                generation: generation,
                issuedAt: Timestamp(nanosecondsSinceEpoch: 0),
                allowsEmpty: true,
                items: items
            )
            .payload
        }

        func versions() async throws -> [String] {
            try await store.desired().filter { $0.deletionRequestedAt == nil }
                .map(\.resourceVersion)
        }
    }

    static func with(_ body: (Door) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            let store = try StateStore(path: fixture.path("state.db"))
            try await body(Door(inbox: Inbox(store: store, nodeName: "gw-1"), store: store))
        }
    }

    @Test("rule 3: once there is a manifest, only what it lists counts")
    func listed() async throws {
        try await Self.with { door in
            _ = try await door.inbox.take(door.pod("1"), as: door.address())
            let next = door.pod("2")
            let payload = try door.manifest(1, [next])
            #expect(
                try await door.inbox.takeManifest(payload, isRetained: false)
                    == .accepted(deletionCount: 0)
            )
            #expect(try await door.versions() == ["1"], "the old one until the new one is here")
            guard case .staged = try await door.inbox.take(door.pod("3"), as: door.address()),
                case .taken = try await door.inbox.take(next, as: door.address())
            else {
                Issue.record("taken, or not taken")
                return
            }
            #expect(try await door.versions() == ["2"])
        }
    }

    @Test("rule 2: an empty message deletes without a manifest, and nothing with one")
    func emptyMessage() async throws {
        try await Self.with { door in
            let pod = door.pod("1")
            _ = try await door.inbox.take(pod, as: door.address())
            let time = Timestamp(nanosecondsSinceEpoch: 3)
            _ = try await door.inbox.takeManifest(door.manifest(1, [pod]), isRetained: false)
            #expect(try await !door.inbox.takeNothing(for: door.address(), at: time))
            #expect(try await door.versions() == ["1"])
            // The manifest's topic cleared while we look: objects count one by one again.
            #expect(try await door.inbox.takeManifest([], isRetained: true) == nil)
            #expect(try await door.inbox.isUnderManifest())
            #expect(try await door.inbox.takeManifest([], isRetained: false) == nil)
            #expect(try await !door.inbox.isUnderManifest())
            #expect(try await door.versions() == ["1"], "nothing was deleted by that")
            #expect(try await door.inbox.takeNothing(for: door.address(), at: time))
            #expect(try await door.versions() == [])
        }
    }

    @Test("rule 3: an equal manifest is acknowledged again when it was sent again, not from memory")
    func again() async throws {
        try await Self.with { door in
            let payload = try door.manifest(1, [])
            _ = try await door.inbox.takeManifest(payload, isRetained: true)
            try await door.store.enqueue(OutboxMessage(topic: "status/desired", payload: [1]))
            try await door.store.acknowledge(topic: "status/desired", payload: [1])
            #expect(try await door.inbox.takeManifest(payload, isRetained: true) == .same)
            #expect(try await door.store.dueCount() == 0)
            #expect(try await door.inbox.takeManifest(payload, isRetained: false) == .same)
            #expect(try await door.store.dueCount() == 1)
        }
    }

    @Test("rule 3: a manifest that is not readable changes nothing, and status/desired says why")
    func unreadable() async throws {
        try await Self.with { door in
            _ = try await door.inbox.take(door.pod("1"), as: door.address())
            guard
                case .refused(let error)? = try await door.inbox.takeManifest(
                    Array("{".utf8),
                    isRetained: false
                )
            else {
                Issue.record("was taken")
                return
            }
            #expect(error.reason == "Unreadable")
            #expect(try await door.versions() == ["1"])
            let problem = try await door.store.desiredReport().errors.first
            #expect(problem?.kind == "Manifest" && problem?.reason == "Unreadable")
        }
    }

    @Test("damaged manifests and objects behind one are refused or staged, never a crash")
    func damaged() async throws {
        try await Self.with { door in
            var random = SeededGenerator(seed: 3)
            let pod = door.pod("1")
            let payload = try door.manifest(1, [pod])
            _ = try await door.inbox.takeManifest(payload, isRetained: false)
            for _ in 0..<100 {
                _ = try await door.inbox.takeManifest(random.mutated(payload), isRetained: true)
                _ = try await door.inbox.take(random.mutated(pod), as: door.address())
            }
        }
    }
}
