internal import CLinux
internal import Glibc
internal import Wasm

// This file is a fence: it hands the system pointers into a guest's memory. Every range is checked
// against the memory before a pointer is made of it, and no pointer outlives its closure.

/// What host functions read from and write to a guest's memory.
struct GuestBuffers {
    // Source: Linux, UIO_MAXIOV.
    static let vectorsMax: UInt32 = 1_024
    // Why: what an object of ours gets in one call is copied; a guest that writes more is told that
    // this much was taken, and goes on.
    static let copyBytesMax = 1 << 20

    let memory: GuestMemory

    func load<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type,
        _ address: UInt32
    ) throws(ErrorNumber) -> T {
        guard let value = memory.load(type, at: UInt64(address)) else { throw .fault }
        return value
    }

    func store<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: T,
        _ address: UInt32
    ) throws(ErrorNumber) {
        guard memory.store(value, at: UInt64(address)) else { throw .fault }
    }

    /// `offset` bytes behind an address; a fault when there is no such address.
    static func address(_ address: UInt32, plus offset: Int) throws(ErrorNumber) -> UInt32 {
        guard let offset = UInt32(exactly: offset) else { throw .fault }
        let (sum, overflow) = address.addingReportingOverflow(offset)
        guard !overflow else { throw .fault }
        return sum
    }

    /// Makes sure that `count` bytes are there.
    func check(_ address: UInt32, _ count: UInt32) throws(ErrorNumber) {
        guard UInt64(address) + UInt64(count) <= memory.byteCount else { throw .fault }
    }

    /// A copy of `count` bytes.
    func bytes(_ address: UInt32, _ count: UInt32) throws(ErrorNumber) -> [UInt8] {
        // Safety: the bytes are copied inside the closure.
        let copy = unsafe memory.withBytes(at: UInt64(address), count: UInt64(count)) { bytes in
            unsafe [UInt8](bytes)
        }
        guard let copy else { throw .fault }
        return copy
    }

    func store(_ bytes: [UInt8], _ address: UInt32) throws(ErrorNumber) {
        // Safety: the closure gets exactly as many bytes as are copied.
        let done: Void? = unsafe memory.withMutableBytes(
            at: UInt64(address),
            count: UInt64(bytes.count)
        ) { target in unsafe target.copyBytes(from: bytes) }
        guard done != nil else { throw .fault }
    }

    /// A path of the guest's.
    ///
    /// Its length is looked at before its bytes.
    func path(_ address: UInt32, _ count: UInt32) throws(ErrorNumber) -> GuestPath {
        guard count <= UInt32(GuestPath.byteCountMax) else { throw .nameTooLong }
        return try GuestPath(try bytes(address, count))
    }

    /// Fills `count` bytes with random ones.
    func fillRandom(_ address: UInt32, _ count: UInt32) throws(ErrorNumber) {
        // Safety: the kernel writes at most the bytes that the closure got.
        let result: ErrorNumber?? = unsafe memory.withMutableBytes(
            at: UInt64(address),
            count: UInt64(count)
        ) { target -> ErrorNumber? in
            var filled = 0
            while filled < target.count {
                let count = unsafe swiftlet_getrandom(
                    target.baseAddress.map { unsafe $0 + filled },
                    UInt(target.count - filled)
                )
                if count > 0 { filled += count } else if errno != EINTR { return .last }
            }
            return nil
        }
        guard let result else { throw .fault }
        if let result { throw result }
    }

    /// readv(2) or preadv(2) into the guest's buffers.
    func read(
        _ file: HostFile,
        _ vectors: UInt32,
        _ count: UInt32,
        at offset: UInt64?
    ) throws(ErrorNumber) -> UInt32 {
        // Safety: `transfer` has checked each vector.
        try unsafe transfer(vectors, count) { list throws(ErrorNumber) in
            try file.withNumber { number throws(ErrorNumber) in
                guard let offset else { return unsafe readv(number, list, Int32(list.count)) }
                guard let offset = off_t(exactly: offset) else { throw .invalid }
                return unsafe preadv(number, list, Int32(list.count), offset)
            }
        }
    }

    /// writev(2) or pwritev(2) out of the guest's buffers.
    func write(
        _ file: HostFile,
        _ vectors: UInt32,
        _ count: UInt32,
        at offset: UInt64?
    ) throws(ErrorNumber) -> UInt32 {
        // Safety: as above.
        try unsafe transfer(vectors, count) { list throws(ErrorNumber) in
            try file.withNumber { number throws(ErrorNumber) in
                guard let offset else { return unsafe writev(number, list, Int32(list.count)) }
                guard let offset = off_t(exactly: offset) else { throw .invalid }
                return unsafe pwritev(number, list, Int32(list.count), offset)
            }
        }
    }

    /// The bytes of all buffers, one after another; at most ``copyBytesMax``.
    func gather(_ vectors: UInt32, _ count: UInt32) throws(ErrorNumber) -> [UInt8] {
        var all: [UInt8] = []
        for range in try ranges(vectors, count) {
            let wanted = min(Int(range.count), Self.copyBytesMax - all.count)
            // A libc's list often starts with an empty buffer.
            guard wanted > 0 else { continue }
            all += try bytes(range.address, UInt32(wanted))
        }
        return all
    }

    /// Writes bytes into the buffers, one after another, as far as they reach.
    func scatter(
        _ bytes: [UInt8],
        _ ranges: [(address: UInt32, count: UInt32)]
    ) throws(ErrorNumber) {
        var rest = bytes[...]
        for range in ranges where !rest.isEmpty {
            let part = rest.prefix(Int(range.count))
            try store(Array(part), range.address)
            rest = rest.dropFirst(part.count)
        }
    }

    /// The guest's list of buffers, each inside its memory.
    func ranges(
        _ vectors: UInt32,
        _ count: UInt32
    ) throws(ErrorNumber) -> [(address: UInt32, count: UInt32)] {
        guard count <= Self.vectorsMax else { throw .invalid }
        var ranges: [(address: UInt32, count: UInt32)] = []
        for index in 0..<Int(count) {
            let place = try Self.address(vectors, plus: index * 8)
            let address = try load(UInt32.self, place)
            let length = try load(UInt32.self, try Self.address(place, plus: 4))
            try check(address, length)
            ranges.append((address, length))
        }
        return ranges
    }

    private func transfer(
        _ vectors: UInt32,
        _ count: UInt32,
        _ body: ([iovec]) throws(ErrorNumber) -> Int
    ) throws(ErrorNumber) -> UInt32 {
        let ranges = try ranges(vectors, count)
        // Safety: every range was checked against the memory, which the closure gets whole and which
        // cannot change while the guest waits for us. Bytes of one call fit in 32 bits: Linux moves at
        // most 0x7ffff000.
        let result = try unsafe memory.withMutableBytes(at: 0, count: memory.byteCount) {
            bytes throws(ErrorNumber) -> Int in
            var list: [iovec] = unsafe []
            for range in ranges {
                let base = unsafe bytes.baseAddress.map { unsafe $0 + Int(range.address) }
                unsafe list.append(iovec(iov_base: base, iov_len: Int(range.count)))
            }
            return try unsafe body(list)
        }
        guard let result else { throw .fault }
        guard result >= 0 else { throw .last }
        return UInt32(truncatingIfNeeded: result)
    }
}
