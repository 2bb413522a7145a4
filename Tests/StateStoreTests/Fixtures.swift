import KubeModel
@testable import StateStore
import TestKit
import Testing

/// A desired pod.
func object(
    _ name: String = "web",
    kind: ObjectKind = .pod,
    uid: String = "u1",
    version: String,
    generation: Int64? = nil,
    isDerived: Bool = false,
    deletedAt: Int64? = nil,
    payload: [UInt8]? = nil
) -> DesiredObject {
    DesiredObject(
        kind: kind,
        namespace: "default",
        name: name,
        version: ObjectVersion(
            uid: uid,
            resourceVersion: version,
            isDerived: isDerived,
            generation: generation
        ),
        payload: payload ?? Array("\(name) \(uid) \(version)".utf8),
        deletionRequestedAt: deletedAt.map { Timestamp(nanosecondsSinceEpoch: $0) },
        deletionGracePeriodSeconds: deletedAt.map { _ in 7 }
    )
}

/// Runs `body` with a new store in a folder of its own.
func withStore(
    limits: StoreLimits = StoreLimits(),
    _ body: (StateStore, String) async throws -> Void
) async throws {
    try await Fixture.with { fixture in
        let path = fixture.path("state.db")
        try await body(try StateStore(path: path, limits: limits), path)
    }
}

/// Expects `bell` to ring, or not, while `body` runs.
func expect(
    _ bell: Doorbell,
    rings expected: Bool,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async throws {
    let stream = bell.rings()
    try await body()
    // Why: a cancelled listener gets what has rung already, and waits for nothing more.
    let listener = Task { () -> Bool in
        for await _ in stream { return true }
        return false
    }
    listener.cancel()
    let rang = await listener.value
    #expect(rang == expected, sourceLocation: sourceLocation)
}
