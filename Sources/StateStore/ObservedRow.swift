internal import KubeModel

/// What was seen of a pod, as a row.
enum ObservedRow {
    /// The columns, in the order that ``pod(_:)`` reads them.
    static let columns = "uid, namespace, name, record, status"

    /// What a row of ``columns`` says.
    static func pod(_ row: [SQLValue]) -> ObservedPod {
        ObservedPod(
            uid: row[0].text,
            namespace: row[1].text,
            name: row[2].text,
            record: row[3].blob,
            status: row[4].blob
        )
    }

    /// What the row's digest must be.
    static func digest(_ pod: ObservedPod) -> [UInt8] {
        let digest = Digests.system.sha256
        return digest(digest(pod.record) + digest(pod.status))
    }

    /// Writes what was seen in place of what was seen before, if it differs.
    static func replace(_ pod: ObservedPod, _ connection: Connection) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO observed (\(columns), digest) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (uid) DO UPDATE SET
            record = excluded.record, status = excluded.status, digest = excluded.digest
            WHERE digest IS NOT excluded.digest
            """,
            SQLValue(pod.uid),
            SQLValue(pod.namespace),
            SQLValue(pod.name),
            SQLValue(pod.record),
            SQLValue(pod.status),
            SQLValue(digest(pod))
        )
    }
}
