internal import KubeModel

/// Takes over what can be trusted from a damaged database.
enum Rescue {
    /// Copies desired objects row by row, until the damage is reached from both ends.
    ///
    /// A row counts only if its digest fits its bytes. Errors end the attempt and are no failure: what
    /// is missing comes again from the broker.
    ///
    /// - Parameters:
    ///   - path: The damaged file.
    ///   - connection: The new database.
    ///   - limits: How long to wait for the file.
    /// - Returns: How many objects were copied.
    static func copyDesired(
        from path: String,
        to connection: Connection,
        _ limits: StoreLimits
    ) -> Int64 {
        guard
            let damaged = try? Connection(
                path: path,
                mode: .readOnly,
                busyTimeoutMilliseconds: limits.busyTimeoutMilliseconds
            )
        else { return 0 }
        var count: Int64 = 0
        for order in ["ASC", "DESC"] {
            let sql = """
                SELECT \(DesiredRow.columns), digest FROM desired NOT INDEXED ORDER BY id \(order)
                """
            // Why: reading stops with an error where the damage begins; what came before is kept.
            try? damaged.forEachRow(sql, []) { (row) throws(StoreError) in
                guard let object = DesiredRow.object(row),
                    row.last?.blob == Digests.system.sha256(object.payload)
                else { return }
                count += try connection.transaction(.full) { () throws(StoreError) in
                    try DesiredRow.insertIfAbsent(object, connection)
                }
            }
        }
        return count
    }
}
