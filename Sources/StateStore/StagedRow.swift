public import KubeModel

/// An object that arrived, read and judged, before it is known whether a manifest lists it.
public enum Candidate: Equatable, Sendable {
    /// It can be taken.
    case object(DesiredObject)
    /// It would be refused; with the bytes that arrived.
    case refused(Refusal, payload: [UInt8])

    /// What it calls itself.
    var reference: ObjectReference {
        switch self {
        case .object(let object): object.reference
        case .refused(let refusal, _): refusal.reference
        }
    }

    /// The bytes that arrived.
    var payload: [UInt8] {
        switch self {
        case .object(let object): object.payload
        case .refused(_, let payload): payload
        }
    }
}

/// A candidate as a row: one of each name.
enum StagedRow {
    private static let columns = DesiredRow.columns + ", reason, message"

    /// Reads the candidate of a name that has these bytes; nil when there is none.
    static func candidate(
        _ address: DesiredObject.Address,
        sha256: [UInt8],
        _ connection: Connection
    ) throws(StoreError) -> Candidate? {
        let row = try connection.row(
            """
            SELECT \(columns) FROM staged
            WHERE kind = ? AND namespace = ? AND name = ? AND digest = ?
            """,
            SQLValue(address.kind.rawValue),
            SQLValue(address.name.namespace),
            SQLValue(address.name.name),
            SQLValue(sha256)
        )
        guard let row, let object = DesiredRow.object(row) else { return nil }
        let reason = row[10].text
        guard !reason.isEmpty else { return .object(object) }
        let refusal = Refusal(
            reference: object.reference,
            resourceVersion: object.resourceVersion,
            reason: reason,
            message: row[11].text
        )
        return .refused(refusal, payload: object.payload)
    }

    /// Writes a candidate in place of the one of its name.
    static func replace(_ candidate: Candidate, _ connection: Connection) throws(StoreError) {
        let object: DesiredObject
        var reason = ""
        var message = ""
        switch candidate {
        case .object(let own): object = own
        case .refused(let refusal, let payload):
            let reference = refusal.reference
            object = DesiredObject(
                kind: reference.kind,
                namespace: reference.namespace,
                name: reference.name,
                version: ObjectVersion(
                    uid: reference.uid,
                    resourceVersion: refusal.resourceVersion
                ),
                payload: payload
            )
            (reason, message) = (refusal.reason, refusal.message)
        }
        let values = DesiredRow.values(of: object) + [SQLValue(reason), SQLValue(message)]
        let marks = values.map { _ in "?" }.joined(separator: ", ")
        let sql = """
            INSERT OR REPLACE INTO staged (\(DesiredRow.columns), digest, reason, message)
            VALUES (\(marks))
            """
        try connection.forEachRow(sql, values) { (_) throws(StoreError) in }
    }

    /// Forgets the candidate of a name.
    static func remove(
        _ reference: ObjectReference,
        _ connection: Connection
    ) throws(StoreError) {
        try connection.run(
            "DELETE FROM staged WHERE kind = ? AND namespace = ? AND name = ?",
            SQLValue(reference.kind.rawValue),
            SQLValue(reference.namespace),
            SQLValue(reference.name)
        )
    }

    /// Forgets the oldest until the rest is within bounds.
    static func trim(_ connection: Connection, _ limits: StoreLimits) throws(StoreError) {
        try connection.run(
            """
            DELETE FROM staged WHERE id NOT IN (SELECT id FROM
            (SELECT id, row_number() OVER newest AS number,
            sum(length(payload)) OVER newest AS byte_count
            FROM staged WINDOW newest AS (ORDER BY id DESC))
            WHERE number <= ? AND byte_count <= ?)
            """,
            SQLValue(limits.stagedCountMax),
            SQLValue(limits.stagedByteCountMax)
        )
    }
}
