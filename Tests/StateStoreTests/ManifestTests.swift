import KubeModel
import TestKit
import Testing

@testable import StateStore

// Goal: rules 2 and 3 on disk: what an accepted manifest lists is there, what it does not list goes,
// and nothing else changes anything. Method: stories on a real database, then random schedules against
// a model.
@Suite("Manifests on disk")
struct ManifestTests {
    private let now = Timestamp(nanosecondsSinceEpoch: 1)

    private func manifest(
        _ generation: Int64,
        _ objects: [DesiredObject],
        epoch: String = "e",
        issuedAt: Int64 = 100,
        allowsEmpty: Bool = false
    ) throws -> DesiredManifest {
        DesiredManifest(
            node: "gw-1",
            epoch: epoch,
            generation: generation,
            issuedAt: Timestamp(nanosecondsSinceEpoch: issuedAt * 1_000_000_000),
            allowsEmpty: allowsEmpty,
            items: try objects.map { object in
                let name = try ObjectName(namespace: object.namespace, name: object.name)
                return DesiredManifest.Item(
                    address: .init(kind: object.kind, name: name),
                    uid: object.uid,
                    resourceVersion: object.resourceVersion,
                    sha256: Digests.system.sha256(object.payload)
                )
            }
        )
    }

    @discardableResult
    private func accept(
        _ store: StateStore,
        _ manifest: DesiredManifest
    ) async throws -> ManifestOutcome {
        let payload = manifest.payload
        return try await store.accept(manifest, payload: payload, node: "gw-1", at: now)
    }

    private func wanted(_ store: StateStore) async throws -> [String] {
        try await store.desired().filter { $0.deletionRequestedAt == nil }
            .map { "\($0.name) \($0.resourceVersion)" }
    }

    @Test("rule 3: an object counts when its bytes are listed, before or after the manifest")
    func anyOrder() async throws {
        try await withStore { store, path in
            let (a, b) = (object("a", version: "1"), object("b", version: "1"))
            #expect(try await store.take(.object(a)) == .staged)
            #expect(try await wanted(store) == [])
            #expect(try await accept(store, manifest(1, [a, b])) == .accepted(deletionCount: 0))
            #expect(try await wanted(store) == ["a 1"])
            let report = try await store.desiredReport()
            #expect(report.missing.map(\.reference.name) == ["b"] && !report.isStored)
            #expect(try await store.take(.object(b)) == .applied(.stored))
            #expect(try await store.desiredReport().isStored)
            #expect(try await store.take(.object(b)) == .applied(.unchanged))
            // All of it is on disk.
            let again = try StateStore(path: path)
            #expect(try await again.manifest()?.generation == 1)
            #expect(try await again.desiredReport() == store.desiredReport())
        }
    }

    @Test("rule 2: what an accepted manifest does not list is deleted, of every kind")
    func deletion() async throws {
        try await withStore { store, _ in
            let pod = object("a", version: "1")
            let map = object("m", kind: .configMap, uid: "m", version: "1")
            let secret = object("s", kind: .secret, uid: "s", version: "1")
            for one in [pod, map, secret] { _ = try await store.accept(one) }
            #expect(try await accept(store, manifest(1, [secret])) == .accepted(deletionCount: 2))
            let left = try await store.desired()
            #expect(left.map(\.name) == ["a", "s"], "nothing runs of a ConfigMap: it is gone")
            #expect(left.first?.deletionRequestedAt == now)
        }
    }

    @Test("rule 2: the fuse keeps everything when a manifest lists nothing by accident")
    func fuse() async throws {
        try await withStore { store, _ in
            _ = try await store.accept(object("a", version: "1"))
            #expect(try await accept(store, manifest(1, [])) == .refused(.empty))
            #expect(try await wanted(store) == ["a 1"])
            #expect(try await store.desiredReport().errors.map(\.reason) == ["EmptyManifest"])
            let meant = try manifest(1, [], allowsEmpty: true)
            #expect(try await accept(store, meant) == .accepted(deletionCount: 1))
            #expect(try await wanted(store) == [])
            #expect(try await store.desiredReport().errors.isEmpty)
        }
    }

