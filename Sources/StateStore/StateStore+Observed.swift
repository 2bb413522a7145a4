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
    /// - Parameters:
    ///   - pod: What was seen.
    ///   - outlivesPowerCut: Whether it is on the disk when this returns, because it cannot be found out
    ///     again: how a run ended.
    /// - Throws: What kept it from disk.
    public func saveObserved(
        _ pod: ObservedPod,
        outlivesPowerCut: Bool = false
    ) throws(StoreError) {
        try connection.transaction(outlivesPowerCut ? .full : .relaxed) { () throws(StoreError) in
            try ObservedRow.replace(pod, connection)
        }
    }

    /// All that was seen and is not forgotten.
    ///
    /// - Throws: What kept it from being read.
    public func observed() throws(StoreError) -> [ObservedPod] {
        try connection.rows("SELECT \(ObservedRow.columns) FROM observed ORDER BY uid") {
            (row) throws(StoreError) in ObservedRow.pod(row)
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
