internal import CLinux
internal import Glibc

// This file is a fence: the file calls of the image store with Swift values in and out.

/// What the store does with files.
enum StoreFile {
    static func exists(_ path: String, links: Links = .refused) -> Bool {
        switch links {
        case .refused: kind(path) != nil
        // Safety: the path is a Swift string that outlives the call; so in all calls below.
        case .followed: unsafe access(path, F_OK) == 0
        }
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
    static func names(
        in folder: String,
        links: Links = .refused
    ) throws(ImageError) -> [String] {
        let file = try OpenFile(folder, O_RDONLY | O_DIRECTORY, links: links)
        // Safety: fdopendir owns the copy and closedir closes it; readdir's entry is used up before the
        // next call.
        guard let stream = unsafe fdopendir(fcntl(file.descriptor, F_DUPFD_CLOEXEC, 3)) else {
            throw failure("fdopendir", folder)
        }
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
    static func makeFolder(
        _ path: String,
        mode: UInt32 = 0o700,
        links: Links = .refused
    ) throws(ImageError) {
        if isFolder(path) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]), mode: mode, links: links)
        }
        let place = try Place(path, links)
        guard unsafe mkdirat(place.folder.descriptor, place.name, mode_t(mode)) == 0 else {
            if errno == EEXIST { return }
            throw failure("mkdir", path)
        }
        guard links == .refused, let owner = FileOwner.inherited(by: path) else { return }
        let result = unsafe fchownat(
            place.folder.descriptor,
            place.name,
            owner.user,
            owner.group,
            AT_SYMLINK_NOFOLLOW
        )
        guard result == 0 else { throw failure("fchownat", path) }
    }

    /// Removes a folder with all that is in it; links are removed, not followed, and none is on the way.
    static func removeTree(_ path: String) throws(ImageError) {
        guard exists(path) else { return }
        let isFolder = isFolder(path)
        if isFolder { try removeContents(of: path) }
        let place = try Place(path)
        let flags = isFolder ? AT_REMOVEDIR : 0
        let result = unsafe unlinkat(place.folder.descriptor, place.name, flags)
        guard result == 0 || errno == ENOENT else { throw failure("unlink", path) }
    }

    private static func removeContents(of path: String) throws(ImageError) {
        var folders: [String] = []
        do {
            let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
            for name in try names(in: path) {
                if isFolder("\(path)/\(name)") {
                    folders.append(name)
                } else if unsafe unlinkat(folder.descriptor, name, 0) != 0, errno != ENOENT {
                    throw failure("unlink", "\(path)/\(name)")
                }
            }
        }
        // Why after the folder was closed: a deep tree must not need a descriptor for each level.
        for name in folders { try removeTree("\(path)/\(name)") }
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

    /// Gives a file or folder another name; with links followed only where an operator names the file.
    static func rename(
        _ path: String,
        to target: String,
        links: Links = .refused
    ) throws(ImageError) {
        let from = try Place(path, links)
        let into = try Place(target, links)
        let result = unsafe renameat(
            from.folder.descriptor,
            from.name,
            into.folder.descriptor,
            into.name
        )
        guard result == 0 else { throw failure("rename", target) }
    }

    /// Makes a folder the one that relative paths begin in.
    static func enter(_ path: String) throws(ImageError) {
        let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        guard fchdir(folder.descriptor) == 0 else { throw failure("fchdir", path) }
    }

    /// The path with all links followed, as it is safe to begin with; itself when there is nothing.
    static func canonical(_ path: String) -> String {
        // Safety: realpath allocates the answer, which is copied and freed here.
        guard let answer = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(answer) }
        return unsafe String(cString: answer)
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
    static func read(
        _ path: String,
        byteCountMax: Int64,
        links: Links = .refused
    ) throws(ImageError) -> [UInt8] {
        let file = try OpenFile(path, O_RDONLY, links: links)
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
        links: Links = .refused,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        let file = try OpenFile(path, O_RDONLY, links: links)
        if offset > 0 { try file.seek(to: offset) }
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

/// The folder that a path's last part is in, open, and that part.
private struct Place: ~Copyable {
    /// Source: open(2), O_PATH: a folder to name things in, whoever may read it.
    private static let pathOnly: Int32 = 0o10000000 | O_DIRECTORY

    let folder: OpenFile
    let name: String

    init(_ path: String, _ links: Links = .refused) throws(ImageError) {
        let slash = path.lastIndex(of: "/")
        let end = slash.map(path.index(after:)) ?? path.startIndex
        // With the slash: it is the root's own name. Why first: what may fail comes before anything is set,
        // or Swift 6.2 does not compile it.
        let folder = try OpenFile(
            slash == nil ? "." : String(path[..<end]),
            Self.pathOnly,
            links: links
        )
        self.folder = folder
        name = String(path[end...])
    }
}