    @Test("rule 3: a lower generation is ignored and counted, an equal one acknowledged again")
    func generations() async throws {
        try await withStore { store, _ in
            let a = object("a", version: "1")
            _ = try await store.take(.object(a))
            try await accept(store, manifest(5, [a]))
            #expect(try await accept(store, manifest(5, [a])) == .same)
            let old = try manifest(4, [], allowsEmpty: true)
            #expect(try await accept(store, old) == .refused(.oldGeneration(4, stored: 5)))
            #expect(try await wanted(store) == ["a 1"])
            #expect(try await store.desiredReport().ignoredManifestCount == 1)
            let other = try manifest(5, [], allowsEmpty: true)
            #expect(try await accept(store, other) == .refused(.ambiguous(5)))
            #expect(try await wanted(store) == ["a 1"])
        }
    }

    @Test("rule 3: a controller restored from its backup begins a new epoch")
    func epochs() async throws {
        try await withStore { store, _ in
            let a = object("a", version: "9")
            let older = object("a", version: "3")
            _ = try await store.take(.object(a))
            try await accept(store, manifest(5, [a]))
            _ = try await store.take(.object(older))
            let early = try manifest(1, [older], epoch: "f", issuedAt: 99)
            #expect(try await accept(store, early) == .refused(.oldEpoch("f", stored: "e")))
            let late = try manifest(1, [older], epoch: "f", issuedAt: 101)
            #expect(try await accept(store, late) == .accepted(deletionCount: 0))
            // The manifest is the order: a smaller resourceVersion is what it wants.
            #expect(try await wanted(store) == ["a 3"])
        }
    }

    @Test("rule 3: bytes that are not listed change nothing: neither a new version nor a tombstone")
    func unlisted() async throws {
        try await withStore { store, _ in
            let a = object("a", version: "1")
            _ = try await store.take(.object(a))
            try await accept(store, manifest(1, [a]))
            #expect(try await store.take(.object(object("a", version: "2"))) == .staged)
            let stone = object("a", version: "3", deletedAt: 5)
            #expect(try await store.take(.object(stone)) == .staged)
            #expect(try await store.take(.object(object("b", version: "1"))) == .staged)
            #expect(try await wanted(store) == ["a 1"])
        }
    }

    @Test("rule 4: a listed object that cannot be honoured is refused; the last good version stays")
    func refused() async throws {
        try await withStore { store, _ in
            let good = object("a", version: "1")
            _ = try await store.take(.object(good))
            try await accept(store, manifest(1, [good]))
            let refusal = Refusal(
                reference: good.reference,
                resourceVersion: "2",
                reason: "Invalid",
                message: "spec.x: no"
            )
            let bad = object("a", version: "2")
            let candidate = Candidate.refused(refusal, payload: bad.payload)
            #expect(try await store.take(candidate) == .staged)
            #expect(try await store.refusals().isEmpty)
            try await accept(store, manifest(2, [bad]))
            let report = try await store.desiredReport()
            #expect(report.errors.map(\.message) == ["spec.x: no"])
            #expect(report.missing.isEmpty && !report.isStored)
            #expect(try await wanted(store) == ["a 1"])
            // Taken back by the next generation, refused again by the one after.
            try await accept(store, manifest(3, [good]))
            #expect(try await store.refusals().isEmpty)
            try await accept(store, manifest(4, [bad]))
            #expect(try await store.refusals() == [refusal])
        }
    }

    @Test("what is wanted again while it ends starts again after its end")
    func endingAndWanted() async throws {
        try await withStore { store, _ in
            let a = object("a", version: "1")
            _ = try await store.take(.object(a))
            try await accept(store, manifest(1, [a]))
            try await accept(store, manifest(2, [], allowsEmpty: true))
            #expect(try await wanted(store) == [])
            try await accept(store, manifest(3, [a]))
            #expect(try await wanted(store) == [], "it still ends")
            #expect(try await !store.desiredReport().isStored)
            try await store.remove(a.reference)
            #expect(try await wanted(store) == ["a 1"])
            #expect(try await store.desiredReport().isStored)
        }
    }

