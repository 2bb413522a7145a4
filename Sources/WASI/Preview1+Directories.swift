internal import Wasm

// Folders that are open from the start, and what is in folders.
extension Preview1 {
    /// `fd_prestat_get`: the kind, of which there is one, and the length of the name.
    func folderFacts(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        guard let name = try table[call.i32(0)].folderName else { throw .badDescriptor }
        var bytes = LittleEndianBytes()
        bytes.add(UInt32(0))
        bytes.add(UInt32(truncatingIfNeeded: name.count))
        try buffers.store(bytes.bytes, call.i32(1))
    }

    /// `fd_prestat_dir_name`.
    func folderName(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        guard let name = try table[call.i32(0)].folderName else { throw .badDescriptor }
        guard UInt64(call.i32(2)) >= UInt64(name.count) else { throw .nameTooLong }
        try buffers.store(name, call.i32(1))
    }

    // Why: at least one entry with the longest name must fit, and no more is held here at a time.
    private static let entriesBytesMin = 4_096
    private static let entriesBytesMax = 65_536

    /// `fd_readdir`: as many entries as fit, the last one cut off where the buffer ends.
    ///
    /// A cookie is the kernel's own position behind an entry, so it stays good as long as the folder
    /// is open, whatever is added or removed.
    func readDirectory(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let entry = try table.entry(call.i32(0), .readDirectory)
        guard entry.type == .directory, case .host(let folder) = entry.kind else {
            throw .notDirectory
        }
        let room = call.i32(2)
        try buffers.check(call.i32(1), room)
        let pieceBytes = min(max(Int(room), Self.entriesBytesMin), Self.entriesBytesMax)
        var position = call.i64(3)
        var used: UInt32 = 0
        // A buffer that is not full tells the guest that the folder ends, so that a large one is filled
        // piece by piece, straight into its memory.
        while used < room {
            let packed = try folder.entries(from: position, byteCount: pieceBytes)
            guard !packed.isEmpty else { break }
            var output: [UInt8] = []
            var names = DirectoryEntries(packed)
            while output.count < Int(room - used), let next = names.next() {
                output += next.bytes
                position = next.nextPosition
            }
            let taken = output.prefix(Int(room - used))
            try buffers.store(Array(taken), try GuestBuffers.address(call.i32(1), plus: Int(used)))
            used += UInt32(taken.count)
        }
        try buffers.store(used, call.i32(4))
    }
}

/// Takes apart what getdents64(2) packs: inode u64, next position u64, length u16, type u8, name.
struct DirectoryEntries: IteratorProtocol {
    struct Entry {
        let inode: UInt64
        let nextPosition: UInt64
        let type: FileType
        let name: ArraySlice<UInt8>

        /// A `dirent` and its name.
        var bytes: [UInt8] {
            var bytes = LittleEndianBytes()
            bytes.add(nextPosition)
            bytes.add(inode)
            bytes.add(UInt32(truncatingIfNeeded: name.count))
            bytes.add(UInt32(type.rawValue))
            return bytes.bytes + name
        }
    }

    private var rest: ArraySlice<UInt8>
    private static let headerBytes = 19

    init(_ packed: [UInt8]) { rest = packed[...] }

    mutating func next() -> Entry? {
        guard rest.count >= Self.headerBytes else { return nil }
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in 0..<count {
                // The kernel packs in the machine's order; all that we run on are little-endian.
                value |= UInt64(rest[rest.startIndex + offset + index]) << UInt64(8 * index)
            }
            return value
        }
        let length = Int(number(16, 2))
        guard length >= Self.headerBytes, length <= rest.count else { return nil }
        let name = rest[(rest.startIndex + Self.headerBytes)..<(rest.startIndex + length)]
        let entry = Entry(
            inode: number(0, 8),
            nextPosition: number(8, 8),
            type: Self.type(UInt8(number(18, 1))),
            name: name.prefix { $0 != 0 }
        )
        rest = rest.dropFirst(length)
        return entry
    }

    // Source: dirent.h, DT_….
    private static func type(_ kind: UInt8) -> FileType {
        switch kind {
        case 2: .characterDevice
        case 4: .directory
        case 6: .blockDevice
        case 8: .regularFile
        case 10: .symbolicLink
        case 12: .socketStream
        default: .unknown
        }
    }
}
