internal import Glibc

/// Files that are there whole or not at all, also after a power cut.
public enum AtomicFile {
    /// Replaces the file at `path`: written beside it, synced, renamed, and the folder synced.
    ///
    /// Two writers of one path must not run at the same time: they share the name beside it.
    ///
    /// - Parameters:
    ///   - bytes: All of the file.
    ///   - path: Its path; a mere name where `place` is given.
    ///   - place: The folder of it, opened before, for whoever may not reach it by its path any more.
    ///   - mode: Its permissions, less the umask.
    /// - Throws: ``HostError``; then the file is as it was.
    public static func write(
        _ bytes: [UInt8],
        to path: String,
        in place: OwnedDescriptor? = nil,
        mode: UInt32 = 0o600
    ) throws(HostError) {
        try replace(path, with: bytes, in: place, mode: mode, isSynced: true)
        try syncFolder(of: path, in: place)
    }

    /// As ``write(_:to:in:mode:)``, but a power cut may leave nothing or anything of it until somebody
    /// calls ``sync(_:in:)``.
    static func writeUnsynced(
        _ bytes: [UInt8],
        to path: String,
        in place: OwnedDescriptor? = nil
    ) throws(HostError) {
        try replace(path, with: bytes, in: place, mode: 0o600, isSynced: false)
    }

    /// Brings a file of ours, and its name, to the disk for good.
    static func sync(_ path: String, in place: OwnedDescriptor? = nil) throws(HostError) {
        try SystemCall.sync(try SystemCall.open(path, O_RDONLY, in: place), path: path)
        try syncFolder(of: path, in: place)
    }

    private static func replace(
        _ path: String,
        with bytes: [UInt8],
        in place: OwnedDescriptor?,
        mode: UInt32,
        isSynced: Bool
    ) throws(HostError) {
        let temporary = path + ".new"
        do {
            let file = try SystemCall.open(
                temporary,
                O_WRONLY | O_CREAT | O_TRUNC,
                mode: mode,
                in: place
            )
            try SystemCall.write(file, bytes, path: temporary)
            if isSynced { try SystemCall.sync(file, path: temporary) }
            try SystemCall.rename(temporary, to: path, in: place)
        } catch {
            try? SystemCall.remove(temporary, in: place)
            throw error
        }
    }

    private static func syncFolder(
        of path: String,
        in place: OwnedDescriptor?
    ) throws(HostError) {
        if let place { return try SystemCall.sync(place, path: path) }
        let folder = Self.folder(of: path)
        try SystemCall.sync(
            try SystemCall.open(folder, O_RDONLY | O_DIRECTORY),
            path: folder
        )
    }

    /// The folder that holds `path`.
    public static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of `path`.
    public static func name(of path: String) -> String {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        return String(path[(slash.map { path.utf8.index(after: $0) } ?? path.startIndex)...])
    }
}
