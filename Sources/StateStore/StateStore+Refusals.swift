public import KubeModel

/// An object that arrived and was not taken.
public struct Refusal: Equatable, Sendable {
    /// Which object; its uid may be empty.
    public var reference: ObjectReference
    /// Its version; may be empty.
    public var resourceVersion: String
    /// Why, in one word.
    public var reason: String
    /// Why, for people, with the field's path.
    public var message: String

    /// A refusal made in code.
    public init(
        reference: ObjectReference,
        resourceVersion: String,
        reason: String,
        message: String
    ) {
        self.reference = reference
        self.resourceVersion = resourceVersion
        self.reason = reason
        self.message = message
    }
}

extension StateStore {
    /// Remembers why an object was refused; the last refusal of a name counts.
    ///
    /// The last good version of the object stays as it is.
    ///
    /// - Parameter refusal: What, and why.
    /// - Throws: What kept it from disk.
    public func refuse(_ refusal: Refusal) throws(StoreError) {
        try connection.transaction(.full) { () throws(StoreError) in try write(refusal) }
        desiredBell.ring()
    }

    func write(_ refusal: Refusal) throws(StoreError) {
        let reference = refusal.reference
        try connection.run(
            """
            INSERT OR REPLACE INTO refusal
            (kind, namespace, name, uid, resource_version, reason, message)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            SQLValue(reference.kind.rawValue),
            SQLValue(reference.namespace),
            SQLValue(reference.name),
            SQLValue(reference.uid),
            SQLValue(refusal.resourceVersion),
            SQLValue(refusal.reason),
            SQLValue(refusal.message)
        )
        try connection.run(
            """
            DELETE FROM refusal WHERE id NOT IN
            (SELECT id FROM refusal ORDER BY id DESC LIMIT ?)
            """,
            SQLValue(limits.refusalCountMax)
        )
    }

    /// What was refused, oldest first.
    ///
    /// - Throws: What kept it from being read.
    public func refusals() throws(StoreError) -> [Refusal] {
        let sql = """
            SELECT kind, namespace, name, uid, resource_version, reason, message
            FROM refusal ORDER BY id
            """
        return try connection.rows(sql) { (row) throws(StoreError) -> Refusal? in
            guard let kind = ObjectKind(rawValue: row[0].text) else { return nil }
            return Refusal(
                reference: ObjectReference(
                    kind: kind,
                    namespace: row[1].text,
                    name: row[2].text,
                    uid: row[3].text
                ),
                resourceVersion: row[4].text,
                reason: row[5].text,
                message: row[6].text
            )
        }
        .compactMap { $0 }
    }

    /// Forgets that an object of this name was refused: it was taken back, or replaced.
    ///
    /// - Throws: What kept it from being forgotten.
    public func forgetRefusal(
        _ kind: ObjectKind,
        _ namespace: String,
        _ name: String
    ) throws(StoreError) {
        try connection.run(
            "DELETE FROM refusal WHERE kind = ? AND namespace = ? AND name = ?",
            SQLValue(kind.rawValue),
            SQLValue(namespace),
            SQLValue(name)
        )
    }
}
