/// Opens, checks, mends and migrates.
enum DatabaseOpening {
    /// Opens to read and write.
    static func forWriting(
        _ path: String,
        _ limits: StoreLimits
    ) throws(StoreError) -> (Connection, StoreOpening) {
        var opening = StoreOpening()
        do {
            let connection = try open(path, limits, &opening)
            return (connection, opening)
        } catch StoreError.corrupt(_, let detail) {
            opening = StoreOpening(setAside: try DatabaseFile.setAside(path), damage: detail)
        } catch {
            throw error
        }
        let connection = try open(path, limits, &opening)
        if let damaged = opening.setAside {
            opening.rescuedObjectCount = Rescue.copy(from: damaged, to: connection, limits)
        }
        return (connection, opening)
    }

    /// Opens to read only, and looks at the version.
    static func forReading(
        _ path: String,
        _ limits: StoreLimits
    ) throws(StoreError) -> (Connection, StoreOpening) {
        guard DatabaseFile.exists(path) else { throw .missing(path: path) }
        do {
            let connection = try Connection(
                path: path,
                mode: .readOnly,
                busyTimeoutMilliseconds: limits.busyTimeoutMilliseconds
            )
            return (connection, StoreOpening(migratedFrom: try version(connection)))
        } catch StoreError.cannotOpen(let path, let detail) {
            // Why: a cleanly closed database has no log, and a reader who may not write into the
            // folder cannot make the empty one that SQLite wants.
            guard !DatabaseFile.exists("\(path)-wal") else {
                throw .cannotOpen(path: path, detail: detail)
            }
            let connection = try Connection(
                path: path,
                mode: .immutable,
                busyTimeoutMilliseconds: limits.busyTimeoutMilliseconds
            )
            return (connection, StoreOpening(migratedFrom: try version(connection)))
        } catch {
            throw error
        }
    }

    private static func open(
        _ path: String,
        _ limits: StoreLimits,
        _ opening: inout StoreOpening
    ) throws(StoreError) -> Connection {
        opening.isNew = try DatabaseFile.prepare(path)
        let connection = try Connection(
            path: path,
            mode: .readWrite,
            busyTimeoutMilliseconds: limits.busyTimeoutMilliseconds
        )
        let version = try version(connection)
        if version == 0 { opening.isNew = true } else { opening.migratedFrom = version }
        try configure(connection, limits)
        try check(connection)
        try migrate(connection, from: version)
        try DatabaseFile.syncFolder(of: path)
        return connection
    }

    /// The version of the tables; 0 for a file without any.
    private static func version(_ connection: Connection) throws(StoreError) -> Int64 {
        let version = try connection.integer("PRAGMA user_version")
        let applicationID = try connection.integer("PRAGMA application_id")
        let tableCount = try connection.integer("SELECT count(*) FROM sqlite_schema")
        guard applicationID == Schema.applicationID || (version == 0 && tableCount == 0) else {
            throw .foreign(path: connection.path)
        }
        guard version <= Schema.version else {
            throw .newer(path: connection.path, version: version, versionMax: Schema.version)
        }
        return version
    }

    private static func configure(
        _ connection: Connection,
        _ limits: StoreLimits
    ) throws(StoreError) {
        let pageByteCount = max(512, try connection.integer("PRAGMA page_size"))
        try connection.run("PRAGMA journal_mode = WAL")
        try connection.run("PRAGMA synchronous = FULL")
        try connection.run("PRAGMA foreign_keys = ON")
        try connection.run("PRAGMA trusted_schema = OFF")
        try connection.run("PRAGMA cell_size_check = ON")
        // Why: a deleted Secret should not stay readable in a free page.
        try connection.run("PRAGMA secure_delete = FAST")
        // Why: 2 MB of pages, SQLite's default, is a sixth of what the whole daemon should take.
        try connection.run("PRAGMA cache_size = -512")
        // Why: the log is cut back to 1 MB after a burst instead of keeping its largest size.
        try connection.run("PRAGMA journal_size_limit = 1048576")
        // Why: see `Connection.shortenLog`.
        try connection.run("PRAGMA wal_autocheckpoint = 0")
        try connection.run("PRAGMA max_page_count = \(limits.databaseByteCountMax / pageByteCount)")
    }

    private static func check(_ connection: Connection) throws(StoreError) {
        let answer = try connection.row("PRAGMA quick_check(1)")?.first?.text ?? "no answer"
        guard answer == "ok" else { throw .corrupt(path: connection.path, detail: answer) }
    }

    /// Runs the migrations that are missing, each in a transaction of its own.
    static func migrate(_ connection: Connection, from version: Int64) throws(StoreError) {
        for (index, statements) in Schema.migrations.enumerated() where Int64(index) >= version {
            try connection.transaction(.full) { () throws(StoreError) in
                for statement in statements { try connection.run(statement) }
                try connection.run("PRAGMA application_id = \(Schema.applicationID)")
                try connection.run("PRAGMA user_version = \(index + 1)")
            }
        }
    }
}
