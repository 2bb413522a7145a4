internal import Glibc

// This file is a fence: the file calls of the image store with Swift values in and out.

/// What the store does with files.
enum StoreFile {
    static func exists(_ path: String) -> Bool {
        // Safety: the path is a Swift string that outlives the call; so in all calls below.
        unsafe access(path, F_OK) == 0
    }

    static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }

    /// The length in bytes of a regular file, or `nil`.
    static func byteCount(_ path: String) -> Int64? {
        var facts = stat()
        // Safety: the result is a local of the right type.
        guard unsafe lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(facts.st_size)
    }

    /// When a file was last written, in seconds since 1970, or `nil`.
    static func modifiedSeconds(_ path: String) -> Int64? {
        var facts = stat()
        // Safety: the result is a local of the right type.
        return unsafe lstat(path, &facts) == 0 ? Int64(facts.st_mtim.tv_sec) : nil
    }

    /// Bytes that can still be written where a path is, and bytes in all; `nil` when nobody knows.
    static func room(at path: String) -> (freeByteCount: Int64, totalByteCount: Int64)? {
        var facts = statvfs()
        // Safety: the result is a local of the right type.
        guard unsafe statvfs(path, &facts) == 0 else { return nil }
        let unit = Int64(clamping: facts.f_frsize)
        func bytes(_ blocks: fsblkcnt_t) -> Int64 {
            let (product, overflow) = Int64(clamping: blocks).multipliedReportingOverflow(by: unit)
            return overflow ? .max : product
        }
        return (bytes(facts.f_bavail), bytes(facts.f_blocks))
    }

    static func isLink(_ path: String) -> Bool { kind(path) == S_IFLNK }
    static func isFile(_ path: String) -> Bool { kind(path) == S_IFREG }

    /// Where a symbolic link points, or `nil`.
    static func linkTarget(_ path: String) -> String? {
        var length = 0
        // Safety: the kernel writes at most PATH_MAX bytes, which is what the array has room for.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            length = unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress else { return 0 }
                return unsafe readlink(path, start, characters.count)
            }
            count = max(0, length)
        }
        return length > 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// The names in a folder, sorted, without `.` and `..`.
    static func names(in folder: String) throws(ImageError) -> [String] {
        // Safety: readdir's entry is used up before the next call, and the stream is closed below.
        guard let stream = unsafe opendir(folder) else { throw failure("opendir", folder) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a folder and those above it; one that is there is fine.
    static func makeFolder(_ path: String, mode: UInt32 = 0o700) throws(ImageError) {
        if isFolder(path) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]), mode: mode)
        }
        guard unsafe mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else {
            throw failure("mkdir", path)
        }
    }

    /// Removes a folder with all that is in it; links are removed, not followed.
    static func removeTree(_ path: String) throws(ImageError) {
        if isFolder(path) {
            for name in try names(in: path) { try removeTree("\(path)/\(name)") }
            guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw failure("rmdir", path) }
        } else {
            guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure("unlink", path) }
        }
    }

    /// Bytes of a file, or of all files below a folder.
    static func treeByteCount(_ path: String) -> Int64 {
        guard isFolder(path) else { return byteCount(path) ?? 0 }
        let names = (try? names(in: path)) ?? []
        return names.reduce(0) { $0 &+ treeByteCount("\(path)/\($1)") }
    }

    /// Whether the process still lives whose number ends the name of a temporary file.
    static func isOfLiveProcess(_ name: String) -> Bool {
        guard let number = name.split(separator: "-").last.flatMap({ pid_t($0) }) else {
            return false
        }
        return kill(number, 0) == 0 || errno == EPERM
    }

    static func rename(_ path: String, to target: String) throws(ImageError) {
        guard unsafe Glibc.rename(path, target) == 0 else { throw failure("rename", target) }
    }

    /// Brings a folder's names to the disk.
    static func syncFolder(_ path: String) throws(ImageError) {
        let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        try folder.sync()
    }

    /// Brings the names in a folder, and in all folders below it, to the disk.
    static func syncFolders(_ path: String) throws(ImageError) {
        for name in try names(in: path) where isFolder("\(path)/\(name)") {
            try syncFolders("\(path)/\(name)")
        }
        try syncFolder(path)
    }

    /// All of a file of at most `byteCountMax` bytes.
    static func read(_ path: String, byteCountMax: Int64) throws(ImageError) -> [UInt8] {
        let file = try OpenFile(path, O_RDONLY)
        var bytes: [UInt8] = []
        while true {
            let chunk = try file.read(ImageLimits.chunkByteCount)
            if chunk.isEmpty { return bytes }
            bytes.append(contentsOf: chunk)
            guard Int64(bytes.count) <= byteCountMax else {
                throw .tooLarge(what: path, actual: Int64(bytes.count), most: byteCountMax)
            }
        }
    }

    /// Hands over a file's bytes from `offset` on, in chunks.
    static func read(
        _ path: String,
        from offset: Int64 = 0,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        let file = try OpenFile(path, O_RDONLY)
        try file.seek(to: offset)
        while true {
            let chunk = try file.read(ImageLimits.chunkByteCount)
            if chunk.isEmpty { return }
            try take(chunk)
        }
    }

    /// Replaces a file: written beside it, synced, renamed, the folder synced.
    static func replace(_ path: String, _ bytes: [UInt8]) throws(ImageError) {
        let temporary = "\(path).new-\(getpid())"
        let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(bytes)
        try file.sync()
        try rename(temporary, to: path)
        if let slash = path.lastIndex(of: "/") { try syncFolder(String(path[..<slash])) }
    }

    private static func kind(_ path: String) -> mode_t? {
        var facts = stat()
        // Safety: as in `byteCount`.
        return unsafe lstat(path, &facts) == 0 ? facts.st_mode & S_IFMT : nil
    }

    static func failure(_ call: String, _ path: String) -> ImageError {
        let number = errno
        if number == ENOSPC || number == EDQUOT { return .diskFull(path: path) }
        return .system(call: call, path: path, errno: number)
    }
}

