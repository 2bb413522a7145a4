import Glibc
import KubeModel
@testable import StateStore
import TestKit
import Testing

/// The operator's program reads the state while the daemon runs, and when it is dead.
@Suite struct ReadOnlyTests {
    @Test func aReaderSeesWhatTheWriterHasCommitted() async throws {
        try await withStore { (store, path) async throws in
            _ = try await store.accept(object("a", version: "1"))
            let reader = try StateStore(path: path, readOnly: true)
            #expect(try await reader.desired().map(\.name) == ["a"])
            _ = try await store.accept(object("b", version: "1"))
            #expect(try await reader.desired().map(\.name) == ["a", "b"])
        }
    }

    @Test func aReaderSeesWhatADeadWriterHasLeft() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            do {
                let store = try StateStore(path: path)
                _ = try await store.accept(object("a", version: "1"))
            }
            let reader = try StateStore(path: path, readOnly: true)
            #expect(try await reader.desired().map(\.name) == ["a"])
        }
    }

    @Test func aReaderWritesNothing() async throws {
        try await withStore { (store, path) async throws in
            let reader = try StateStore(path: path, readOnly: true)
            let error = await #expect(throws: StoreError.self) {
                try await reader.accept(object(version: "1"))
            }
            #expect(error == .readOnly(path: path))
            #expect(try await store.desired().isEmpty)
        }
    }

    @Test func anUncleanEndIsReadWithItsLog() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            let copy = fixture.path("copy.db")
            let store = try StateStore(path: path)
            _ = try await store.accept(object("a", version: "1"))
            // What a power cut would leave: the file and its log, without the shared memory.
            for suffix in ["", "-wal"] { try writeFile(copy + suffix, readBytes(path + suffix)) }
            let reader = try StateStore(path: copy, readOnly: true)
            #expect(try await reader.desired().map(\.name) == ["a"])
            let writer = try StateStore(path: copy)
            #expect(try await writer.desired().map(\.name) == ["a"])
            #expect(writer.opening.setAside == nil)
        }
    }
}
