import KubeModel
import StateStore
import TestKit
import Testing

/// What is wanted is on disk before anybody is told so, and only newer versions replace it.
@Suite struct DesiredTests {
    @Test func anObjectIsStoredOnceAndSurvivesARestart() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            let pod = object(version: "1", generation: 3)
            do {
                let store = try StateStore(path: path)
                #expect(store.opening.isNew)
                #expect(try await store.accept(pod) == .stored)
                #expect(try await store.accept(pod) == .unchanged)
            }
            let store = try StateStore(path: path)
            #expect(!store.opening.isNew)
            #expect(try await store.desired() == [pod])
            #expect(try await store.snapshot().desired == [pod])
        }
    }

    /// What is stored, what arrives, what becomes of it, and what is stored then.
    @Test(arguments: [
        (object(version: "1"), object(version: "2"), Acceptance.stored, object(version: "2")),
        (
            object(version: "2"), object(version: "1"),
            .stale(stored: ObjectVersion(uid: "u1", resourceVersion: "2")), object(version: "2")
        ),
        (object(version: "2"), object(version: "2"), .unchanged, object(version: "2")),
        (
            object(version: "ab", isDerived: true), object(version: "12", isDerived: true), .stored,
            object(version: "12", isDerived: true)
        ),
        (
            object(version: "99", isDerived: true), object(version: "12", isDerived: true), .stored,
            object(version: "12", isDerived: true)
        ),
        (
            object(version: "5"), object(uid: "u2", version: "1"), .replaced(oldUID: "u1"),
            object(uid: "u2", version: "1")
        ),
        // The end of another object of this name is not our object's end.
        (
            object(version: "5"), object(uid: "u2", version: "9", deletedAt: 4),
            .ignored(storedUID: "u1"), object(version: "5")
        ),
        // The end counts whatever its version is, and its spec is not taken.
        (
            object(version: "5"), object(version: "5", deletedAt: 4), .stored,
            object(version: "5", deletedAt: 4)
        ),
        (
            object(version: "5"), object(version: "4", deletedAt: 4), .stored,
            object(version: "5", deletedAt: 4)
        ),
        (
            object(version: "5"), object(version: "6", deletedAt: 4), .stored,
            object(version: "6", deletedAt: 4, payload: object(version: "5").payload)
        ),
        // Once is enough.
        (
            object(version: "5", deletedAt: 4), object(version: "5", deletedAt: 9), .unchanged,
            object(version: "5", deletedAt: 4)
        ),
        // Wanted again before it was gone.
        (
            object(version: "5", deletedAt: 4), object(version: "6"), .stored, object(version: "6")
        ),
    ])
    func theContractIsKept(
        first: DesiredObject,
        second: DesiredObject,
        expected: Acceptance,
        stored: DesiredObject
    ) async throws {
        try await withStore { (store, _) async throws in
            #expect(try await store.accept(first) == .stored)
            #expect(try await store.accept(second) == expected)
            #expect(try await store.desired() == [stored])
        }
    }

    @Test func kindsAndNamesAreKeptApartAndInOrder() async throws {
        try await withStore { (store, _) async throws in
            let objects = [
                object("b", kind: .pod, version: "1"), object("a", kind: .pod, version: "1"),
                object("a", kind: .secret, version: "1"),
                object("a", kind: .configMap, version: "1"),
            ]
            for object in objects { #expect(try await store.accept(object) == .stored) }
            #expect(try await store.desired(.pod).map(\.name) == ["a", "b"])
            #expect(try await store.desired().map(\.kind) == [.configMap, .pod, .pod, .secret])
            #expect(try await store.desired(.secret, "default", "a") == objects[2])
            #expect(try await store.desired(.secret, "default", "b") == nil)
        }
    }

    @Test func anEndIsRequestedOnceAndForItsUidOnly() async throws {
        try await withStore { (store, _) async throws in
            _ = try await store.accept(object(version: "1"))
            let time = { Timestamp(nanosecondsSinceEpoch: $0) }
            let reference = { (uid: String) in
                ObjectReference(kind: .pod, namespace: "default", name: "web", uid: uid)
            }
            #expect(try await store.requestDeletion(of: reference("u2"), at: time(1)) == false)
            #expect(try await store.desired()[0].deletionRequestedAt == nil)
            #expect(
                try await store.requestDeletion(
                    of: reference(""),
                    at: time(2),
                    gracePeriodSeconds: 3
                )
            )
            #expect(try await store.requestDeletion(of: reference("u1"), at: time(9)))
            let stored = try await store.desired()[0]
            #expect(stored.deletionRequestedAt == time(2))
            #expect(stored.deletionGracePeriodSeconds == 3)
            #expect(try await store.remove(reference("u2")) == false)
            #expect(try await store.remove(reference("u1")))
            #expect(try await store.remove(reference("u1")) == false)
            #expect(try await store.requestDeletion(of: reference(""), at: time(3)) == false)
            #expect(try await store.desired().isEmpty)
        }
    }

    @Test func theBellRingsForChangesOnly() async throws {
        try await withStore { (store, _) async throws in
            let bell = store.desiredBell
            let accept = { (version: String) in
                _ = try await store.accept(object(version: version))
            }
            try await expect(bell, rings: true) { try await accept("2") }
            try await expect(bell, rings: false) { try await accept("2") }
            try await expect(bell, rings: false) { try await accept("1") }
            let reference = object(version: "1").reference
            let time = Timestamp(nanosecondsSinceEpoch: 1)
            try await expect(bell, rings: true) {
                _ = try await store.requestDeletion(of: reference, at: time)
            }
            try await expect(bell, rings: true) { try await store.remove(reference) }
            try await expect(bell, rings: false) { try await store.remove(reference) }
        }
    }

    @Test func refusalsAreRememberedUntilAGoodVersionComes() async throws {
        var limits = StoreLimits()
        limits.refusalCountMax = 2
        try await withStore(limits: limits) { (store, _) async throws in
            let refusal = { (name: String, reason: String) in
                Refusal(
                    reference: object(name, version: "1").reference,
                    resourceVersion: "7",
                    reason: reason,
                    message: "spec.x: no"
                )
            }
            _ = try await store.accept(object("a", version: "1"))
            try await store.refuse(refusal("a", "Invalid"))
            try await store.refuse(refusal("a", "TooLarge"))
            #expect(try await store.refusals() == [refusal("a", "TooLarge")])
            #expect(try await store.desired().count == 1, "the last good version stays")
            _ = try await store.accept(object("a", version: "2"))
            #expect(try await store.refusals().isEmpty)
            for name in ["a", "b", "c"] { try await store.refuse(refusal(name, "Invalid")) }
            #expect(try await store.refusals().map(\.reference.name) == ["b", "c"])
            try await store.forgetRefusal(.pod, "default", "b")
            #expect(try await store.refusals().map(\.reference.name) == ["c"])
        }
    }

    @Test func thereIsABoundOnObjects() async throws {
        var limits = StoreLimits()
        limits.desiredObjectCountMax = 2
        try await withStore(limits: limits) { (store, _) async throws in
            _ = try await store.accept(object("a", version: "1"))
            _ = try await store.accept(object("b", version: "1"))
            let error = await #expect(throws: StoreError.self) {
                try await store.accept(object("c", version: "1"))
            }
            #expect(error == .tooMany(table: "desired", rowCountMax: 2))
            #expect(try await store.accept(object("b", version: "2")) == .stored)
        }
    }

    @Test func payloadsAreKeptByteForByte() async throws {
        try await withStore { (store, _) async throws in
            var generator = SeededGenerator(seed: 1)
            for count in [0, 1, 4096, 256 * 1024] {
                let payload = generator.bytes(count)
                let given = object("p\(count)", version: "'\u{0}\"", payload: payload)
                #expect(try await store.accept(given) == .stored)
                #expect(try await store.desired(.pod, "default", "p\(count)") == given)
            }
        }
    }

    @Test func derivedIdentitiesComeFromTheSystemsDigests() throws {
        let digests = Digests.system
        #expect(
            Hexadecimal.text(digests.sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            Hexadecimal.text(digests.sha1(Array("abc".utf8)))
                == "a9993e364706816aba3e25717850c26c9cd0d89d"
        )
        // Python: uuid5(uuid5(NAMESPACE_DNS, "swiftlet.dev"), "gw-1/Pod/default/web")
        #expect(
            NameUUID.ofObject(
                node: "gw-1",
                kind: .pod,
                namespace: "default",
                name: "web",
                digests: digests
            ) == "2d5c422d-353c-52e7-91e9-f670390f4c62"
        )
        // RFC 9562, appendix A.4.
        let dns: [UInt8] = [
            0x6B, 0xA7, 0xB8, 0x10, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4,
            0x30,
            0xC8,
        ]
        #expect(
            NameUUID.version5(name: "www.example.com", space: dns, sha1: digests.sha1)
                == "2ed6657d-e927-568b-95e1-2665a8aea6a2"
        )
    }
}
