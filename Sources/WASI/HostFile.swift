internal import CLinux
internal import Glibc

// This file is a fence: system calls on one descriptor, with Swift values in and out.

/// An open file, folder, pipe or device of the host, closed with its last owner.
final class HostFile {
    // Source: fcntl.h, O_PATH, which is not declared for Swift: a place in the file system, to look at
    // or to start from, that is not opened for its content.
    static let pathOnly: Int32 = 0o10_000_000

    /// To open a folder for its entries.
    static let folderFlags = O_RDONLY | O_DIRECTORY

    private let number: Int32
    private let isOwned: Bool

    /// Takes over a descriptor, or borrows one that stays open as long as this process runs.
    init(_ number: Int32, isOwned: Bool = true) {
        self.number = number
        self.isOwned = isOwned
    }

    deinit { if isOwned { close(number) } }

    /// The bare number, for calls inside `body` only.
    func withNumber<R, E: Error>(_ body: (Int32) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(number)
    }

    /// openat(2) of a name or path below this folder.
    ///
    /// The path is used as it is: see ``PathResolver``.
    func open(_ path: [UInt8], flags: Int32, mode: UInt32 = 0) throws(ErrorNumber) -> HostFile {
        // Safety: the path ends in a zero byte and outlives the call; so in all calls below.
        let opened = unsafe openat(number, Self.text(path), flags | O_CLOEXEC, mode_t(mode))
        guard opened >= 0 else { throw .last }
        return HostFile(opened)
    }

    /// openat2(2), not leaving this folder.
    func openBeneath(_ path: [UInt8], flags: Int32, mode: UInt32) -> Result<HostFile, SystemError> {
        // RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH
        let resolve: UInt64 = 0x02 | 0x08
        let isCreating = flags & O_CREAT != 0
        let opened = unsafe swiftlet_openat2(
            number,
            Self.text(path),
            UInt64(UInt32(bitPattern: flags | O_CLOEXEC)),
            isCreating ? UInt64(mode) : 0,
            resolve
        )
        return opened >= 0 ? .success(HostFile(opened)) : .failure(SystemError(number: errno))
    }

    func facts() throws(ErrorNumber) -> FileFacts {
        var status = stat()
        // Safety: the result is a local of the right type; so in all calls below.
        guard unsafe fstat(number, &status) == 0 else { throw .last }
        return FileFacts(status)
    }

