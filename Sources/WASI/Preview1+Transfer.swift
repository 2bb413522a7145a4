internal import Glibc
internal import Wasm

// Bytes in and out, and the position where they are.
extension Preview1 {
    func read(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try read(call, buffers, isPositioned: false)
    }

    func readAt(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try read(call, buffers, isPositioned: true)
    }

    func write(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try write(call, buffers, isPositioned: false)
    }

    func writeAt(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try write(call, buffers, isPositioned: true)
    }

    /// `fd_read`, `fd_pread`.
    private func read(
        _ call: HostCall,
        _ buffers: GuestBuffers,
        isPositioned: Bool
    ) throws(ErrorNumber) {
        let entry = try table.entry(call.i32(0), isPositioned ? [.read, .seek] : .read)
        // Nothing is taken or written that could not be told.
        try buffers.check(call.i32(isPositioned ? 4 : 3), 4)
        var count: UInt32 = 0
        switch entry.kind {
        case .host where entry.socket != nil && isPositioned: throw .seekOnPipe
        case .host(let file):
            if let socket = entry.socket {
                let received = try receive(
                    entry,
                    socket,
                    call.i32(1),
                    call.i32(2),
                    flags: 0,
                    buffers
                )
                count = UInt32(truncatingIfNeeded: received.bytes.count)
                break
            }
            if !isPositioned, try isAtEnd(entry, file) { break }
            let offset = isPositioned ? call.i64(3) : nil
            count = try buffers.read(file, call.i32(1), call.i32(2), at: offset)
        case .sink: throw .badDescriptor
        case .empty: break
        }
        try buffers.store(count, call.i32(isPositioned ? 4 : 3))
    }

    /// Waits until there is something to read, and says whether standard input has ended.
    private func isAtEnd(_ entry: Descriptor, _ file: HostFile) throws(ErrorNumber) -> Bool {
        guard entry.type != .regularFile, entry.type != .directory else {
            return entry.isStandardInput && interruption?.hasHappened == true
        }
        if !entry.isNonBlocking { flush() }
        do {
            try waitUntilReady(file, Int16(POLLIN), entry)
        } catch .interrupted where entry.isStandardInput {
            return true
        }
        return entry.isStandardInput && interruption?.hasHappened == true
    }

    /// `fd_write`, `fd_pwrite`.
    private func write(
        _ call: HostCall,
        _ buffers: GuestBuffers,
        isPositioned: Bool
    ) throws(ErrorNumber) {
        let entry = try table.entry(call.i32(0), isPositioned ? [.write, .seek] : .write)
        guard !entry.isReadOnly else { throw .readOnlyFileSystem }
        try buffers.check(call.i32(isPositioned ? 4 : 3), 4)
        var count: UInt32 = 0
        switch entry.kind {
        case .host where entry.socket != nil && isPositioned: throw .seekOnPipe
        case .host(let file):
            if let socket = entry.socket {
                let data = try buffers.gather(call.i32(1), call.i32(2))
                count = try send(entry, socket, data, to: nil)
                break
            }
            if entry.type != .regularFile, !isPositioned {
                try waitUntilReady(file, Int16(POLLOUT), entry)
            }
            let offset = isPositioned ? call.i64(3) : nil
            count = try buffers.write(file, call.i32(1), call.i32(2), at: offset)
        case .sink(let sink):
            guard !isPositioned else { throw .seekOnPipe }
            let bytes = try buffers.gather(call.i32(1), call.i32(2))
            sink.write(bytes)
            count = UInt32(truncatingIfNeeded: bytes.count)
        case .empty: throw .badDescriptor
        }
        try buffers.store(count, call.i32(isPositioned ? 4 : 3))
    }

    /// Waits for a pipe or device, unless the guest asked never to wait.
    private func waitUntilReady(
        _ file: HostFile,
        _ events: Int16,
        _ entry: Descriptor
    ) throws(ErrorNumber) {
        let deadline: UInt64? = entry.isNonBlocking ? 0 : nil
        let ready = try wait([(file, events)], deadlineNanoseconds: deadline)
        guard ready[0] != 0 else { throw .again }
    }

    func seek(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        // Source: WASI preview 1, `whence`: set, cur, end, as in Linux.
        let file = try positioned(call.i32(0), call.i64(1) == 0 && call.i32(2) == 1 ? .tell : .seek)
        guard call.i32(2) <= 2 else { throw .invalid }
        let whence = [SEEK_SET, SEEK_CUR, SEEK_END][Int(call.i32(2))]
        try buffers.check(call.i32(3), 8)
        let position = try file.seek(Int64(bitPattern: call.i64(1)), whence)
        try buffers.store(position, call.i32(3))
    }

    func tell(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let position = try positioned(call.i32(0), .tell).seek(0, SEEK_CUR)
        try buffers.store(position, call.i32(1))
    }

    /// A file that has a position; streams have none, whatever their rights.
    private func positioned(_ number: UInt32, _ rights: Rights) throws(ErrorNumber) -> HostFile {
        let entry = try table[number]
        if entry.rights.isDisjoint(with: [.seek, .tell]), entry.type != .directory {
            throw .seekOnPipe
        }
        return try file(number, rights)
    }
}
