import KubeModel
import TestKit
import Testing

@testable import StateStore

// Goal: what SQLite's log holds is never behind a gap that a failing disk has left, and it stays short.
// Method: the store is told that a sync failed, as the error of the device would; real faults are given
// by Tests/PowerCuts.
@Suite("The log of the database")
struct LogTests {
    @Test("after an error of the device the log begins anew before anything else is stored")
    func anew() async throws {
        try await withStore { store, path in
            _ = try await store.accept(object("first", version: "1"))
            for number in 0..<20 { try await store.append(event: Array("event \(number)".utf8)) }
            let before = DatabaseFile.byteCount(path + "-wal")
            await store.loseLog()
            _ = try await store.accept(object("second", version: "1"))
            #expect(DatabaseFile.byteCount(path + "-wal") < before)
            #expect(await !store.hasLostLog)
            // What was in the log is in the database itself.
            try await Fixture.with { fixture in
                let copy = fixture.path("copy.db")
                try writeFile(copy, readBytes(path))
                let old = try StateStore(path: copy)
                #expect(old.opening.setAside == nil)
                #expect(try await old.desired().map(\.name) == ["first"])
            }
        }
    }

    @Test("as long as a reader keeps the log from beginning anew, nothing is stored")
    func held() async throws {
        var limits = StoreLimits()
        limits.busyTimeoutMilliseconds = 1
        try await withStore(limits: limits) { store, path in
            _ = try await store.accept(object("first", version: "1"))
            let reader = try Connection(path: path, mode: .readOnly, busyTimeoutMilliseconds: 1)
            try reader.run("BEGIN")
            _ = try reader.integer("SELECT count(*) FROM desired")
            _ = try await store.accept(object("second", version: "1"))
            await store.loseLog()
            await #expect(throws: StoreError.busy(path: path)) {
                _ = try await store.accept(object("third", version: "1"))
            }
            try reader.run("COMMIT")
            #expect(try await store.accept(object("third", version: "1")) == .stored)
        }
    }

    @Test("the log is brought into the database when it is long")
    func short() async throws {
        try await withStore { store, path in
            let payload = [UInt8](repeating: 7, count: 200_000)
            for number in 0..<100 {
                _ = try await store.accept(object("web", version: "\(number)", payload: payload))
                // The measure, and what one commit adds beyond it.
                #expect(DatabaseFile.byteCount(path + "-wal") < 6 << 20)
            }
        }
    }

    @Test(
        "an error of the device is told from other errors",
        // Source: SQLite, result codes. 10 is SQLITE_IOERR, whatever is added above its low byte.
        arguments: [
            (1034, true), (778, true), (10, true), (1, false), (13, false), (5, false), (11, false),
        ]
    )
    func device(code: Int32, isOfDevice: Bool) {
        #expect(Connection.error(code, "said", "/p").isOfDevice == isOfDevice)
    }

    @Test("a folder that cannot be brought to disk is an error with its path")
    func folder() throws {
        try withScratchDirectory { folder in
            try DatabaseFile.syncFolder(of: folder + "/state.db")
            #expect(throws: StoreError.self) { try DatabaseFile.sync(folder + "/nothing") }
        }
    }
}

extension StateStore {
    fileprivate func loseLog() { connection.mayHaveLostLog = true }
    fileprivate var hasLostLog: Bool { connection.mayHaveLostLog }
}
