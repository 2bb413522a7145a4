internal import CLinux
internal import Glibc
internal import Images

// This file is a fence: the system calls that build a root file system. Every step goes through
// descriptors of folders opened without following links, so nothing can lead out of the root.

/// The root file system that layers are unpacked into.
struct RootTree: ~Copyable {
    /// Bytes after which the disk is told to begin with them.
    private static let writeOutByteCount: Int64 = 1024 * 1024

    private let root: Int32
    private let path: String

    init(_ path: String) throws(ImageError) {
        self.path = path
        // Safety: the path outlives the call; so do all names below.
        root = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw failure("open", path) }
    }

    deinit { close(root) }

    /// Makes a folder, or leaves the one that is there; anything else of that name goes.
    func makeFolder(_ entry: EntryPath, mode: UInt32) throws(ImageError) {
        guard !entry.parts.isEmpty else { return }
        let parent = try Folder(self, entry.parts.dropLast())
        if unsafe mkdirat(parent.descriptor, entry.name, 0o700) != 0 {
            guard errno == EEXIST else { throw failure("mkdir", entry.name) }
            if !parent.isFolder(entry.name) {
                try parent.remove(entry.name)
                guard unsafe mkdirat(parent.descriptor, entry.name, 0o700) == 0 else {
                    throw failure("mkdir", entry.name)
                }
            }
        }
        // Why 0o700 added: a folder that its owner cannot enter could never be removed again.
        _ = unsafe fchmodat(parent.descriptor, entry.name, mode_t(mode & 0o777 | 0o700), 0)
    }

    /// Makes a file and fills it with what `next` gives until that is empty; synced when it returns.
    func makeFile(
        _ entry: EntryPath,
        mode: UInt32,
        _ next: () throws(ImageError) -> [UInt8]
    ) throws(ImageError) {
        let parent = try Folder(self, entry.parts.dropLast())
        try parent.makeRoom(for: entry)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let permissions = mode_t(mode & 0o777 | 0o600)
        let file = unsafe openat(parent.descriptor, entry.name, flags, permissions)
        guard file >= 0 else { throw failure("open", entry.name) }
        defer { close(file) }
        var begun: Int64 = 0
        var written: Int64 = 0
        while true {
            let bytes = try next()
            if bytes.isEmpty { break }
            try write(bytes, to: file, name: entry.name)
            written += Int64(bytes.count)
            guard written - begun >= Self.writeOutByteCount else { continue }
            // Why: the disk works while the next bytes are unpacked, and the sync at the end finds it done.
            _ = swiftlet_begin_sync(file, begun, written - begun)
            begun = written
        }
        guard fsync(file) == 0 else { throw failure("fsync", entry.name) }
    }

    func makeSymbolicLink(_ entry: EntryPath, target: String) throws(ImageError) {
        let parent = try Folder(self, entry.parts.dropLast())
        try parent.makeRoom(for: entry)
        guard unsafe symlinkat(target, parent.descriptor, entry.name) == 0 else {
            throw failure("symlink", entry.name)
        }
    }

    /// A second name for a file that is in the root already.
    func makeHardLink(_ entry: EntryPath, to target: EntryPath) throws(ImageError) {
        guard entry != target else { return }
        let source = try Folder(self, target.parts.dropLast())
        let parent = try Folder(self, entry.parts.dropLast())
        try parent.makeRoom(for: entry)
        let result = unsafe linkat(
            source.descriptor,
            target.name,
            parent.descriptor,
            entry.name,
            0
        )
        guard result != 0 else { return }
        // Why refused and not a failed call: the same archive never links to more than this.
        guard errno != ENOENT, errno != EPERM, errno != EMLINK else {
            throw .hostileEntry(
                layer: path,
                name: entry.name,
                reason: "is a link to \(target.parts.joined(separator: "/")), which is no file here"
            )
        }
        throw failure("link", entry.name)
    }

    /// Removes a file or a whole folder, if it is there: a whiteout.
    func remove(_ entry: EntryPath) throws(ImageError) {
        guard !entry.parts.isEmpty, let parent = try? Folder(self, entry.parts.dropLast()) else {
            return
        }
        try parent.remove(entry.name)
    }

    /// Removes what a folder holds: an opaque whiteout.
    func empty(_ entry: EntryPath) throws(ImageError) {
        guard let folder = try? Folder(self, entry.parts[...]) else { return }
        try folder.empty()
    }

    private func write(_ bytes: [UInt8], to file: Int32, name: String) throws(ImageError) {
        var start = 0
        while start < bytes.count {
            // Safety: the slice is in bounds, and the buffer lives as long as the closure.
            let count = unsafe bytes[start...]
                .withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count >= 0 {
                start += count
            } else if errno != EINTR {
                throw failure("write", name)
            }
        }
    }

    /// A folder inside the root, made where it is missing, reached without following a link.
    private struct Folder: ~Copyable {
        let descriptor: Int32

        init(_ tree: borrowing RootTree, _ parts: ArraySlice<String>) throws(ImageError) {
            var current = dup(tree.root)
            guard current >= 0 else { throw failure("dup", tree.path) }
            for part in parts {
                let next = Self.enter(current, part)
                let number = errno
                close(current)
                guard next >= 0 else {
                    throw number == ENOTDIR || number == ELOOP
                        ? .hostileEntry(layer: tree.path, name: part, reason: "is no folder")
                        : failure("open", part, number)
                }
                current = next
            }
            descriptor = current
        }

        private init(taking descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }

        private static func enter(_ folder: Int32, _ name: String) -> Int32 {
            let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
            let next = unsafe openat(folder, name, flags)
            if next >= 0 || errno != ENOENT { return next }
            _ = unsafe mkdirat(folder, name, 0o755)
            return unsafe openat(folder, name, flags)
        }

        func isFolder(_ name: String) -> Bool {
            var facts = stat()
            // Safety: the result is a local of the right type.
            return unsafe fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0
                && facts.st_mode & S_IFMT == S_IFDIR
        }

        /// Takes away what has the name of a new entry; the root itself cannot be replaced.
        func makeRoom(for entry: EntryPath) throws(ImageError) {
            guard !entry.parts.isEmpty else {
                throw .hostileEntry(
                    layer: "",
                    name: ".",
                    reason: "wants to be the root itself and is no folder"
                )
            }
            try remove(entry.name)
        }

        func remove(_ name: String) throws(ImageError) {
            if isFolder(name) {
                let folder = Self.enter(descriptor, name)
                guard folder >= 0 else { throw failure("open", name) }
                try Folder(taking: folder).empty()
                guard unsafe unlinkat(descriptor, name, AT_REMOVEDIR) == 0 else {
                    throw failure("rmdir", name)
                }
            } else {
                guard unsafe unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
                    throw failure("unlink", name)
                }
            }
        }

        func empty() throws(ImageError) {
            for name in try names() { try remove(name) }
        }

        private func names() throws(ImageError) -> [String] {
            // Safety: fdopendir owns the copy and closedir closes it; entries are copied at once.
            guard let stream = unsafe fdopendir(dup(descriptor)) else {
                throw failure("opendir", ".")
            }
            defer { unsafe closedir(stream) }
            unsafe rewinddir(stream)
            var names: [String] = []
            while let entry = unsafe readdir(stream) {
                let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { names.append(name) }
            }
            return names
        }
    }
}

private func failure(_ call: String, _ path: String, _ number: Int32 = errno) -> ImageError {
    if number == ENOSPC || number == EDQUOT { return .diskFull(path: path) }
    return .system(call: call, path: path, errno: number)
}
