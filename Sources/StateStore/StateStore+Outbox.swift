internal import KubeModel

/// A message that waits for the broker's acknowledgement.
public struct OutboxMessage: Hashable, Sendable {
    /// The topic below `PREFIX/NODE/`; each has one message, the last.
    public var topic: String
    /// The bytes.
    public var payload: [UInt8]
    /// Whether the broker keeps it.
    public var isRetained: Bool
    /// Whether it goes before others.
    public var isUrgent: Bool
    /// Whether its row goes once it is acknowledged: the last word about something that is gone.
    public var isFinal: Bool

    /// A message.
    public init(
        topic: String,
        payload: [UInt8],
        isRetained: Bool = true,
        isUrgent: Bool = false,
        isFinal: Bool = false
    ) {
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
        self.isUrgent = isUrgent
        self.isFinal = isFinal
    }
}

extension StateStore {
    /// The topic on which events go; they have a table of their own, since none replaces another.
    public static let eventTopic = "events"

    private static let deleteFinished =
        "DELETE FROM outbox WHERE topic = ? AND is_final = 1 AND acknowledged IS digest"

    /// Puts a message in place of the one that its topic had.
    ///
    /// - Parameter message: The message.
    /// - Returns: Whether it is to be sent; false when the broker has acknowledged these very bytes,
    ///   or they wait already.
    /// - Throws: What kept it from disk.
    @discardableResult
    public func enqueue(_ message: OutboxMessage) throws(StoreError) -> Bool {
        let digest = Digests.system.sha256(message.payload)
        let isNews = try connection.transaction(.relaxed) { () throws(StoreError) -> Bool in
            try enqueueInTransaction(message, digest)
        }
        if isNews { outboxBell.ring() }
        return isNews
    }

    private func enqueueInTransaction(
        _ message: OutboxMessage,
        _ digest: [UInt8]
    ) throws(StoreError) -> Bool {
        let topic = SQLValue(message.topic)
        let known = try connection.row("SELECT digest FROM outbox WHERE topic = ?", topic)
        if known == nil {
            // Why: what the broker acknowledged of a final message is nowhere; an equal one is news.
            try checkCount(of: "outbox", limits.outboxRowCountMax)
        } else if known?.first == .blob(digest), !message.isFinal {
            return false
        }
        // Why: a row that waits keeps its place and its urgency, so that a pod that changes all the
        // time is not overtaken for ever.
        try connection.run(
            """
            INSERT INTO outbox (topic, payload, digest, is_retained, is_urgent, is_final)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (topic) DO UPDATE SET payload = excluded.payload, digest = excluded.digest,
            is_retained = excluded.is_retained, is_final = excluded.is_final,
            is_urgent = max(excluded.is_urgent, is_urgent AND acknowledged IS NOT digest),
            id = CASE WHEN acknowledged IS NOT digest THEN id
                ELSE (SELECT max(id) + 1 FROM outbox) END
            """,
            topic,
            SQLValue(message.payload),
            SQLValue(digest),
            SQLValue(message.isRetained),
            SQLValue(message.isUrgent),
            SQLValue(message.isFinal)
        )
        return try connection.run(Self.deleteFinished, topic) == 0
    }

    /// What waits to be sent: urgent messages, then the others, then events, each oldest first.
    ///
    /// The same ones come again until they are acknowledged or replaced.
    ///
    /// - Parameter limit: How many at most.
    /// - Returns: The messages.
    /// - Throws: What kept them from being read.
    public func due(limit: Int) throws(StoreError) -> [OutboxMessage] {
        let limit = Int64(max(0, limit))
        let sql = """
            SELECT topic, payload, is_retained, is_urgent, is_final FROM outbox
            WHERE acknowledged IS NOT digest ORDER BY is_urgent DESC, id LIMIT ?
            """
        let messages = try connection.rows(sql, [SQLValue(limit)]) { (row) throws(StoreError) in
            OutboxMessage(
                topic: row[0].text,
                payload: row[1].blob,
                isRetained: row[2].integer == 1,
                isUrgent: row[3].integer == 1,
                isFinal: row[4].integer == 1
            )
        }
        let rest = limit - Int64(messages.count)
        let events = try connection.rows(
            "SELECT payload FROM event WHERE is_sent = 0 ORDER BY id LIMIT ?",
            [SQLValue(rest)]
        ) { (row) throws(StoreError) in
            OutboxMessage(topic: Self.eventTopic, payload: row[0].blob, isRetained: false)
        }
        return messages + events
    }

