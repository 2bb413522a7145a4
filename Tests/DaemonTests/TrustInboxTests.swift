import KubeModel
import StateStore
import TestKit
import Testing
import Trust

@testable import Daemon

// Goal: rule 3 with `trust.keys`: neither the broker nor anybody on it can deploy, replay to another
// node, roll back, or delete. Method: the inbox with a real database, as the thief and as the controller.
@Suite("Signed desired state")
struct TrustInboxTests {
    private struct Door {
        var key: SigningKey
        var inbox: Inbox
        var store: StateStore
        let plain: ManifestInboxTests.Door

        func manifest(
            _ generation: Int64,
            _ payloads: [[UInt8]],
            node: String = "gw-1"
        ) throws -> [UInt8] {
            var manifest = try DesiredManifest(payload: plain.manifest(generation, payloads))
            manifest.node = node
            return manifest.payload
        }

        func sign(_ manifest: [UInt8]) throws -> [UInt8] {
            try key.sign(manifest: manifest).payload
        }

        /// Both topics, in the order that a careful controller takes.
        func publish(_ manifest: [UInt8]) async throws -> ManifestOutcome? {
            _ = try await inbox.takeSignature(sign(manifest), isRetained: false)
            return try await inbox.takeManifest(manifest, isRetained: false)
        }

        func problem() async throws -> String? {
            try await store.desiredReport().errors.first?.reason
        }
    }

    private func with(_ body: (Door) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            let store = try StateStore(path: fixture.path("state.db"))
            let key = try SigningKey()
            let trust = try TrustedKeys([key.verifyingKey])
            let inbox = Inbox(store: store, nodeName: "gw-1", trust: trust)
            let plain = ManifestInboxTests.Door(inbox: inbox, store: store)
            try await body(Door(key: key, inbox: inbox, store: store, plain: plain))
        }
    }

    @Test("rule 3: nothing is applied without a manifest whose signature is valid")
    func unsigned() async throws {
        try await with { door in
            let pod = door.plain.pod("1")
            guard case .staged = try await door.inbox.take(pod, as: door.plain.address()) else {
                Issue.record("an object alone was taken")
                return
            }
            let manifest = try door.manifest(1, [pod])
            _ = try await door.inbox.takeManifest(manifest, isRetained: false)
            #expect(try await door.problem() == "NotTrusted")
            let stranger = try SigningKey().sign(manifest: manifest).payload
            _ = try await door.inbox.takeSignature(stranger, isRetained: false)
            #expect(try await door.plain.versions() == [])
            _ = try await door.inbox.takeSignature(Array("junk".utf8), isRetained: false)
            #expect(try await door.plain.versions() == [])
            let outcome = try await door.inbox.takeSignature(
                door.sign(manifest),
                isRetained: false
            )
            #expect(outcome == .accepted(deletionCount: 0))
            #expect(try await door.plain.versions() == ["1"])
            #expect(try await door.problem() == nil)
        }
    }

    @Test("rule 3: manifest and signature come in any order")
    func order() async throws {
        try await with { door in
            let first = try door.manifest(1, [])
            #expect(try await door.publish(first) == .accepted(deletionCount: 0))
            let second = try door.manifest(2, [])
            _ = try await door.inbox.takeManifest(second, isRetained: false)
            let outcome = try await door.inbox.takeSignature(
                door.sign(second),
                isRetained: false
            )
            #expect(outcome == .accepted(deletionCount: 0))
            // From the broker's memory, the manifest first: known, so no signature is missed.
            #expect(try await door.inbox.takeManifest(second, isRetained: true) == .same)
            #expect(try await door.problem() == nil)
        }
    }

    @Test(
        "rule 3: replayed to another node, or from an older generation, a signed manifest says nothing"
    )
    func replay() async throws {
        try await with { door in
            let other = try door.manifest(1, [], node: "gw-2")
            #expect(try await door.publish(other) == .refused(.otherNode("gw-2")))
            let pod = door.plain.pod("1")
            _ = try await door.inbox.take(pod, as: door.plain.address())
            let old = try door.manifest(1, [])
            let new = try door.manifest(2, [pod])
            #expect(try await door.publish(new) == .accepted(deletionCount: 0))
            #expect(try await door.publish(old) == .refused(.oldGeneration(1, stored: 2)))
            #expect(try await door.plain.versions() == ["1"])
        }
    }

    @Test("rule 3: tombstones, empty messages and cleared manifests of a thief delete nothing")
    func deletions() async throws {
        try await with { door in
            let pod = door.plain.pod("1")
            _ = try await door.inbox.take(pod, as: door.plain.address())
            _ = try await door.publish(door.manifest(1, [pod]))
            let time = Timestamp(nanosecondsSinceEpoch: 9)
            #expect(try await !door.inbox.takeNothing(for: door.plain.address(), at: time))
            let text = String(decoding: pod, as: UTF8.self).replacing(
                #""name":"web","#,
                with: #""name":"web","deletionTimestamp":"2026-11-23T08:00:00Z","#
            )
            _ = try await door.inbox.take(Array(text.utf8), as: door.plain.address())
            _ = try await door.inbox.takeManifest([], isRetained: false)
            _ = try await door.inbox.takeSignature([], isRetained: false)
            #expect(try await door.plain.versions() == ["1"])
            #expect(try await door.store.manifest()?.generation == 1)
        }
    }

    @Test(
        "a manifest from before trust was asked for counts no more, and nothing is deleted by that"
    )
    func migration() async throws {
        try await with { door in
            let open = Inbox(store: door.store, nodeName: "gw-1")
            let pod = door.plain.pod("1")
            _ = try await open.take(pod, as: door.plain.address())
            _ = try await open.takeManifest(door.manifest(7, [pod]), isRetained: false)
            try await door.inbox.prepare()
            #expect(try await door.store.manifest() == nil)
            #expect(try await door.plain.versions() == ["1"])
            guard
                case .staged = try await door.inbox.take(
                    door.plain.pod("2"),
                    as: door.plain.address()
                )
            else {
                Issue.record("taken without a signature")
                return
            }
            _ = try await door.publish(door.manifest(1, [pod]))
            try await door.inbox.prepare()
            #expect(try await door.store.manifest()?.generation == 1, "a signed one stays")
        }
    }

    @Test("damaged manifests and signatures never count, and never crash")
    func damaged() async throws {
        try await with { door in
            let manifest = try door.manifest(1, [door.plain.pod("1")])
            let signature = try door.sign(manifest)
            var random = SeededGenerator(seed: 21)
            for _ in 0..<150 {
                let other = random.mutated(manifest)
                guard other != manifest else { continue }
                _ = try await door.inbox.takeSignature(signature, isRetained: true)
                _ = try await door.inbox.takeManifest(other, isRetained: true)
                _ = try await door.inbox.takeSignature(random.mutated(signature), isRetained: true)
            }
            #expect(try await door.store.manifest() == nil)
        }
    }
}
