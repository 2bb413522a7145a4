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
        try run("PRAGMA synchronous = \(durability.rawValue)")
        try run("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            // Why: SQLite ends the transaction itself after some errors, a full disk among them.
            if isInTransaction { _ = try? run("ROLLBACK") }
            throw error
        }
    }
}