    /// Notes that a topic's message goes out now: what the broker holds of it is unknown from here to
    /// the acknowledgement.
    ///
    /// Without the note, a state that changes and changes back while the link dies would never be
    /// sent again, and the broker might keep the one in between.
    ///
    /// - Parameter topic: The topic.
    /// - Throws: What kept the note from disk.
    public func sending(topic: String) throws(StoreError) {
        guard topic != Self.eventTopic else { return }
        try connection.transaction(.relaxed) { () throws(StoreError) in
            try connection.run(
                "UPDATE outbox SET acknowledged = NULL WHERE topic = ? AND acknowledged IS NOT NULL",
                SQLValue(topic)
            )
        }
    }

    /// Notes that the broker has a message.
    ///
    /// - Parameters:
    ///   - topic: Its topic.
    ///   - payload: Its bytes; newer ones that wait on the topic go on waiting.
    /// - Throws: What kept the note from disk.
    public func acknowledge(topic: String, payload: [UInt8]) throws(StoreError) {
        let digest = SQLValue(Digests.system.sha256(payload))
        try connection.transaction(.relaxed) { () throws(StoreError) in
            guard topic != Self.eventTopic else {
                try connection.run(
                    """
                    UPDATE event SET is_sent = 1 WHERE id =
                    (SELECT min(id) FROM event WHERE is_sent = 0 AND digest = ?)
                    """,
                    digest
                )
                return
            }
            let number = try statusCounts().acknowledged &+ 1
            try write(Self.acknowledgedCountKey, String(number))
            try connection.run(
                "UPDATE outbox SET acknowledged = ?, acknowledged_number = ? WHERE topic = ?",
                digest,
                SQLValue(Int64(clamping: number)),
                SQLValue(topic)
            )
            try connection.run(Self.deleteFinished, SQLValue(topic))
        }
    }

    private static let acknowledgedCountKey = "status.acknowledged"
    private static let confirmedCountKey = "status.confirmed"

    /// How many statuses the broker has acknowledged, ever, and as many as it has confirmed.
    ///
    /// - Throws: What kept the numbers from being read.
    public func statusCounts() throws(StoreError) -> (acknowledged: UInt64, confirmed: UInt64) {
        (
            try value(Self.acknowledgedCountKey).flatMap { UInt64($0) } ?? 0,
            try value(Self.confirmedCountKey).flatMap { UInt64($0) } ?? 0
        )
    }

    /// Notes that the broker has confirmed so many statuses.
    ///
    /// - Throws: What kept it from disk.
    public func confirmStatuses(_ count: UInt64) throws(StoreError) {
        try connection.transaction(.relaxed) { () throws(StoreError) in
            try write(Self.confirmedCountKey, String(count))
        }
    }

    /// Makes due again what was acknowledged after the last confirmed count (rule 6 of the contract).
    ///
    /// - Throws: What kept it from disk.
    public func forgetUnconfirmed() throws(StoreError) {
        let confirmed = try statusCounts().confirmed
        try connection.transaction(.relaxed) { () throws(StoreError) in
            try connection.run(
                "UPDATE outbox SET acknowledged = NULL WHERE acknowledged_number > ?",
                SQLValue(Int64(clamping: confirmed))
            )
        }
        outboxBell.ring()
    }

    /// Makes every message due again: the broker has lost its memory (rule 6 of the contract).
    ///
    /// - Throws: What kept it from disk.
    public func forgetAcknowledgements() throws(StoreError) {
        try connection.transaction(.relaxed) { () throws(StoreError) in
            try connection.run(
                "UPDATE outbox SET acknowledged = NULL, "
                    + "is_urgent = (is_urgent AND acknowledged IS NOT digest)"
            )
        }
        outboxBell.ring()
    }

    /// Forgets the message of a topic, sent or not.
    ///
    /// - Parameter topic: The topic.
    /// - Throws: What kept it from disk.
    public func clear(topic: String) throws(StoreError) {
        try connection.transaction(.relaxed) { () throws(StoreError) in
            try connection.run("DELETE FROM outbox WHERE topic = ?", SQLValue(topic))
        }
    }

    /// How many messages and events wait to be sent.
    ///
    /// - Throws: What kept them from being counted.
    public func dueCount() throws(StoreError) -> Int64 {
        try connection.integer("SELECT count(*) FROM outbox WHERE acknowledged IS NOT digest")
            + connection.integer("SELECT count(*) FROM event WHERE is_sent = 0")
    }
}
