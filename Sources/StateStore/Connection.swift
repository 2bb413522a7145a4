internal import CSQLite

/// The fence around SQLite: one open database, used by one thread at a time.
///
/// It is not Sendable, so the actor that owns it is the only one to call it.
@safe final class Connection {
    // Safety: open from `init` to `deinit`, and used nowhere else.
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    /// The file, for errors.
    let path: String
    /// Whether a write or a sync has failed since the log was last known to be on the disk.
    var mayHaveLostLog = false

    /// Statements that are kept prepared.
    ///
    /// The module has fewer; the bound keeps a mistake small.
    private static let statementCountMax = 64

    /// How a file is opened.
    enum Mode {
        /// To read and write; the file must be there.
        case readWrite
        /// To read while another process may write.
        case readOnly
        /// To read what nobody writes and no log belongs to, from a place where nothing can be made.
        case immutable
    }

    /// Opens the file without looking into it.
    // Safety: the path outlives the call; a handle that failed to open is closed and forgotten.
    init(path: String, mode: Mode, busyTimeoutMilliseconds: Int32) throws(StoreError) {
        self.path = path
        let flags =
            switch mode {
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly, .immutable: SQLITE_OPEN_READONLY
            }
        let name = "file:" + Self.escaped(path) + (mode == .immutable ? "?immutable=1" : "")
        var handle: OpaquePointer?
        let code = unsafe sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_URI, nil)
        guard code == SQLITE_OK, let handle = unsafe handle else {
            unsafe sqlite3_close_v2(handle)
            throw Self.error(code, "the file cannot be opened", path)
        }
        unsafe self.handle = handle
        _ = unsafe sqlite3_extended_result_codes(handle, 1)
        unsafe sqlite3_busy_timeout(handle, busyTimeoutMilliseconds)
    }

    // Safety: nothing uses the handle after this.
    deinit {
        // Why: version 2 closes once the last statement, released after this, is finalized.
        unsafe sqlite3_close_v2(handle)
    }

    private static func escaped(_ path: String) -> String {
        path.utf8
            .map { byte in
                switch byte {
                case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    0x30...0x39, 0x41...0x5A, 0x61...0x7A:
                    String(Unicode.Scalar(byte))
                default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }
            }
            .joined()
    }
}

extension Connection {
    /// Runs one statement for each row it gives.
    ///
    /// - Parameters:
    ///   - sql: One statement; kept prepared for the next time.
    ///   - values: For its `?`, in order.
    ///   - body: Gets the columns of each row.
    /// - Throws: What SQLite says, or `body`.
    // Safety: the statement belongs to this connection and is reset before anything else runs it.
    func forEachRow(
        _ sql: String,
        _ values: [SQLValue],
        _ body: ([SQLValue]) throws(StoreError) -> Void
    ) throws(StoreError) {
        let statement = try unsafe prepared(sql).pointer
        defer {
            unsafe sqlite3_reset(statement)
            unsafe sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() {
            try unsafe bind(value, to: statement, at: Int32(truncatingIfNeeded: index + 1))
        }
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW:
                let columns = unsafe sqlite3_column_count(statement)
                try body((0..<columns).map { unsafe Self.column($0, of: statement) })
            case SQLITE_DONE: return
            case let code: throw error(code)
            }
        }
    }

    // Safety: the statement is owned by the object that is returned, and by the cache.
    private func prepared(_ sql: String) throws(StoreError) -> Statement {
        if let statement = statements[sql] { return statement }
        if statements.count >= Self.statementCountMax { statements = [:] }
        var pointer: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = unsafe sqlite3_prepare_v3(handle, sql, -1, flags, &pointer, nil)
        guard code == SQLITE_OK, let pointer = unsafe pointer else { throw error(code) }
        let statement = unsafe Statement(pointer)
        statements[sql] = statement
        return statement
    }

    // Safety: SQLite copies texts and blobs before it returns; lengths are those of the arrays.
    private func bind(
        _ value: SQLValue,
        to statement: OpaquePointer,
        at index: Int32
    ) throws(StoreError) {
        let code: Int32
        switch value {
        case .null: code = unsafe sqlite3_bind_null(statement, index)
        case .integer(let integer): code = unsafe sqlite3_bind_int64(statement, index, integer)
        case .text(let text):
            // Why: the pointer to an empty array may be null, which would bind NULL.
            let bytes = Array(text.utf8) + [0]
            let count = Int32(clamping: bytes.count - 1)
            code = unsafe bytes.withUnsafeBytes { buffer in
                let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                return unsafe swiftlet_sqlite_bind_text(statement, index, start, count)
            }
        case .blob(let blob):
            let count = Int32(clamping: blob.count)
            code = unsafe blob.withUnsafeBytes { buffer in
                unsafe swiftlet_sqlite_bind_blob(statement, index, buffer.baseAddress, count)
            }
        }
        guard code == SQLITE_OK else { throw error(code) }
    }

    // Safety: the pointers are valid until the next step; the bytes are copied here.
    private static func column(_ index: Int32, of statement: OpaquePointer) -> SQLValue {
        switch unsafe sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return unsafe .integer(sqlite3_column_int64(statement, index))
        case SQLITE_TEXT:
            let start = unsafe sqlite3_column_text(statement, index)
            let count = unsafe Int(sqlite3_column_bytes(statement, index))
            let bytes = unsafe UnsafeBufferPointer(start: start, count: start == nil ? 0 : count)
            return unsafe .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let start = unsafe sqlite3_column_blob(statement, index)
            let count = unsafe Int(sqlite3_column_bytes(statement, index))
            let bytes = unsafe UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
            return unsafe .blob(Array(bytes))
        default: return .null
        }
    }

    /// Rows that the last statement changed.
    // Safety: see `handle`.
    var changedRowCount: Int64 { unsafe Int64(sqlite3_changes(handle)) }

    /// Whether a transaction is open.
    // Safety: see `handle`.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }
}

extension Connection {
    // Safety: the text belongs to the connection and is copied.
    private func error(_ code: Int32) -> StoreError {
        let message = unsafe String(cString: sqlite3_errmsg(handle))
        return Self.error(code, message, path)
    }

    /// What a result code means to a caller.
    static func error(_ code: Int32, _ message: String, _ path: String) -> StoreError {
        // Why: the low byte is the primary code, whatever the extended one adds.
        switch code & 0xFF {
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(path: path, detail: message)
        case SQLITE_FULL: .full(path: path)
        case SQLITE_READONLY: .readOnly(path: path)
        case SQLITE_IOERR: .device(path: path, detail: "\(message), SQLite's code \(code)")
        case SQLITE_BUSY, SQLITE_LOCKED: .busy(path: path)
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: .cannotOpen(path: path, detail: message)
        default: .sqlite(code: code, message: message)
        }
    }
}

/// A prepared statement, which ends with its last user.
@safe private final class Statement {
    // Safety: valid until `deinit`, which is the only place that finalizes it.
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    // Safety: nobody uses the pointer after this.
    deinit { unsafe sqlite3_finalize(pointer) }
}
