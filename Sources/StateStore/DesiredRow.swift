internal import KubeModel

/// A desired object as a row.
enum DesiredRow {
    /// The columns, in the order that ``object(_:)`` reads them.
    static let columns = """
        kind, namespace, name, uid, resource_version, is_derived, generation, payload, \
        deletion_requested_at, deletion_grace_seconds
        """

    /// The object of a row; nil for a kind that this version does not know.
    static func object(_ row: [SQLValue]) -> DesiredObject? {
        guard row.count >= 10, let kind = ObjectKind(rawValue: row[0].text) else { return nil }
        return DesiredObject(
            kind: kind,
            namespace: row[1].text,
            name: row[2].text,
            version: ObjectVersion(
                uid: row[3].text,
                resourceVersion: row[4].text,
                isDerived: row[5].integer == 1,
                generation: row[6].integer
            ),
            payload: row[7].blob,
            deletionRequestedAt: row[8].integer.map { Timestamp(nanosecondsSinceEpoch: $0) },
            deletionGracePeriodSeconds: row[9].integer
        )
    }

    /// Writes an object in place of another of its name.
    static func replace(_ object: DesiredObject, _ connection: Connection) throws(StoreError) {
        try write("INSERT OR REPLACE", object, connection)
    }

    /// Writes an object unless there is one of its name.
    ///
    /// - Returns: 1 when it was written, else 0.
    static func insertIfAbsent(
        _ object: DesiredObject,
        _ connection: Connection
    ) throws(StoreError) -> Int64 {
        try write("INSERT OR IGNORE", object, connection)
    }

    @discardableResult
    private static func write(
        _ verb: String,
        _ object: DesiredObject,
        _ connection: Connection
    ) throws(StoreError) -> Int64 {
        let sql = """
            \(verb) INTO desired (\(columns), digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        try connection.forEachRow(sql, values(of: object)) { (_) throws(StoreError) in }
        return connection.changedRowCount
    }

    /// The values of `columns`, and the payload's digest.
    static func values(of object: DesiredObject) -> [SQLValue] {
        [
            SQLValue(object.kind.rawValue),
            SQLValue(object.namespace),
            SQLValue(object.name),
            SQLValue(object.uid),
            SQLValue(object.resourceVersion),
            SQLValue(object.version.isDerived),
            SQLValue(object.generation),
            SQLValue(object.payload),
            SQLValue(object.deletionRequestedAt?.nanosecondsSinceEpoch),
            SQLValue(object.deletionGracePeriodSeconds),
            SQLValue(Digests.system.sha256(object.payload)),
        ]
    }
}
