/// What can go wrong with the database, as far as a caller can act on it.
public enum StoreError: Error, Equatable, Sendable {
    /// The file is damaged; nothing more can be read from it.
    case corrupt(path: String, detail: String)
    /// The file is a database of somebody else's, or no database and not ours to move.
    case foreign(path: String)
    /// A newer version of this program has written the file.
    case newer(path: String, version: Int64, versionMax: Int64)
    /// There is no file, and it was to be read only.
    case missing(path: String)
    /// The file cannot be opened or made.
    case cannotOpen(path: String, detail: String)
    /// No room: the disk is full, or the database has reached its own bound. Nothing was written.
    case full(path: String)
    /// The file or its disk cannot be written. Nothing was written.
    case readOnly(path: String)
    /// The disk gave an error, as one that was made read-only while the file was open does. Nothing was changed.
    case device(path: String, detail: String)
    /// Another process has held the file for longer than was waited. Nothing was written.
    case busy(path: String)
    /// A table has reached its bound.
    case tooMany(table: String, rowCountMax: Int64)
    /// SQLite's extended result code and text, for anything that only an operator can mend.
    case sqlite(code: Int32, message: String)

    /// Whether the same call can succeed later without anybody's help.
    public var isWorthRetrying: Bool {
        switch self {
        case .busy, .full: true
        case .corrupt, .foreign, .newer, .missing, .cannotOpen, .readOnly, .device, .tooMany,
            .sqlite:
            false
        }
    }
}

extension StoreError {
    /// Whether the disk gave an error: what was written before and not synced may be lost.
    var isOfDevice: Bool {
        if case .device = self { true } else { false }
    }
}

extension StoreError: CustomStringConvertible {
    /// One sentence that names the file and what to do.
    public var description: String {
        switch self {
        case .corrupt(let path, let detail):
            "database \(path) is damaged (\(detail)); it is set aside when swiftletd starts again"
        case .foreign(let path):
            "\(path) is not a database of swiftletd; move it away or name another directories.state"
        case .newer(let path, let version, let versionMax):
            "database \(path) has schema \(version), but this version knows only \(versionMax); "
                + "install the version that wrote it"
        case .missing(let path): "there is no database \(path)"
        case .cannotOpen(let path, let detail): "database \(path) cannot be opened: \(detail)"
        case .full(let path): "no room to write database \(path); free some disk space"
        case .readOnly(let path): "database \(path) cannot be written; is its disk read-only?"
        case .device(let path, let detail):
            "the disk of database \(path) gave an error (\(detail)); nothing was changed: "
                + "look whether it is mounted read-only or fails (dmesg)"
        case .busy(let path): "database \(path) is held by another process"
        case .tooMany(let table, let rowCountMax):
            "table \(table) holds \(rowCountMax) rows, which is the most it may"
        case .sqlite(let code, let message): "SQLite says \(message) (code \(code))"
        }
    }
}
