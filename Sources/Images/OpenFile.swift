internal import CLinux
internal import Glibc

// This file is a fence: calls on one open file, with Swift values in and out.

/// Whether links on the way to a file are followed.
///
/// Why refused in a store: it belongs to the user of pulls, and who has taken one over must not lead the
/// daemon, which is root, to a file elsewhere.
enum Links {
    case refused
    case followed
}

/// A file that is open as long as this value lives.
struct OpenFile: ~Copyable {
    /// Source: linux/fs.h, FICLONE, `_IOW(0x94, 9, int)`.
    private static let clone: UInt = 0x4004_9409

    let descriptor: Int32
    private let path: String
    private let links: Links

    /// Opens a file; one that is made belongs to whom its folder belongs.
    init(
        _ path: String,
        _ flags: Int32,
        mode: UInt32 = 0o600,
        links: Links = .refused
    ) throws(ImageError) {
        // Safety: the path outlives the call.
        descriptor =
            switch links {
            case .refused: unsafe swiftlet_open_without_links(path, flags | O_CLOEXEC, mode)
            case .followed: unsafe open(path, flags | O_CLOEXEC, mode_t(mode))
            }
        self.path = path
        self.links = links
        guard descriptor >= 0 else { throw StoreFile.failure("open", path) }
        // A file that an operator named is his, whatever folder it is in.
        // Why not when it has its owner: to be given again, too, is a change that goes to the disk.
        guard flags & O_CREAT != 0, links == .refused,
            let owner = FileOwner.inherited(by: path), FileOwner.of(descriptor: descriptor) != owner
        else { return }
        guard fchown(descriptor, owner.user, owner.group) == 0 else {
            throw StoreFile.failure("fchown", path)
        }
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

    /// Writes all of these bytes at a place, wherever the file stands.
    func write(_ bytes: [UInt8], at place: Int64) throws(ImageError) {
        // Safety: the buffer lives as long as the closure.
        let count = unsafe bytes.withUnsafeBytes {
            unsafe pwrite(descriptor, $0.baseAddress, $0.count, off_t(place))
        }
        // Why no second try for the rest: what is written so is small, and only a full disk takes a part.
        if count >= 0, count < bytes.count { errno = ENOSPC }
        guard count == bytes.count else { throw StoreFile.failure("pwrite", path) }
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

    /// Brings the bytes to the disk, and of what else is known of the file what is needed to read them.
    func syncData() throws(ImageError) {
        guard fdatasync(descriptor) == 0 else { throw StoreFile.failure("fdatasync", path) }
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
        let again = try OpenFile(path, O_RDWR | O_CREAT, links: links)
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
