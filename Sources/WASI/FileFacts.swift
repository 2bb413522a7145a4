internal import Glibc

/// What the file system knows about a file.
struct FileFacts {
    let device: UInt64
    let inode: UInt64
    let type: FileType
    let linkCount: UInt64
    let byteCount: UInt64
    let accessNanoseconds: UInt64
    let modificationNanoseconds: UInt64
    let changeNanoseconds: UInt64
    /// Whether opening or reading it can wait for somebody else.
    let mayBlock: Bool

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        type = Self.type(mode: status.st_mode)
        linkCount = UInt64(status.st_nlink)
        byteCount = UInt64(max(0, status.st_size))
        accessNanoseconds = Self.nanoseconds(status.st_atim)
        modificationNanoseconds = Self.nanoseconds(status.st_mtim)
        changeNanoseconds = Self.nanoseconds(status.st_ctim)
        let kind = status.st_mode & S_IFMT
        mayBlock = kind != S_IFREG && kind != S_IFDIR
    }

    /// Writes the 64 bytes of a `filestat`.
    var bytes: [UInt8] {
        var bytes = LittleEndianBytes()
        bytes.add(device)
        bytes.add(inode)
        bytes.add(UInt64(type.rawValue))
        bytes.add(linkCount)
        bytes.add(byteCount)
        bytes.add(accessNanoseconds)
        bytes.add(modificationNanoseconds)
        bytes.add(changeNanoseconds)
        return bytes.bytes
    }

    private static func type(mode: mode_t) -> FileType {
        switch mode & S_IFMT {
        case S_IFREG: .regularFile
        case S_IFDIR: .directory
        case S_IFLNK: .symbolicLink
        case S_IFCHR: .characterDevice
        case S_IFBLK: .blockDevice
        case S_IFSOCK: .socketStream
        default: .unknown
        }
    }

    private static func nanoseconds(_ time: timespec) -> UInt64 {
        guard time.tv_sec >= 0 else { return 0 }
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(max(0, time.tv_nsec))
    }
}

/// Collects integers in the order of bytes that WebAssembly has.
struct LittleEndianBytes {
    private(set) var bytes: [UInt8] = []

    mutating func add<T: FixedWidthInteger & UnsignedInteger>(_ value: T) {
        for shift in stride(from: 0, to: T.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> T(shift)))
        }
    }
}
