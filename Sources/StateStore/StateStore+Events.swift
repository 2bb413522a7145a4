internal import KubeModel

extension StateStore {
    private static let droppedKey = "events.dropped"

    /// Appends an event; the oldest goes when there are too many, and is counted if it was never sent.
    ///
    /// - Parameters:
    ///   - payload: A v1.Event.
    ///   - isLocal: Whether it is for this node only, and not sent.
    /// - Throws: What kept it from disk.
    public func append(event payload: [UInt8], isLocal: Bool = false) throws(StoreError) {
        try connection.transaction(.relaxed) { () throws(StoreError) in
            try connection.run(
                "INSERT INTO event (payload, digest, is_sent) VALUES (?, ?, ?)",
                SQLValue(payload),
                SQLValue(Digests.system.sha256(payload)),
                SQLValue(isLocal)
            )
            let surplus = """
                FROM event WHERE id <= (SELECT max(id) FROM event) - ?
                """
            let limit = SQLValue(limits.eventCountMax)
            let dropped = try connection.integer(
                "SELECT count(*) \(surplus) AND is_sent = 0",
                limit
            )
            try connection.run("DELETE \(surplus)", limit)
            guard dropped > 0 else { return }
            let before = try droppedEventCount()
            try write(Self.droppedKey, String(before + dropped))
        }
        outboxBell.ring()
    }

    /// The last events, oldest first.
    ///
    /// - Parameter limit: How many at most.
    /// - Returns: Payloads, sent or not.
    /// - Throws: What kept them from being read.
    public func events(limit: Int = 1000) throws(StoreError) -> [[UInt8]] {
        let sql = """
            SELECT payload FROM
            (SELECT id, payload FROM event ORDER BY id DESC LIMIT ?) ORDER BY id
            """
        let values = [SQLValue(Int64(max(0, limit)))]
        return try connection.rows(sql, values) { (row) throws(StoreError) in row[0].blob }
    }

    /// How many events went unsent since the database was made.
    ///
    /// - Throws: What kept the number from being read.
    public func droppedEventCount() throws(StoreError) -> Int64 {
        try value(Self.droppedKey).flatMap { Int64($0) } ?? 0
    }
}
