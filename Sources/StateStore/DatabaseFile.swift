internal import Glibc

/// The file itself: made for its owner only, and moved away when it is damaged.
enum DatabaseFile {
    /// Damaged files that are kept for people to look at; the oldest goes first, so that damage that
    /// comes back does not fill the disk.
    static let setAsideCountMax = 3

    /// Makes the file if there is none, and lets nobody but its owner read it.
    ///
    /// - Returns: Whether it was made.
    /// - Throws: The system's reason.
    // Safety: the path is passed as a C string for the length of each call.
    static func prepare(_ path: String) throws(StoreError) -> Bool {
        let isNew = !exists(path)
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            if code == EROFS { throw .readOnly(path: path) }
            if code == ENOSPC || code == EDQUOT { throw .full(path: path) }
            throw .cannotOpen(path: path, detail: unsafe String(cString: strerror(code)))
        }
        defer { close(descriptor) }
        // Why: it holds Secrets, and an older or restored file may have come with a looser mode.
        guard fchmod(descriptor, 0o600) == 0 else {
            throw .cannotOpen(path: path, detail: unsafe String(cString: strerror(errno)))
        }
        return isNew
    }

    // Safety: as for `prepare`.
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Renames the file to `PATH.corrupt-N` and its log with it.
    ///
    /// - Returns: The new path.
    /// - Throws: The system's reason.
    // Safety: as for `prepare`.
    static func setAside(_ path: String) throws(StoreError) -> String {
        var number = 1
        while exists("\(path).corrupt-\(number)") && number < setAsideCountMax { number += 1 }
        if exists("\(path).corrupt-\(number)") {
            for older in 1..<number {
                for suffix in ["", "-wal"] {
                    let from = "\(path).corrupt-\(older + 1)\(suffix)"
                    let to = "\(path).corrupt-\(older)\(suffix)"
                    unsafe unlink(to)
                    _ = unsafe rename(from, to)
                }
            }
        }
        let target = "\(path).corrupt-\(number)"
        guard unsafe rename(path, target) == 0 else {
            throw .cannotOpen(path: path, detail: unsafe String(cString: strerror(errno)))
        }
        unsafe unlink("\(target)-wal")
        _ = unsafe rename("\(path)-wal", "\(target)-wal")
        unsafe unlink("\(path)-shm")
        try syncFolder(of: path)
        return target
    }

    /// Brings a file to disk.
    ///
    /// - Throws: What the disk says.
    // Safety: as for `prepare`. SQLite locks neither its log nor folders, so closing releases nothing.
    static func sync(_ path: String) throws(StoreError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .cannotOpen(path: path, detail: unsafe String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        // Source: fsync(2): a file system that cannot bring folders to disk says EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .cannotOpen(path: path, detail: unsafe String(cString: strerror(errno)))
        }
    }

    /// Bytes of a file; 0 where there is none.
    // Safety: as for `prepare`; the local outlives the call.
    static func byteCount(_ path: String) -> Int {
        var facts = stat()
        return unsafe stat(path, &facts) == 0 ? facts.st_size : 0
    }

    /// Brings the names in the file's folder to disk.
    ///
    /// - Throws: What the disk says; then a power cut may take the file away with all that is in it.
    static func syncFolder(of path: String) throws(StoreError) {
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
        try sync(folder.isEmpty ? "/" : folder)
    }
}
