extension StateStore {
    /// Notes that a request is acted on, before it is: an ID acts once, also across a power cut.
    ///
    /// What is killed between the note and the act is not done; its asker gets no answer and asks
    /// again under another ID.
    ///
    /// - Parameter id: The request's ID.
    /// - Returns: Whether this is the first time.
    /// - Throws: What kept the note from disk; then nothing may be done.
    public func claim(request id: String) throws(StoreError) -> Bool {
        try connection.transaction(.full) { () throws(StoreError) in
            let isNew =
                try connection.run(
                    "INSERT OR IGNORE INTO request (id) VALUES (?)",
                    SQLValue(id)
                ) > 0
            guard isNew else { return false }
            try connection.run(
                "DELETE FROM request WHERE number <= (SELECT max(number) FROM request) - ?",
                SQLValue(limits.requestCountMax)
            )
            return true
        }
    }
}
