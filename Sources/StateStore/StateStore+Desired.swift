public import KubeModel

/// What became of an object that arrived.
public enum Acceptance: Equatable, Sendable {
    /// It is on disk.
    case stored
    /// It was there already; nothing was written.
    case unchanged
    /// It is older than what is stored, which stays.
    case stale(stored: ObjectVersion)
    /// It is on disk in place of another object of the same name, which has to end first.
    case replaced(oldUID: String)
    /// It asks for the end of another object of this name than the stored one; nothing was written.
    case ignored(storedUID: String)
}

extension StateStore {
    /// Writes down what the controller wants, unless something newer is there (rule 4 of the contract).
    ///
    /// A request to end counts whatever its version, as long as its uid is the stored one's; the stored
    /// payload stays, since its spec is what runs. What was refused under this name before is forgotten
    /// once something newer is stored.
    ///
    /// - Parameter object: The object, checked, with uid and version.
    /// - Returns: What became of it.
    /// - Throws: ``StoreError/full(path:)`` and others; then what was stored before is there, whole.
    public func accept(_ object: DesiredObject) throws(StoreError) -> Acceptance {
        let acceptance = try connection.transaction(.full) { () throws(StoreError) -> Acceptance in
            try acceptInTransaction(object)
        }
        switch acceptance {
        case .stored, .replaced: desiredBell.ring()
        case .unchanged, .stale, .ignored: break
        }
        return acceptance
    }

    private func acceptInTransaction(_ object: DesiredObject) throws(StoreError) -> Acceptance {
        let stored = try desired(object.kind, object.namespace, object.name)
        let isDeletion = object.deletionRequestedAt != nil
        if isDeletion, object.kind != .pod {
            // Nothing runs of a ConfigMap or a Secret: it is gone at once.
            guard let stored else { return .unchanged }
            guard stored.uid == object.uid else { return .ignored(storedUID: stored.uid) }
            try delete(stored.reference)
            return .stored
        }
        let isNewDeletion = isDeletion && stored?.deletionRequestedAt == nil
        let acceptance: Acceptance
        switch VersionOrder.decide(stored: stored?.version, incoming: object.version) {
        case .new:
            try checkCount(of: "desired", limits.desiredObjectCountMax)
            acceptance = .stored
        case .newer:
            // Why: the spec of a request to end is not checked, and what runs is the stored one.
            if isNewDeletion, var stored {
                stored.version = object.version
                try DesiredRow.replace(stored, connection)
                try markDeleted(object)
                return .stored
            }
            acceptance = .stored
        case .same, .stale:
            guard let stored else { return .unchanged }
            if isNewDeletion {
                try markDeleted(object)
                return .stored
            }
            let isSame = stored.resourceVersion == object.resourceVersion
            return isSame ? .unchanged : .stale(stored: stored.version)
        case .otherUID:
            let storedUID = stored?.uid ?? ""
            guard object.deletionRequestedAt == nil else { return .ignored(storedUID: storedUID) }
            acceptance = .replaced(oldUID: storedUID)
        }
        try DesiredRow.replace(object, connection)
        try forgetRefusal(object.kind, object.namespace, object.name)
        return acceptance
    }

    private func markDeleted(_ object: DesiredObject) throws(StoreError) {
        try connection.run(
            """
            UPDATE desired SET deletion_requested_at = ?, deletion_grace_seconds = ?
            WHERE kind = ? AND namespace = ? AND name = ?
            """,
            SQLValue(object.deletionRequestedAt?.nanosecondsSinceEpoch),
            SQLValue(object.deletionGracePeriodSeconds),
            SQLValue(object.kind.rawValue),
            SQLValue(object.namespace),
            SQLValue(object.name)
        )
    }

    func checkCount(of table: String, _ rowCountMax: Int64) throws(StoreError) {
        guard try connection.integer("SELECT count(*) FROM \(table)") < rowCountMax else {
            throw .tooMany(table: table, rowCountMax: rowCountMax)
        }
    }

