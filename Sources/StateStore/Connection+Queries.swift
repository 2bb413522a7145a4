extension Connection {
    /// What a commit survives.
    enum Durability: String {
        /// A power cut: the log is on disk before the commit returns.
        case full = "FULL"
        /// A killed process. For what can be found out again: it saves the flash.
        case relaxed = "NORMAL"
    }

    /// Runs one statement and drops its rows.
    ///
    /// - Returns: How many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: SQLValue...) throws(StoreError) -> Int64 {
        try forEachRow(sql, values) { (_) throws(StoreError) in }
        return changedRowCount
    }

    /// The first row of a query; nil when there is none.
    func row(_ sql: String, _ values: SQLValue...) throws(StoreError) -> [SQLValue]? {
        var first: [SQLValue]?
        try forEachRow(sql, values) { (row) throws(StoreError) in first = first ?? row }
        return first
    }

    /// The whole number that a query gives; 0 when it gives none.
    func integer(_ sql: String, _ values: SQLValue...) throws(StoreError) -> Int64 {
        var first: Int64?
        try forEachRow(sql, values) { (row) throws(StoreError) in
            first = first ?? row.first?.integer
        }
        return first ?? 0
    }

    /// What `decode` makes of each row of a query.
    func rows<Element>(
        _ sql: String,
        _ values: [SQLValue] = [],
        _ decode: ([SQLValue]) throws(StoreError) -> Element
    ) throws(StoreError) -> [Element] {
        var result: [Element] = []
        try forEachRow(sql, values) { (row) throws(StoreError) in result.append(try decode(row)) }
        return result
    }

    /// Runs `body` so that all or nothing of what it writes is kept.
    ///
    /// - Parameters:
    ///   - durability: What the commit must survive.
    ///   - body: Writes; must not begin another transaction.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` or the commit throws; then nothing is written.
    @discardableResult
    func transaction<Result>(
        _ durability: Durability,
        _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try mendLog()
        try run("PRAGMA synchronous = \(durability.rawValue)")
        do {
            try run("BEGIN IMMEDIATE")
            let result = try body()
            try run("COMMIT")
            shortenLog()
            return result
        } catch {
            // Why: SQLite ends the transaction itself after some errors, a full disk among them.
            if isInTransaction { _ = try? run("ROLLBACK") }
            if error.isOfDevice { mayHaveLostLog = true }
            throw error
        }
    }
}

// The log after an error of the device.
extension Connection {
    // Why so much: SQLite's own measure, a thousand pages.
    private static let logByteCountMax = 4 << 20

    private var logPath: String { "\(path)-wal" }

    /// Makes the log empty before anything is added to it, if a sync of it may have failed.
    ///
    /// The kernel counts pages that it could not write as written, and the next sync says nothing. Of
    /// commits that were not synced a part may then be missing on the disk, and behind such a gap nothing
    /// in the log counts after a power cut, however well it was synced. What the log holds is still in
    /// memory: it goes into the database, which is synced, and the log begins anew.
    private func mendLog() throws(StoreError) {
        guard mayHaveLostLog else { return }
        try run("PRAGMA synchronous = FULL")
        guard try integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0 else { throw .busy(path: path) }
        try DatabaseFile.sync(logPath)
        mayHaveLostLog = false
    }

    /// Brings a long log into the database.
    ///
    /// Why not by SQLite itself: it would keep a failed sync to itself.
    private func shortenLog() {
        guard DatabaseFile.byteCount(logPath) > Self.logByteCountMax else { return }
        do throws(StoreError) { try run("PRAGMA wal_checkpoint(PASSIVE)") } catch {
            // What was committed is safe in the log all the same.
            if error.isOfDevice { mayHaveLostLog = true }
        }
    }
}
