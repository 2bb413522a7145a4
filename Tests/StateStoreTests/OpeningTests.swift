import Glibc
import KubeModel
@testable import StateStore
import TestKit
import Testing

/// A database is opened, mended, migrated or refused, and never half of it.
@Suite struct OpeningTests {
    private func mode(_ path: String) -> mode_t {
        var facts = stat()
        return stat(path, &facts) == 0 ? facts.st_mode & 0o777 : 0
    }

    @Test func onlyTheOwnerCanReadTheFiles() async throws {
        try await withStore { (store, path) async throws in
            _ = try await store.accept(object(version: "1"))
            #expect(mode(path) == 0o600)
            #expect(mode(path + "-wal") == 0o600)
            #expect(mode(path + "-shm") == 0o600)
        }
    }

    @Test func aLooserModeIsTightened() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            do { _ = try StateStore(path: path) }
            chmod(path, 0o644)
            _ = try StateStore(path: path)
            #expect(mode(path) == 0o600)
        }
    }

    @Test func theLogIsWrittenThroughForWhatMustLast() async throws {
        try await withStore { (store, path) async throws in
            _ = try await store.accept(object(version: "1"))
            #expect(try await store.pragma("journal_mode") == .text("wal"))
            #expect(try await store.pragma("synchronous") == .integer(2))
            #expect(try await store.pragma("foreign_keys") == .integer(1))
            try await store.append(event: [])
            #expect(try await store.pragma("synchronous") == .integer(1))
            _ = try await store.nextSession()
            #expect(try await store.pragma("synchronous") == .integer(2))
        }
    }

    @Test func everyOlderVersionIsBroughtUpToDate() async throws {
        for version in 0...Schema.version {
            try await Fixture.with { fixture in
                let path = fixture.path("state.db")
                try make(path, version: version)
                let store = try StateStore(path: path)
                #expect(store.opening.isNew == (version == 0))
                #expect(store.opening.migratedFrom == (version == 0 ? nil : version))
                #expect(try await store.pragma("user_version") == .integer(Schema.version))
                #expect(try await store.accept(object(version: "1")) == .stored)
            }
        }
    }

    /// A database as a program of that version left it.
    private func make(_ path: String, version: Int64) throws {
        _ = try DatabaseFile.prepare(path)
        let connection = try Connection(path: path, mode: .readWrite, busyTimeoutMilliseconds: 0)
        for (index, statements) in Schema.migrations.prefix(Int(version)).enumerated() {
            for statement in statements { try connection.run(statement) }
            try connection.run("PRAGMA application_id = \(Schema.applicationID)")
            try connection.run("PRAGMA user_version = \(index + 1)")
        }
    }

    @Test func aMigrationThatFailsLeavesTheOldVersionWhole() throws {
        try withScratchDirectory { directory in
            let path = directory + "/state.db"
            try make(path, version: 0)
            let connection = try Connection(
                path: path,
                mode: .readWrite,
                busyTimeoutMilliseconds: 0
            )
            try connection.run("CREATE TABLE event (x)")
            #expect(throws: StoreError.self) { try DatabaseOpening.migrate(connection, from: 0) }
            #expect(try connection.integer("SELECT count(*) FROM sqlite_schema") == 1)
            #expect(try connection.integer("PRAGMA user_version") == 0)
        }
    }

    @Test func aNewerVersionIsRefusedAndLeftAlone() throws {
        try withScratchDirectory { directory in
            let path = directory + "/state.db"
            do { _ = try StateStore(path: path) }
            do {
                let connection = try Connection(
                    path: path,
                    mode: .readWrite,
                    busyTimeoutMilliseconds: 0
                )
                try connection.run("PRAGMA user_version = 999")
            }
            let before = try readBytes(path)
            for readOnly in [false, true] {
                let error = #expect(throws: StoreError.self) {
                    try StateStore(path: path, readOnly: readOnly)
                }
                #expect(error == .newer(path: path, version: 999, versionMax: Schema.version))
            }
            #expect(try readBytes(path) == before)
        }
    }

    @Test func somebodyElsesDatabaseIsRefusedAndLeftAlone() throws {
        try withScratchDirectory { directory in
            let path = directory + "/state.db"
            _ = try DatabaseFile.prepare(path)
            do {
                let connection = try Connection(
                    path: path,
                    mode: .readWrite,
                    busyTimeoutMilliseconds: 0
                )
                try connection.run("CREATE TABLE photos (x)")
            }
            let before = try readBytes(path)
            let error = #expect(throws: StoreError.self) { try StateStore(path: path) }
            #expect(error == .foreign(path: path))
            #expect(try readBytes(path) == before)
        }
    }

    @Test func aMissingFolderIsNamed() throws {
        try withScratchDirectory { directory in
            let path = directory + "/none/state.db"
            let error = #expect(throws: StoreError.self) { try StateStore(path: path) }
            #expect(error == .cannotOpen(path: path, detail: "No such file or directory"))
            let missing = #expect(throws: StoreError.self) {
                try StateStore(path: path, readOnly: true)
            }
            #expect(missing == .missing(path: path))
        }
    }

    @Test(arguments: [
        (
            "SELECT * FROM desired WHERE kind = ? AND namespace = ? AND name = ?",
            "SEARCH desired USING INDEX"
        ),
        ("SELECT count(*) FROM desired", "SCAN desired USING COVERING INDEX"),
        ("SELECT * FROM outbox WHERE topic = ?", "SEARCH outbox USING INDEX"),
        (
            "SELECT * FROM outbox WHERE acknowledged IS NOT digest ORDER BY is_urgent DESC, id LIMIT ?",
            "SCAN outbox USING INDEX outbox_due"
        ),
        ("SELECT * FROM observed WHERE uid = ?", "SEARCH observed USING INDEX"),
    ])
    func noQuestionReadsAllRows(sql: String, expected: String) async throws {
        try await withStore { (store, _) async throws in
            let plan = try await store.plan(of: sql)
            #expect(plan.count == 1, "\(plan)")
            #expect(plan.first?.hasPrefix(expected) == true, "\(plan)")
        }
    }

    @Test func pathsMayHoldAnything() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("a b?c=d#e%20'é.db")
            do {
                let store = try StateStore(path: path)
                _ = try await store.accept(object(version: "1"))
            }
            #expect(try await StateStore(path: path, readOnly: true).desired().count == 1)
            #expect(mode(path) == 0o600)
        }
    }

    @Test func errorsSayWhatToDo() {
        let errors: [StoreError] = [
            .corrupt(path: "/p", detail: "d"), .foreign(path: "/p"),
            .newer(path: "/p", version: 2, versionMax: 1), .missing(path: "/p"),
            .cannotOpen(path: "/p", detail: "d"), .full(path: "/p"), .readOnly(path: "/p"),
            .busy(path: "/p"), .device(path: "/p", detail: "d"),
        ]
        for error in errors { #expect(error.description.contains("/p")) }
        #expect(errors.filter(\.isWorthRetrying) == [.full(path: "/p"), .busy(path: "/p")])
    }
}

extension StateStore {
    /// How SQLite would answer.
    func plan(of sql: String) throws -> [String] {
        try connection.rows("EXPLAIN QUERY PLAN " + sql) { (row) throws(StoreError) in
            row.last?.text ?? ""
        }
    }

    /// What a pragma of this store's connection says.
    func pragma(_ name: String) throws -> SQLValue? {
        try connection.row("PRAGMA \(name)")?.first
    }
}
