internal import CLinux
internal import Glibc

// This file is a fence: folders are made, listed and removed by C calls.

/// Folders and what is in them.
public enum FileTree {
    // Why: nobody nests volumes deeper; a tree that is deeper is removed by hand.
    private static let depthMax = 256

    /// Makes a folder and those above it; one that is there stays as it is.
    public static func make(_ path: String, mode: UInt32 = 0o700) throws(HostError) {
        if isDirectory(path) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try make(String(path[..<slash]), mode: mode)
        }
        // Safety: the path is a Swift string.
        guard unsafe mkdir(path, mode) == 0 || (errno == EEXIST && isDirectory(path)) else {
            throw .system(call: "mkdir", path: path, errno: errno)
        }
    }

    /// Whether there is a folder; a link to one counts.
    public static func isDirectory(_ path: String) -> Bool { kind(path) == S_IFDIR }

    /// Whether there is a regular file.
    public static func isFile(_ path: String) -> Bool { kind(path) == S_IFREG }

    /// What lies at a path.
    public enum Kind: Equatable, Sendable {
        /// A folder.
        case folder
        /// A regular file.
        case file
        /// A socket.
        case socket
        /// A character device.
        case characterDevice
        /// A block device.
        case blockDevice
        /// A pipe, or what this program knows nothing of.
        case other
    }

    /// What is there, links followed; nil for nothing.
    public static func kindOfEntry(_ path: String) -> Kind? {
        switch kind(path) {
        case S_IFDIR?: .folder
        case S_IFREG?: .file
        case S_IFSOCK?: .socket
        case S_IFCHR?: .characterDevice
        case S_IFBLK?: .blockDevice
        case .some: .other
        case nil: nil
        }
    }

    private static func kind(_ path: String) -> mode_t? {
        var facts = stat()
        // Safety: the path is a Swift string, the facts are a local.
        return unsafe stat(path, &facts) == 0 ? facts.st_mode & S_IFMT : nil
    }

    /// Gives a file another name: both name the same file from then on.
    public static func makeName(_ path: String, for file: String) throws(HostError) {
        // Safety: both paths are Swift strings.
        guard unsafe link(file, path) == 0 else {
            throw .system(call: "link", path: path, errno: errno)
        }
    }

    /// The names in a folder; none when there is no folder.
    public static func names(in path: String) -> [String] {
        // Safety: the stream is ours until closedir; an entry is read before the next call.
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes a file, or a folder with all that is in it; links are removed, not followed.
    ///
    /// What is not there is no error.
    public static func remove(_ path: String) throws(HostError) { try remove(path, depth: 0) }

    private static func remove(_ path: String, depth: Int) throws(HostError) {
        guard depth < depthMax else {
            throw .tooMuch(what: "folders in \(path)", count: depth, countMax: depthMax)
        }
        var facts = stat()
        // Safety: as above.
        guard unsafe lstat(path, &facts) == 0 else {
            if errno == ENOENT { return }
            throw .system(call: "lstat", path: path, errno: errno)
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            guard unsafe unlink(path) == 0 || errno == ENOENT else {
                throw .system(call: "unlink", path: path, errno: errno)
            }
            return
        }
        // Why: a guest may have taken the right to list its own folders away.
        _ = unsafe chmod(path, 0o700)
        for name in names(in: path) { try remove("\(path)/\(name)", depth: depth + 1) }
        guard unsafe rmdir(path) == 0 || errno == ENOENT else {
            throw .system(call: "rmdir", path: path, errno: errno)
        }
    }

    /// Sets the permissions of a file or folder, whatever the umask.
    public static func setMode(_ path: String, _ mode: UInt32) throws(HostError) {
        // Safety: as above.
        guard unsafe chmod(path, mode_t(mode)) == 0 else {
            throw .system(call: "chmod", path: path, errno: errno)
        }
    }

    /// The permissions of what is there; nil where nothing is.
    public static func permissions(_ path: String) -> UInt32? {
        var facts = stat()
        // Safety: as above.
        return unsafe stat(path, &facts) == 0 ? UInt32(facts.st_mode & 0o777) : nil
    }

    /// Makes a link that holds `target` as it is given; a link that is there is replaced.
    public static func makeLink(to target: String, at path: String) throws(HostError) {
        // Safety: as above.
        if unsafe symlink(target, path) == 0 { return }
        guard errno == EEXIST, unsafe unlink(path) == 0, unsafe symlink(target, path) == 0 else {
            throw .system(call: "symlink", path: path, errno: errno)
        }
    }

    /// Gives what is at `path` another name, in one step; what had it is gone.
    public static func rename(_ path: String, to newPath: String) throws(HostError) {
        // Safety: as above.
        guard unsafe Glibc.rename(path, newPath) == 0 else {
            throw .system(call: "rename", path: newPath, errno: errno)
        }
    }

    /// The path with all links followed; nil when there is nothing.
    public static func resolved(_ path: String) -> String? {
        // Safety: realpath allocates the answer, which is copied and freed here.
        guard let answer = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(answer) }
        return unsafe String(cString: answer)
    }
}
