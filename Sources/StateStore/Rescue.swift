internal import KubeModel

/// Takes over what can be trusted from a damaged database.
///
/// Row by row, until the damage is reached from both ends. A row counts only if its digest fits its
/// bytes. Errors end an attempt and are no failure: what is wanted comes again from the broker, and
/// what is lost of the rest costs a restart.
struct Rescue {
    private let damaged: Connection
    private let connection: Connection

    /// Copies what is wanted, what runs, and small facts such as the session counter.
    ///
    /// - Parameters:
    ///   - path: The damaged file.
    ///   - connection: The new database.
    ///   - limits: How long to wait for the file.
    /// - Returns: How many desired objects were copied.
    static func copy(
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
        let rescue = Rescue(damaged: damaged, connection: connection)
        rescue.copyObserved()
        rescue.copyFacts()
        return rescue.copyDesired()
    }

    private func copyDesired() -> Int64 {
        var count: Int64 = 0
        forEachRow(of: "desired", "\(DesiredRow.columns), digest") { (row) throws(StoreError) in
            guard let object = DesiredRow.object(row),
                row.last?.blob == Digests.system.sha256(object.payload)
            else { return }
            count += try DesiredRow.insertIfAbsent(object, connection)
        }
        return count
    }

    /// Why: without it, processes that run would be started a second time.
    private func copyObserved() {
        forEachRow(of: "observed", "\(ObservedRow.columns), digest") { (row) throws(StoreError) in
            let pod = ObservedRow.pod(row)
            guard row.last?.blob == ObservedRow.digest(pod) else { return }
            try ObservedRow.replace(pod, connection)
        }
    }

    private func copyFacts() {
        forEachRow(of: "fact", "key, value") { (row) throws(StoreError) in
            try connection.run(
                "INSERT OR IGNORE INTO fact (key, value) VALUES (?, ?)",
                row[0],
                row[1]
            )
        }
    }

    private func forEachRow(
        of table: String,
        _ columns: String,
        _ body: ([SQLValue]) throws(StoreError) -> Void
    ) {
        _ = try? connection.transaction(.full) { () throws(StoreError) in
            for order in ["ASC", "DESC"] {
                let sql = "SELECT \(columns) FROM \(table) NOT INDEXED ORDER BY rowid \(order)"
                // Why: reading stops with an error where the damage begins; what came before is kept.
                try? damaged.forEachRow(sql, [], body)
            }
        }
    }
}
