internal import CLinux
internal import Glibc

// This file is a fence: system calls with Swift values in and out, so that the rest of the module
// meets no pointer. Every call is repeated when a signal interrupted it. Descriptors come with their
// owner: a bare number could be closed between its last use in Swift and the call.

/// The system calls that this module makes on files and descriptors.
enum SystemCall {
    /// The C library's words for an error number.
    static func text(ofErrno number: Int32) -> String {
        // Safety: strerror answers with a zero-terminated string for every number.
        unsafe String(cString: strerror(number))
    }

    /// Opens a file; a relative path starts in `folder`, where one is given.
    static func open(
        _ path: String,
        _ flags: Int32,
        mode: UInt32 = 0o600,
        in folder: OwnedDescriptor? = nil
    ) throws(HostError) -> OwnedDescriptor {
        defer { withExtendedLifetime(folder) {} }
        let start = folder?.number ?? AT_FDCWD
        while true {
            // Safety: the path is a Swift string that outlives the call; so in all calls below.
            let descriptor = unsafe openat(start, path, flags | O_CLOEXEC, mode_t(mode))
            if descriptor >= 0 { return OwnedDescriptor(descriptor) }
            guard errno == EINTR else { throw failure("open", path) }
        }
    }

    /// At most `count` bytes; none at the end of the file.
    static func read(
        _ descriptor: OwnedDescriptor,
        count: Int,
        path: String
    ) throws(HostError) -> [UInt8] {
        var result = -1
        // Safety: the kernel writes at most `count` bytes, which is what the array has room for.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            repeat {
                result = unsafe Glibc.read(descriptor.number, buffer.baseAddress, count)
            } while result < 0 && errno == EINTR
            used = max(0, result)
        }
        guard result >= 0 else { throw failure("read", path) }
        return bytes
    }

    /// At most `count` bytes from `offset` on.
    static func read(
        _ descriptor: OwnedDescriptor,
        count: Int,
        at offset: Int64,
        path: String
    ) throws(HostError) -> [UInt8] {
        var result = -1
        // Safety: as in `read` above.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            repeat {
                result = unsafe pread(descriptor.number, buffer.baseAddress, count, off_t(offset))
            } while result < 0 && errno == EINTR
            used = max(0, result)
        }
        guard result >= 0 else { throw failure("pread", path) }
        return bytes
    }

    /// Writes all of `bytes`.
    static func write(
        _ descriptor: OwnedDescriptor,
        _ bytes: [UInt8],
        path: String
    ) throws(HostError) {
        var start = 0
        while start < bytes.count {
            let count = write(descriptor, bytes, from: start)
            if count >= 0 {
                start += count
            } else if errno != EINTR {
                throw failure("write", path)
            }
        }
    }

    /// One write(2) of what is after `start`: the number of bytes taken, or -1 and errno.
    static func write(_ descriptor: OwnedDescriptor, _ bytes: [UInt8], from start: Int) -> Int {
        // Safety: the slice is in bounds, and the buffer lives as long as the closure.
        unsafe bytes[start...]
            .withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor.number, buffer.baseAddress, buffer.count)
            }
    }

    static func sync(_ descriptor: OwnedDescriptor, path: String) throws(HostError) {
        while fsync(descriptor.number) != 0 {
            guard errno == EINTR else { throw failure("fsync", path) }
        }
    }

    static func truncate(
        _ descriptor: OwnedDescriptor,
        byteCount: Int64,
        path: String
    ) throws(HostError) {
        while ftruncate(descriptor.number, off_t(byteCount)) != 0 {
            guard errno == EINTR else { throw failure("ftruncate", path) }
        }
    }

    static func rename(
        _ path: String,
        to target: String,
        in folder: OwnedDescriptor? = nil
    ) throws(HostError) {
        defer { withExtendedLifetime(folder) {} }
        let start = folder?.number ?? AT_FDCWD
        guard unsafe renameat(start, path, start, target) == 0 else {
            throw failure("rename", target)
        }
    }

    static func remove(_ path: String, in folder: OwnedDescriptor? = nil) throws(HostError) {
        defer { withExtendedLifetime(folder) {} }
        let start = folder?.number ?? AT_FDCWD
        guard unsafe unlinkat(start, path, 0) == 0 || errno == ENOENT else {
            throw failure("unlink", path)
        }
    }

    /// Size and identity of an open file.
    static func facts(of descriptor: OwnedDescriptor, path: String) throws(HostError) -> FileFacts {
        var status = stat()
        // Safety: the result is a local of the right type.
        guard unsafe fstat(descriptor.number, &status) == 0 else { throw failure("fstat", path) }
        return FileFacts(byteCount: Int64(status.st_size), inode: UInt64(status.st_ino))
    }

    static func facts(ofPath path: String) throws(HostError) -> FileFacts {
        var status = stat()
        // Safety: as above.
        guard unsafe stat(path, &status) == 0 else { throw failure("stat", path) }
        return FileFacts(byteCount: Int64(status.st_size), inode: UInt64(status.st_ino))
    }

    /// Whether there is a folder, links followed.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        // Safety: as above.
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes one folder; one that is there stays.
    static func makeFolder(_ path: String) throws(HostError) {
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw failure("mkdir", path)
        }
    }

    /// What kind of thing is at a path, and what it takes on the disk; links are not followed.
    ///
    /// `nil` when there is nothing, or nothing that we may see.
    static func extent(of path: String) -> (isFolder: Bool, byteCount: Int64)? {
        var facts = stat()
        // Safety: as above.
        guard unsafe lstat(path, &facts) == 0 else { return nil }
        // Source: stat(2): st_blocks counts 512 bytes each, whatever the file system.
        let bytes = Int64(facts.st_blocks).multipliedReportingOverflow(by: 512)
        return (facts.st_mode & S_IFMT == S_IFDIR, bytes.overflow ? .max : bytes.partialValue)
    }

    /// Removes an empty folder; one that is not there is no error.
    static func removeFolder(_ path: String) throws(HostError) {
        guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw failure("rmdir", path) }
    }

    /// The names of the folders in a folder.
    static func folders(in path: String) -> [String] {
        // Safety: the stream is ours until closedir; an entry is read before the next call.
        guard let stream = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != "..", isFolder("\(path)/\(name)") { names.append(name) }
        }
        return names
    }

    /// What an unprivileged process can still write below `path`, and what there is in all.
    static func space(at path: String) throws(HostError) -> FreeSpace {
        var status = statvfs()
        // Safety: as above.
        guard unsafe statvfs(path, &status) == 0 else { throw failure("statvfs", path) }
        let unit = UInt64(status.f_frsize)
        return FreeSpace(
            freeBytes: UInt64(status.f_bavail).multipliedReportingOverflow(by: unit).partialValue,
            totalBytes: UInt64(status.f_blocks).multipliedReportingOverflow(by: unit).partialValue,
            freeInodeCount: UInt64(status.f_favail),
            totalInodeCount: UInt64(status.f_files)
        )
    }

    /// A file in memory that can be sealed.
    static func sealableFile(_ name: String) throws(HostError) -> OwnedDescriptor {
        let descriptor = unsafe swiftlet_sealable_file(name)
        guard descriptor >= 0 else { throw failure("memfd_create", name) }
        return OwnedDescriptor(descriptor)
    }

    static func memoryFile(_ name: String) throws(HostError) -> OwnedDescriptor {
        let descriptor = unsafe swiftlet_memfd_create(name)
        guard descriptor >= 0 else { throw failure("memfd_create", name) }
        return OwnedDescriptor(descriptor)
    }

    static func rewind(_ descriptor: OwnedDescriptor, path: String) throws(HostError) {
        guard lseek(descriptor.number, 0, SEEK_SET) == 0 else { throw failure("lseek", path) }
    }

    static func pipe() throws(HostError) -> (reader: OwnedDescriptor, writer: OwnedDescriptor) {
        let ends = swiftlet_pipe()
        guard ends >= 0 else { throw failure("pipe2", "pipe") }
        return (
            OwnedDescriptor(Int32(truncatingIfNeeded: ends)),
            OwnedDescriptor(Int32(truncatingIfNeeded: ends >> 32))
        )
    }

    /// Whether reads and writes return at once instead of waiting.
    static func setNonBlocking(_ descriptor: OwnedDescriptor) {
        let flags = fcntl(descriptor.number, F_GETFL)
        if flags >= 0 { _ = fcntl(descriptor.number, F_SETFL, flags | O_NONBLOCK) }
    }

    static func environmentVariable(_ name: String) -> String? {
        // Safety: our programs never change their environment, so the answer stays valid.
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    static func nanoseconds(of clock: Int32) -> Int64 {
        var time = timespec()
        // Safety: the result is a local; the call cannot fail for the clocks that we name.
        _ = unsafe clock_gettime(clockid_t(clock), &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    private static func failure(_ call: String, _ path: String) -> HostError {
        .system(call: call, path: path, errno: Glibc.errno)
    }
}

/// What tells one open file from another, and how long it is.
struct FileFacts: Equatable {
    var byteCount: Int64
    var inode: UInt64
}