    /// Notes that an object is to end; the first request counts.
    ///
    /// - Parameters:
    ///   - reference: Which object; an empty uid means whichever has the name.
    ///   - time: When it was asked for.
    ///   - gracePeriodSeconds: How long its end may take; nil for what its spec says.
    /// - Returns: Whether there is such an object.
    /// - Throws: What kept the note from disk.
    public func requestDeletion(
        of reference: ObjectReference,
        at time: Timestamp,
        gracePeriodSeconds: Int64? = nil
    ) throws(StoreError) -> Bool {
        let isMarked = try connection.transaction(.full) { () throws(StoreError) -> Bool? in
            try end(reference, at: time, gracePeriodSeconds: gracePeriodSeconds)
        }
        if isMarked == true { desiredBell.ring() }
        return isMarked != nil
    }

    /// Notes that an object is to end; in a transaction.
    ///
    /// - Returns: Whether that is news; nil where there is no such object.
    @discardableResult
    func end(
        _ reference: ObjectReference,
        at time: Timestamp,
        gracePeriodSeconds: Int64? = nil
    ) throws(StoreError) -> Bool? {
        let stored = try desired(reference.kind, reference.namespace, reference.name)
        guard var stored, reference.uid.isEmpty || stored.uid == reference.uid else { return nil }
        guard stored.kind == .pod else {
            // Nothing runs of a ConfigMap or a Secret, so nobody would tell its end.
            try delete(stored.reference)
            return true
        }
        guard stored.deletionRequestedAt == nil else { return false }
        stored.deletionRequestedAt = time
        stored.deletionGracePeriodSeconds = gracePeriodSeconds
        try markDeleted(stored)
        return true
    }

    /// Forgets an object that has ended.
    ///
    /// One of the same name with another uid stays.
    ///
    /// - Parameter reference: Which object, with its uid.
    /// - Returns: Whether there was such an object.
    /// - Throws: What kept it from being forgotten.
    @discardableResult
    public func remove(_ reference: ObjectReference) throws(StoreError) -> Bool {
        let count = try connection.transaction(.full) { () throws(StoreError) in
            let count = try delete(reference)
            // A manifest may want it again since.
            if let name = try? ObjectName(
                namespace: reference.namespace,
                name: reference.name
            ) {
                try applyStaged(.init(kind: reference.kind, name: name))
            }
            return count
        }
        if count > 0 { desiredBell.ring() }
        return count > 0
    }

    @discardableResult
    func delete(_ reference: ObjectReference) throws(StoreError) -> Int64 {
        try connection.run(
            "DELETE FROM desired WHERE kind = ? AND namespace = ? AND name = ? AND uid = ?",
            SQLValue(reference.kind.rawValue),
            SQLValue(reference.namespace),
            SQLValue(reference.name),
            SQLValue(reference.uid)
        )
    }

    /// The desired objects, by kind, namespace and name.
    ///
    /// - Parameter kind: Which; nil for all.
    /// - Returns: Those to be ended too.
    /// - Throws: What kept them from being read.
    public func desired(_ kind: ObjectKind? = nil) throws(StoreError) -> [DesiredObject] {
        let order = "ORDER BY kind, namespace, name"
        let sql = "SELECT \(DesiredRow.columns) FROM desired"
        let rows =
            if let kind {
                try connection.rows(
                    "\(sql) WHERE kind = ? \(order)",
                    [SQLValue(kind.rawValue)],
                    DesiredRow.object
                )
            } else {
                try connection.rows("\(sql) \(order)", [], DesiredRow.object)
            }
        return rows.compactMap { $0 }
    }

    /// One desired object; nil when there is none of this name.
    ///
    /// - Throws: What kept it from being read.
    public func desired(
        _ kind: ObjectKind,
        _ namespace: String,
        _ name: String
    ) throws(StoreError) -> DesiredObject? {
        let row = try connection.row(
            """
            SELECT \(DesiredRow.columns) FROM desired
            WHERE kind = ? AND namespace = ? AND name = ?
            """,
            SQLValue(kind.rawValue),
            SQLValue(namespace),
            SQLValue(name)
        )
        return row.flatMap(DesiredRow.object)
    }
}
