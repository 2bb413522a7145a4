internal import Glibc

/// Files that are there whole or not at all, also after a power cut.
public enum AtomicFile {
    /// Replaces the file at `path`: written beside it, synced, renamed, and the folder synced.
    ///
    /// Two writers of one path must not run at the same time: they share the name beside it.
    public static func write(
        _ bytes: [UInt8],
        to path: String,
        mode: UInt32 = 0o600
    ) throws(HostError) {
        let temporary = path + ".new"
        do {
            let file = try SystemCall.open(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
            try SystemCall.write(file, bytes, path: temporary)
            try SystemCall.sync(file, path: temporary)
            try SystemCall.rename(temporary, to: path)
        } catch {
            try? SystemCall.remove(temporary)
            throw error
        }
        let folder = Self.folder(of: path)
        try SystemCall.sync(
            try SystemCall.open(folder, O_RDONLY | O_DIRECTORY),
            path: folder
        )
    }

    /// The folder that holds `path`.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