/// A file that is open as long as this value lives.
struct OpenFile: ~Copyable {
    /// Source: linux/fs.h, FICLONE, `_IOW(0x94, 9, int)`.
    private static let clone: UInt = 0x4004_9409

    let descriptor: Int32
    private let path: String

    init(_ path: String, _ flags: Int32, mode: UInt32 = 0o600) throws(ImageError) {
        // Safety: the path outlives the call.
        descriptor = unsafe open(path, flags | O_CLOEXEC, mode_t(mode))
        self.path = path
        guard descriptor >= 0 else { throw StoreFile.failure("open", path) }
    }

    deinit { close(descriptor) }

    /// At most `count` bytes; none at the end.
    func read(_ count: Int) throws(ImageError) -> [UInt8] {
        var result = -1
        // Safety: the kernel writes at most `count` bytes, which is what the array has room for.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            repeat {
                result = unsafe Glibc.read(descriptor, buffer.baseAddress, count)
            } while result < 0 && errno == EINTR
            used = max(0, result)
        }
        guard result >= 0 else { throw StoreFile.failure("read", path) }
        return bytes
    }

    func write(_ bytes: [UInt8]) throws(ImageError) {
        var start = 0
        while start < bytes.count {
            // Safety: the slice is in bounds, and the buffer lives as long as the closure.
            let count = unsafe bytes[start...]
                .withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                start += count
            } else if errno != EINTR {
                throw StoreFile.failure("write", path)
            }
        }
    }

    func seek(to offset: Int64) throws(ImageError) {
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
            throw StoreFile.failure("lseek", path)
        }
    }

    func truncate(to byteCount: Int64) throws(ImageError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
            throw StoreFile.failure("ftruncate", path)
        }
    }

    func sync() throws(ImageError) {
        guard fsync(descriptor) == 0 else { throw StoreFile.failure("fsync", path) }
    }

    /// How a file is locked.
    enum Lock {
        /// Beside others of this kind.
        case shared
        /// Alone.
        case alone

        fileprivate var operation: Int32 {
            switch self {
            case .shared: LOCK_SH
            case .alone: LOCK_EX
            }
        }
    }

    /// Waits until the file's lock can be had, and holds it until the file is closed.
    ///
    /// Who held it before may have removed the file: then it is made anew, and that one is locked.
    func lock(_ lock: Lock = .alone) throws(ImageError) {
        repeat {
            while flock(descriptor, lock.operation) != 0 {
                guard errno == EINTR else { throw StoreFile.failure("flock", path) }
            }
        } while try !hasName()
    }

    /// Takes the file's lock if that can be had at once; answers whether it was.
    func lockAtOnce(_ lock: Lock = .alone) -> Bool {
        flock(descriptor, lock.operation | LOCK_NB) == 0 && isNamed
    }

    private var isNamed: Bool {
        var ours = stat()
        var named = stat()
        // Safety: the results are locals of the right type.
        return unsafe fstat(descriptor, &ours) == 0 && lstat(path, &named) == 0
            && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev
    }

    /// Whether the path still leads to this file; if not, it does when this returns, unlocked.
    private func hasName() throws(ImageError) -> Bool {
        if isNamed { return true }
        let again = try OpenFile(path, O_RDWR | O_CREAT)
        guard dup2(again.descriptor, descriptor) >= 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) >= 0
        else { throw StoreFile.failure("dup2", path) }
        return false
    }

    /// Makes this file a copy of another, sharing the blocks where the file system can.
    func copy(from source: borrowing OpenFile) throws(ImageError) {
        // Safety: an ioctl that takes a descriptor and no pointer; both are open.
        if ioctl(descriptor, Self.clone, source.descriptor) == 0 { return }
        // Most file systems cannot, as ext4: then the bytes go through our own hands.
        while true {
            let chunk = try source.read(ImageLimits.chunkByteCount)
            if chunk.isEmpty { return }
            try write(chunk)
        }
    }
}

extension ImageStore {
    static var readWriteCreate: Int32 { O_RDWR | O_CREAT }
    static var writeCreateTruncate: Int32 { O_WRONLY | O_CREAT | O_TRUNC }
}
