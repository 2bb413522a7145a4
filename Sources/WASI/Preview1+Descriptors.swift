internal import Glibc
internal import Wasm

// What can be asked of, and done to, an open descriptor.
extension Preview1 {
    /// The host's file behind a descriptor that has these rights.
    func file(_ number: UInt32, _ rights: Rights) throws(ErrorNumber) -> HostFile {
        switch try table.entry(number, rights).kind {
        case .host(let file): return file
        case .sink, .empty: throw .invalid
        }
    }

    /// The same for a change, which a folder that may only be read refuses.
    private func fileToChange(_ number: UInt32, _ rights: Rights) throws(ErrorNumber) -> HostFile {
        let file = try file(number, rights)
        guard try !table[number].isReadOnly else { throw .readOnlyFileSystem }
        return file
    }

    func advise(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        // Source: WASI `advice` counts normal, sequential, random; Linux normal, random, sequential.
        let advices = [
            POSIX_FADV_NORMAL, POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM, POSIX_FADV_WILLNEED,
            POSIX_FADV_DONTNEED, POSIX_FADV_NOREUSE,
        ]
        let file = try file(call.i32(0), .advise)
        guard call.i32(3) < advices.count else { throw .invalid }
        try file.advise(call.i64(1), call.i64(2), Int32(advices[Int(call.i32(3))]))
    }

    func allocate(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try fileToChange(call.i32(0), .allocate).allocate(call.i64(1), call.i64(2))
    }

    func sync(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try file(call.i32(0), .sync).sync(dataOnly: false)
    }

    func syncData(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try file(call.i32(0), .dataSync).sync(dataOnly: true)
    }

    func close(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try table.remove(call.i32(0))
    }

    /// `fd_fdstat_get`: type, flags, rights.
    func status(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let entry = try table[call.i32(0)]
        var bytes = LittleEndianBytes()
        bytes.add(entry.type.rawValue)
        bytes.add(UInt8(0))
        bytes.add(try flags(of: entry).rawValue)
        bytes.add(UInt32(0))
        bytes.add(entry.rights.rawValue)
        bytes.add(entry.inheriting.rawValue)
        try buffers.store(bytes.bytes, call.i32(1))
    }

    private func flags(of entry: Descriptor) throws(ErrorNumber) -> DescriptorFlags {
        var flags: DescriptorFlags = entry.isNonBlocking ? .nonBlocking : []
        switch entry.kind {
        case .host(let file):
            let system = try file.statusFlags
            if system & O_APPEND != 0 { flags.insert(.append) }
            // O_SYNC holds the bit of O_DSYNC.
            if system & O_SYNC == O_SYNC {
                flags.insert(.sync)
            } else if system & O_DSYNC != 0 {
                flags.insert(.dataSync)
            }
        case .sink, .empty: break
        }
        return flags
    }

    func setFlags(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let wanted = DescriptorFlags(rawValue: UInt16(truncatingIfNeeded: call.i32(1)))
        guard call.i32(1) <= UInt32(DescriptorFlags.all.rawValue) else { throw .invalid }
        var entry = try table.entry(call.i32(0), .setFlags)
        let fixed: DescriptorFlags = [.dataSync, .readSync, .sync]
        // Linux, too, cannot change these on an open file; there it is silent.
        guard try flags(of: entry).intersection(fixed) == wanted.intersection(fixed) else {
            throw .notSupported
        }
        switch entry.kind {
        case .host(let file):
            let system = try file.statusFlags & ~O_APPEND
            try file.setStatusFlags(wanted.contains(.append) ? system | O_APPEND : system)
        case .sink, .empty: break
        }
        entry.isNonBlocking = wanted.contains(.nonBlocking)
        try table.replace(call.i32(0), entry)
    }

    /// `fd_fdstat_set_rights`: rights can be given away, never taken.
    func setRights(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        var entry = try table[call.i32(0)]
        let rights = Rights(rawValue: call.i64(1))
        let inheriting = Rights(rawValue: call.i64(2))
        guard entry.rights.isSuperset(of: rights), entry.inheriting.isSuperset(of: inheriting)
        else { throw .notCapable }
        entry.rights = rights
        entry.inheriting = inheriting
        try table.replace(call.i32(0), entry)
    }

    /// `fd_filestat_get`.
    func facts(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let entry = try table.entry(call.i32(0), .facts)
        switch entry.kind {
        case .host(let file): try buffers.store(try file.facts().bytes, call.i32(1))
        case .sink, .empty:
            var bytes = [UInt8](repeating: 0, count: 64)
            bytes[16] = entry.type.rawValue
            try buffers.store(bytes, call.i32(1))
        }
    }

    func setSize(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try fileToChange(call.i32(0), .setSize).setSize(call.i64(1))
    }

    func setTimes(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let file = try fileToChange(call.i32(0), .setTimes)
        let (access, modification) = try Self.times(call, 1)
        try file.setTimes(access, modification)
    }

    /// Two times and the flags that say what to do with them, from argument `first` on.
    static func times(
        _ call: HostCall,
        _ first: Int
    ) throws(ErrorNumber) -> (access: FileTime, modification: FileTime) {
        // Source: WASI preview 1, `fstflags`: atim, atim_now, mtim, mtim_now.
        let flags = call.i32(first + 2)
        guard flags < 16 else { throw .invalid }
        func time(_ bits: UInt32, _ nanoseconds: UInt64) throws(ErrorNumber) -> FileTime {
            switch bits & 3 {
            case 0: return .unchanged
            case 1: return .at(nanoseconds: nanoseconds)
            case 2: return .now
            default: throw .invalid
            }
        }
        return (
            try time(flags, call.i64(first)), try time(flags >> 2, call.i64(first + 1))
        )
    }

    func renumber(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try table.move(call.i32(0), to: call.i32(1))
    }
}
