public import KubeModel

/// What has become of desired pods since somebody last asked.
public enum PodChanges: Equatable, Sendable {
    /// All there are: nobody has asked before.
    case all([DesiredObject])
    /// Names whose rows have changed; `object` is nil where there is none any more.
    case some([(ObjectName, object: DesiredObject?)])

    /// Whether both say the same.
    public static func == (left: PodChanges, right: PodChanges) -> Bool {
        switch (left, right) {
        case (.all(let left), .all(let right)): left == right
        case (.some(let left), .some(let right)):
            left.elementsEqual(right) { $0.0 == $1.0 && $0.object == $1.object }
        case (.all, .some), (.some, .all): false
        }
    }
}

extension StateStore {
    /// The desired pods that have changed since the last call; all of them at the first.
    ///
    /// So that one change among a thousand pods costs as much as one among ten. The database itself keeps
    /// the list, in memory, so that no way of writing can pass it by.
    ///
    /// - Throws: What kept them from being read; then the next call tells them again.
    public func takePodChanges() throws(StoreError) -> PodChanges {
        guard isWatchingPods else {
            for statement in Self.watch { try connection.run(statement) }
            let all = try desired(.pod)
            isWatchingPods = true
            return .all(all)
        }
        let rows = try connection.rows(
            "SELECT namespace, name FROM temp.changed_pod ORDER BY namespace, name",
            []
        ) { (row) throws(StoreError) in row.map(\.text) }
        var changes: [(ObjectName, object: DesiredObject?)] = []
        for row in rows where row.count == 2 {
            guard let name = try? ObjectName(namespace: row[0], name: row[1]) else { continue }
            changes.append((name, object: try desired(.pod, name.namespace, name.name)))
        }
        try connection.run("DELETE FROM temp.changed_pod")
        return .some(changes)
    }

    // Bounded: a row for each name, and names are bounded by the rows of the table and by how often the
    // supervisor asks.
    private static let watch: [String] = {
        let triggers = [("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")].map { event, row in
            """
            CREATE TEMP TRIGGER IF NOT EXISTS pod_\(event) AFTER \(event) ON main.desired
            WHEN \(row).kind = '\(ObjectKind.pod.rawValue)'
            BEGIN
                INSERT OR IGNORE INTO changed_pod VALUES (\(row).namespace, \(row).name);
            END
            """
        }
        return [
            "PRAGMA temp_store = MEMORY",
            """
            CREATE TEMP TABLE IF NOT EXISTS changed_pod (
                namespace TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (namespace, name)
            ) WITHOUT ROWID
            """,
        ] + triggers
    }()
}
