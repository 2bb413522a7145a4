public import KubeModel

extension StateStore {
    private static let sessionKey = "session.last"
    private static let acknowledgedSessionKey = "session.acknowledged"
    private static let confirmedTimeKey = "time.confirmed"

    /// The next numbers of the session counter: one more for each connection (rule 7 of the contract).
    ///
    /// - Parameter count: How many are taken, at least one.
    /// - Returns: The first of them; they were never returned before and survive a power cut. 1 is the
    ///   first of all.
    /// - Throws: What kept it from disk; then no connection may be made with it.
    public func nextSession(count: UInt64 = 1) throws(StoreError) -> UInt64 {
        try connection.transaction(.full) { () throws(StoreError) in
            let last = try number(Self.sessionKey) ?? 0
            try write(Self.sessionKey, String(last &+ max(1, count)))
            return last &+ 1
        }
    }

    /// Makes the counter at least `session`: the broker has seen that number, so ours was lost.
    ///
    /// - Throws: What kept it from disk.
    public func raiseSession(to session: UInt64) throws(StoreError) {
        try connection.transaction(.full) { () throws(StoreError) in
            let last = try number(Self.sessionKey) ?? 0
            if session > last { try write(Self.sessionKey, String(session)) }
        }
    }

    /// The session whose birth message the broker last acknowledged; nil before the first.
    ///
    /// - Throws: What kept it from being read.
    public func lastAcknowledgedSession() throws(StoreError) -> UInt64? {
        try number(Self.acknowledgedSessionKey)
    }

    /// Notes that the broker has acknowledged the birth message of `session`.
    ///
    /// - Throws: What kept it from disk.
    public func sessionAcknowledged(_ session: UInt64) throws(StoreError) {
        try setValue(String(session), for: Self.acknowledgedSessionKey)
    }

    /// The latest time at which a broker was online with us; nil before the first.
    ///
    /// - Throws: What kept it from being read.
    public func confirmedTime() throws(StoreError) -> Timestamp? {
        try value(Self.confirmedTimeKey).flatMap { Int64($0) }
            .map { Timestamp(nanosecondsSinceEpoch: $0) }
    }

    /// Notes that a broker was online with us at a time; an earlier one than is known says nothing.
    ///
    /// - Throws: What kept it from disk.
    public func confirm(time: Timestamp) throws(StoreError) {
        guard try confirmedTime().map({ $0 < time }) ?? true else { return }
        try setValue(String(time.nanosecondsSinceEpoch), for: Self.confirmedTimeKey)
    }

    /// A small fact that was kept; nil when there is none.
    ///
    /// - Throws: What kept it from being read.
    public func value(_ key: String) throws(StoreError) -> String? {
        try connection.row("SELECT value FROM fact WHERE key = ?", SQLValue(key))?.first?.text
    }

    /// Keeps a small fact, or forgets it with nil.
    ///
    /// It survives a power cut.
    ///
    /// - Throws: What kept it from disk.
    public func setValue(_ value: String?, for key: String) throws(StoreError) {
        try connection.transaction(.full) { () throws(StoreError) in
            try write(key, value)
        }
    }

    func write(_ key: String, _ value: String?) throws(StoreError) {
        guard let value else {
            try connection.run("DELETE FROM fact WHERE key = ?", SQLValue(key))
            return
        }
        try connection.run(
            "INSERT OR REPLACE INTO fact (key, value) VALUES (?, ?)",
            SQLValue(key),
            SQLValue(value)
        )
    }

    private func number(_ key: String) throws(StoreError) -> UInt64? {
        try value(key).flatMap { UInt64($0) }
    }
}