    @Test("another uid under a listed name is another object: the old one goes")
    func otherUID() async throws {
        try await withStore { store, _ in
            let old = object("a", uid: "old", version: "1")
            let new = object("a", uid: "new", version: "1")
            _ = try await store.accept(old)
            try await accept(store, manifest(1, [new]))
            #expect(try await wanted(store) == [])
            #expect(try await store.take(.object(new)) == .applied(.replaced(oldUID: "old")))
            #expect(try await wanted(store) == ["a 1"])
        }
    }

    @Test("without its manifest objects count one by one again, and nothing was deleted")
    func forgotten() async throws {
        try await withStore { store, _ in
            let a = object("a", version: "1")
            _ = try await store.take(.object(a))
            try await accept(store, manifest(1, [a]))
            #expect(try await store.forgetManifest())
            #expect(try await !store.forgetManifest())
            #expect(try await wanted(store) == ["a 1"])
            #expect(try await store.desiredReport().manifest == nil)
        }
    }

    @Test("what waits for a manifest is bounded in number and in bytes; the newest stays")
    func bounded() async throws {
        var limits = StoreLimits()
        limits.stagedCountMax = 3
        limits.stagedByteCountMax = 100
        try await withStore(limits: limits) { store, _ in
            func count() async throws -> Int64 {
                try await store.stagedCount()
            }
            for name in ["a", "b", "c", "d"] {
                _ = try await store.take(.object(object(name, version: "1")))
            }
            #expect(try await count() == 3)
            let big = object("e", version: "1", payload: [UInt8](repeating: 1, count: 95))
            _ = try await store.take(.object(big))
            #expect(try await count() == 1)
            try await accept(store, manifest(1, [big]))
            #expect(try await wanted(store) == ["e 1"])
        }
    }

    @Test(
        "rules 2, 3 and 4: whatever the order, the last manifest is what counts in the end",
        arguments: 0..<60
    )
    func schedules(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let names = ["a", "b", "c"]
        let all = names.flatMap { name in
            (1...3).map { object(name, uid: "u\(name)", version: "\($0)") }
        }
        // Each generation wants some version of some names.
        var manifests: [DesiredManifest] = []
        var last: [DesiredObject] = []
        for generation in 1...Int64(4) {
            last = names.compactMap { name in
                Bool.random(using: &random)
                    ? all.filter { $0.name == name }.randomElement(using: &random) : nil
            }
            manifests.append(try manifest(generation, last, allowsEmpty: true))
        }
        try await withStore { store, _ in
            // Messages come in any order, some twice; ends come when they come.
            var random = random
            var steps = manifests.map(Optional.some) + manifests.map(Optional.some)
            steps += [DesiredManifest?](repeating: nil, count: 30)
            steps.shuffle(using: &random)
            for step in steps {
                if let step {
                    try await accept(store, step)
                } else if let one = all.randomElement(using: &random) {
                    _ = try await store.take(.object(one))
                }
                if Bool.random(using: &random) { try await endAll(store) }
            }
            // The broker's retained messages, as after a reconnect.
            for one in last { _ = try await store.take(.object(one)) }
            try await accept(store, manifests[3])
            try await endAll(store)
            for one in last { _ = try await store.take(.object(one)) }
            let expected = last.map { "\($0.name) \($0.resourceVersion)" }
            #expect(try await wanted(store) == expected)
            #expect(try await store.desired().count == expected.count)
            #expect(try await store.desiredReport().isStored)
        }
    }

    private func endAll(_ store: StateStore) async throws {
        for one in try await store.desired() where one.deletionRequestedAt != nil {
            try await store.remove(one.reference)
        }
    }
}

extension StateStore {
    fileprivate func stagedCount() throws -> Int64 {
        try connection.integer("SELECT count(*) FROM staged")
    }
}
