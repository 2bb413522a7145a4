import KubeModel
import StateStore
import TestKit
import Testing

/// What is wanted is on disk before anybody is told so, and only newer versions replace it.
@Suite struct DesiredTests {
    @Test func anObjectIsStoredOnceAndReadBack() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            let store = try StateStore(path: path)
            let pod = object(version: "1")
            #expect(try await store.accept(pod) == .stored)
            #expect(try await store.accept(pod) == .unchanged)
            #expect(try await store.desired() == [pod])
        }
    }
}

/// A desired pod.
func object(
    _ name: String = "web",
    uid: String = "u1",
    version: String,
    generation: Int64? = nil,
    isDerived: Bool = false,
    deletedAt: Int64? = nil
) -> DesiredObject {
    DesiredObject(
        kind: .pod,
        namespace: "default",
        name: name,
        version: ObjectVersion(
            uid: uid,
            resourceVersion: version,
            isDerived: isDerived,
            generation: generation
        ),
        payload: Array("\(name) \(uid) \(version)".utf8),
        deletionRequestedAt: deletedAt.map { Timestamp(nanosecondsSinceEpoch: $0) }
    )
}