    /// What a symbolic link that was opened with O_PATH holds, or one below this folder.
    func link(_ name: [UInt8]) throws(ErrorNumber) -> [UInt8] {
        var count = -1
        let room = Int(PATH_MAX)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
            count = unsafe buffer.withMemoryRebound(to: CChar.self) { buffer in
                guard let base = buffer.baseAddress else { return -1 }
                return unsafe readlinkat(number, Self.text(name), base, room)
            }
            used = max(0, count)
        }
        guard count >= 0 else { throw .last }
        return bytes
    }

    func makeDirectory(_ name: [UInt8]) throws(ErrorNumber) {
        guard unsafe mkdirat(number, Self.text(name), 0o777) == 0 else { throw .last }
    }

    func remove(_ name: [UInt8], isDirectory: Bool) throws(ErrorNumber) {
        let flags = isDirectory ? AT_REMOVEDIR : 0
        guard unsafe unlinkat(number, Self.text(name), flags) == 0 else { throw .last }
    }

    func rename(
        _ name: [UInt8],
        to target: HostFile,
        _ targetName: [UInt8]
    ) throws(ErrorNumber) {
        guard
            unsafe renameat(number, Self.text(name), target.number, Self.text(targetName)) == 0
        else { throw .last }
    }

    func makeLink(
        _ name: [UInt8],
        to target: HostFile,
        _ targetName: [UInt8]
    ) throws(ErrorNumber) {
        guard
            unsafe linkat(number, Self.text(name), target.number, Self.text(targetName), 0) == 0
        else { throw .last }
    }

    func makeSymbolicLink(_ content: [UInt8], _ name: [UInt8]) throws(ErrorNumber) {
        guard unsafe symlinkat(Self.text(content), number, Self.text(name)) == 0 else {
            throw .last
        }
    }

    /// Sets both times of what is open here, also when it was opened with O_PATH.
    func setTimes(_ access: FileTime, _ modification: FileTime) throws(ErrorNumber) {
        let times = [access.value, modification.value]
        let emptyPath: Int32 = 0x1000  // AT_EMPTY_PATH
        guard unsafe utimensat(number, Self.text([]), times, emptyPath) == 0 else { throw .last }
    }

    func setSize(_ byteCount: UInt64) throws(ErrorNumber) {
        guard let length = off_t(exactly: byteCount) else { throw .invalid }
        guard ftruncate(number, length) == 0 else { throw .last }
    }

    func allocate(_ offset: UInt64, _ byteCount: UInt64) throws(ErrorNumber) {
        guard let start = off_t(exactly: offset), let length = off_t(exactly: byteCount),
            length > 0
        else { throw .invalid }
        let result = posix_fallocate(number, start, length)
        guard result == 0 else { throw ErrorNumber(system: result) }
    }

    func advise(_ offset: UInt64, _ byteCount: UInt64, _ advice: Int32) throws(ErrorNumber) {
        guard let start = off_t(exactly: offset), let length = off_t(exactly: byteCount) else {
            throw .invalid
        }
        let result = posix_fadvise(number, start, length, advice)
        guard result == 0 else { throw ErrorNumber(system: result) }
    }

    func sync(dataOnly: Bool) throws(ErrorNumber) {
        guard (dataOnly ? fdatasync(number) : fsync(number)) == 0 else { throw .last }
    }

    func seek(_ offset: Int64, _ whence: Int32) throws(ErrorNumber) -> UInt64 {
        let position = lseek(number, off_t(offset), whence)
        guard position >= 0 else { throw .last }
        return UInt64(position)
    }

    var statusFlags: Int32 {
        get throws(ErrorNumber) {
            let flags = fcntl(number, F_GETFL)
            guard flags >= 0 else { throw .last }
            return flags
        }
    }

    func setStatusFlags(_ flags: Int32) throws(ErrorNumber) {
        guard fcntl(number, F_SETFL, flags) == 0 else { throw .last }
    }

    /// Bytes that can be read now without waiting; 0 when the kernel does not say.
    var bytesWaiting: UInt64 { UInt64(max(0, swiftlet_bytes_waiting(number))) }

    /// Entries of this folder from a position on, as the kernel packs them; none at the end.
    func entries(from position: UInt64, byteCount: Int) throws(ErrorNumber) -> [UInt8] {
        guard let offset = off_t(exactly: position), lseek(number, offset, SEEK_SET) >= 0 else {
            throw .invalid
        }
        var count = -1
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, used in
            count = unsafe swiftlet_getdents(number, buffer.baseAddress, UInt(byteCount))
            used = max(0, count)
        }
        guard count >= 0 else { throw .last }
        return bytes
    }

    /// Opens a folder of the host by its path, for the host itself.
    static func folder(_ path: String) throws(WASIError) -> HostFile {
        let opened = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else {
            let number = errno
            let reason = unsafe String(cString: strerror(number))
            throw .folder(hostPath: path, errno: number, reason: reason)
        }
        return HostFile(opened)
    }

    private static func text(_ path: [UInt8]) -> [CChar] {
        path.map { CChar(bitPattern: $0) } + [0]
    }
}

/// An error number of this system, before a guest's word for it is chosen.
struct SystemError: Error {
    let number: Int32
}

/// A time to set on a file.
enum FileTime {
    case unchanged
    case now
    case at(nanoseconds: UInt64)

    fileprivate var value: timespec {
        // Source: utimensat(2), UTIME_OMIT and UTIME_NOW, which are macros that Swift cannot see.
        switch self {
        case .unchanged: timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2)
        case .now: timespec(tv_sec: 0, tv_nsec: (1 << 30) - 1)
        case .at(let nanoseconds):
            timespec(
                tv_sec: time_t(nanoseconds / 1_000_000_000),
                tv_nsec: Int(nanoseconds % 1_000_000_000)
            )
        }
    }
}
