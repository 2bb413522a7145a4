/// The tables, and how older ones become them.
enum Schema {
    /// Marks the file as ours, in `PRAGMA application_id`: "swlt".
    static let applicationID: Int64 = 0x7377_6C74

    /// The version that this program writes, in `PRAGMA user_version`.
    static var version: Int64 { Int64(migrations.count) }

    /// What leads from each version to the next; never changed once released, only added to.
    static let migrations: [[String]] = [
        [
            // What the controller wants. `digest` is SHA-256 of `payload`, so that a row from a
            // damaged file can be trusted or not.
            """
            CREATE TABLE desired (
                id INTEGER PRIMARY KEY, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                uid TEXT NOT NULL, resource_version TEXT NOT NULL, is_derived INTEGER NOT NULL,
                generation INTEGER, payload BLOB NOT NULL, digest BLOB NOT NULL,
                deletion_requested_at INTEGER, deletion_grace_seconds INTEGER,
                UNIQUE (kind, namespace, name)
            ) STRICT
            """,
            // What was refused, and why; one for each name.
            """
            CREATE TABLE refusal (
                id INTEGER PRIMARY KEY,
                kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                uid TEXT NOT NULL, resource_version TEXT NOT NULL,
                reason TEXT NOT NULL, message TEXT NOT NULL,
                UNIQUE (kind, namespace, name)
            ) STRICT
            """,
            // What runs here, in the supervisor's words; `digest` is that of both blobs.
            """
            CREATE TABLE observed (
                uid TEXT PRIMARY KEY NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                record BLOB NOT NULL, status BLOB NOT NULL, digest BLOB NOT NULL
            ) STRICT
            """,
            // The last message for each topic; it waits while `acknowledged` is not `digest`.
            """
            CREATE TABLE outbox (
                id INTEGER PRIMARY KEY,
                topic TEXT NOT NULL UNIQUE, payload BLOB NOT NULL, digest BLOB NOT NULL,
                is_retained INTEGER NOT NULL, is_urgent INTEGER NOT NULL,
                is_final INTEGER NOT NULL, acknowledged BLOB
            ) STRICT
            """,
            """
            CREATE INDEX outbox_due ON outbox (is_urgent DESC, id)
            WHERE acknowledged IS NOT digest
            """,
            // Events in order, kept for people after they were sent.
            """
            CREATE TABLE event (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                payload BLOB NOT NULL, digest BLOB NOT NULL, is_sent INTEGER NOT NULL
            ) STRICT
            """,
            // Small facts: the session counter, how many events were dropped.
            """
            CREATE TABLE fact (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT
            """,
        ],
        [
            // The ids of requests that were acted on, so that each acts once.
            """
            CREATE TABLE request (
                number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE
            ) STRICT
            """
        ],
        [
            // The inventory that was accepted last; its epoch and generation are facts, which a
            // damaged file gives up more easily.
            """
            CREATE TABLE manifest_item (
                kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                uid TEXT NOT NULL, resource_version TEXT NOT NULL, digest BLOB NOT NULL,
                PRIMARY KEY (kind, namespace, name)
            ) STRICT, WITHOUT ROWID
            """,
            // Objects that arrived and are not listed, or not yet; the last of each name. `reason` and
            // `message` say why one would be refused if it were.
            """
            CREATE TABLE staged (
                id INTEGER PRIMARY KEY, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                uid TEXT NOT NULL, resource_version TEXT NOT NULL, is_derived INTEGER NOT NULL,
                generation INTEGER, payload BLOB NOT NULL, digest BLOB NOT NULL,
                deletion_requested_at INTEGER, deletion_grace_seconds INTEGER,
                reason TEXT NOT NULL, message TEXT NOT NULL,
                UNIQUE (kind, namespace, name)
            ) STRICT
            """,
        ],
        [
            // The how manieth status the broker acknowledged with it: what came after a count that it
            // confirmed may be lost with a snapshot.
            "ALTER TABLE outbox ADD COLUMN acknowledged_number INTEGER"
        ],
    ]
}
