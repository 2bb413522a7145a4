/// What was last seen of a pod, in the supervisor's words.
public struct ObservedPod: Equatable, Sendable {
    /// Which pod.
    public var uid: String
    /// Its namespace.
    public var namespace: String
    /// Its name.
    public var name: String
    /// All that is needed to go on after a restart of the daemon: processes, counts, back-off.
    public var record: [UInt8]
    /// Its status as last computed: a v1.Pod.
    public var status: [UInt8]

    /// What was seen.
    public init(uid: String, namespace: String, name: String, record: [UInt8], status: [UInt8]) {
        self.uid = uid
        self.namespace = namespace
        self.name = name
        self.record = record
        self.status = status
    }
}

extension StateStore {
    /// Keeps what was seen of a pod, in place of what was seen before.
    ///
    /// Nothing is written when nothing has changed.
    ///
    /// - Parameter pod: What was seen.
    /// - Throws: What kept it from disk.
    public func saveObserved(_ pod: ObservedPod) throws(StoreError) {
        try connection.transaction(.relaxed) { () throws(StoreError) in
            try connection.run(
                """
                INSERT INTO observed (uid, namespace, name, record, status)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (uid) DO UPDATE SET record = excluded.record, status = excluded.status
                WHERE record IS NOT excluded.record OR status IS NOT excluded.status
                """,
                SQLValue(pod.uid),
                SQLValue(pod.namespace),
                SQLValue(pod.name),
                SQLValue(pod.record),
                SQLValue(pod.status)
            )
        }
    }

    /// All that was seen and is not forgotten.
    ///
    /// - Throws: What kept it from being read.
    public func observed() throws(StoreError) -> [ObservedPod] {
        let sql = "SELECT uid, namespace, name, record, status FROM observed ORDER BY uid"
        return try connection.rows(sql) { (row) throws(StoreError) in
            ObservedPod(
                uid: row[0].text,
                namespace: row[1].text,
                name: row[2].text,
                record: row[3].blob,
                status: row[4].blob
            )
        }
    }

    /// Forgets a pod that is gone.
    ///
    /// - Parameter uid: Which pod.
    /// - Throws: What kept it from being forgotten.
    public func removeObserved(uid: String) throws(StoreError) {
        try connection.transaction(.relaxed) { () throws(StoreError) in
            try connection.run("DELETE FROM observed WHERE uid = ?", SQLValue(uid))
        }
    }
}
