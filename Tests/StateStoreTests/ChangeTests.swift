import KubeModel
import StateStore
import TestKit
import Testing

/// Who asks what has changed is told all at first, then every change once, whoever made it.
@Suite struct ChangeTests {
    private func names(_ changes: PodChanges) -> [String] {
        switch changes {
        case .all(let objects): ["all"] + objects.map(\.name)
        case .some(let changes):
            changes.map { name, object in
                "\(name.name) \(object.map { $0.resourceVersion } ?? "gone")"
            }
        }
    }

    @Test func everyChangeIsToldOnce() async throws {
        try await withStore { store, _ in
            _ = try await store.accept(object("a", version: "1"))
            #expect(names(try await store.takePodChanges()) == ["all", "a"])
            #expect(names(try await store.takePodChanges()) == [])
            _ = try await store.accept(object("b", uid: "u2", version: "1"))
            _ = try await store.accept(object("a", version: "2"))
            _ = try await store.accept(object("a", version: "3"))
            #expect(names(try await store.takePodChanges()) == ["a 3", "b 1"])
            #expect(names(try await store.takePodChanges()) == [])
        }
    }

    @Test func requestsToEndAndEndsAreChangesToo() async throws {
        try await withStore { store, _ in
            _ = try await store.accept(object("a", version: "1"))
            _ = try await store.takePodChanges()
            let pod = object("a", version: "1").reference
            #expect(
                try await store.requestDeletion(of: pod, at: Timestamp(nanosecondsSinceEpoch: 5))
            )
            guard case .some(let changes) = try await store.takePodChanges() else {
                Issue.record("told all again")
                return
            }
            #expect(changes.first?.object?.deletionRequestedAt != nil)
            #expect(try await store.remove(pod))
            #expect(names(try await store.takePodChanges()) == ["a gone"])
        }
    }

    @Test func otherKindsAndWhatIsStaleAreNone() async throws {
        try await withStore { store, _ in
            _ = try await store.accept(object("a", version: "2"))
            _ = try await store.takePodChanges()
            _ = try await store.accept(object("c", kind: .configMap, uid: "u3", version: "1"))
            _ = try await store.accept(object("a", version: "1"))
            _ = try await store.accept(object("a", version: "2"))
            #expect(names(try await store.takePodChanges()) == [])
        }
    }

    @Test func aNewLifeIsToldAllAgain() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            do {
                let store = try StateStore(path: path)
                _ = try await store.accept(object("a", version: "1"))
                _ = try await store.takePodChanges()
            }
            let store = try StateStore(path: path)
            #expect(names(try await store.takePodChanges()) == ["all", "a"])
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func whatIsToldAddsUpToWhatIsThere(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        try await withStore { store, _ in
            var told: [String: String] = [:]
            for step in 0..<60 {
                let name = "p\(Int.random(in: 0..<5, using: &random))"
                if Bool.random(using: &random) {
                    _ = try await store.accept(object(name, uid: name, version: "\(step + 1)"))
                } else {
                    _ = try await store.remove(object(name, uid: name, version: "1").reference)
                }
                guard Int.random(in: 0..<4, using: &random) == 0 else { continue }
                switch try await store.takePodChanges() {
                case .all(let objects):
                    told = [:]
                    for object in objects { told[object.name] = object.resourceVersion }
                case .some(let changes):
                    for (name, object) in changes { told[name.name] = object?.resourceVersion }
                }
                let there = try await store.desired(.pod)
                let expected = Dictionary(
                    there.map { ($0.name, $0.resourceVersion) }
                ) { first, _ in first }
                #expect(told == expected)
            }
        }
    }
}
