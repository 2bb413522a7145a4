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
        let temporary = path + ".new"
        do {
            let file = try SystemCall.open(
                temporary,
                O_WRONLY | O_CREAT | O_TRUNC,
                mode: mode,
                in: place
            )
            try SystemCall.write(file, bytes, path: temporary)
            try SystemCall.sync(file, path: temporary)
            try SystemCall.rename(temporary, to: path, in: place)
        } catch {
            try? SystemCall.remove(temporary, in: place)
            throw error
        }
        if let place { return try SystemCall.sync(place, path: path) }
        let folder = Self.folder(of: path)
        try SystemCall.sync(
            try SystemCall.open(folder, O_RDONLY | O_DIRECTORY),
            path: folder
        )
    }

    /// The folder that holds `path`.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of `path`.
    public static func name(of path: String) -> String {
        String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }
}
