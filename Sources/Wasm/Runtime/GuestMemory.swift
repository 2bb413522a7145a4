// This file is a fence: it hands out a guest's bytes, each time after a bounds check.

/// The bytes of a guest's memory, as the host may read and write them.
///
/// Every address comes from the guest, so every access may fail: `nil` or `false`, never a stop. The
/// memory may have grown, and moved, after the guest has run again; each access looks at it anew.
public struct GuestMemory {
    private let memory: LinearMemory?

    init(_ memory: LinearMemory?) {
        self.memory = memory
    }

    /// Bytes the guest can reach now; 0 when it has no memory.
    public var byteCount: UInt64 { memory?.byteCount ?? 0 }

    // Why inlinable, as all that is generic here: else whoever calls from another target comes by the generic
    // code, a thousand instructions for each number that WASI reads.

    /// The little-endian integer at `address`, or `nil` when any byte of it lies outside.
    @inlinable
    public func load<T: FixedWidthInteger & BitwiseCopyable>(
        _: T.Type,
        at address: UInt64
    ) -> T? {
        // Safety: as many bytes as T has, read before anything else happens.
        guard let bytes = unsafe bytes(at: address, count: UInt64(MemoryLayout<T>.size)) else {
            return nil
        }
        return unsafe T(littleEndian: bytes.loadUnaligned(as: T.self))
    }

    /// Writes an integer at `address`, little-endian.
    ///
    /// - Returns: `false` when any byte of it lies outside; nothing is written then.
    @inlinable
    public func store<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: T,
        at address: UInt64
    ) -> Bool {
        // Safety: as many bytes as T has, written before anything else happens.
        guard let bytes = unsafe bytes(at: address, count: UInt64(MemoryLayout<T>.size)) else {
            return false
        }
        unsafe bytes.storeBytes(of: value.littleEndian, as: T.self)
        return true
    }

    /// Lends `count` bytes at `address` to `body`, to read; they are good only inside it.
    ///
    /// - Returns: What `body` returns, or `nil` when the bytes do not all lie inside.
    @inlinable
    public func withBytes<R, E: Error>(
        at address: UInt64,
        count: UInt64,
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R? {
        // Safety: the bytes are good until the guest runs again, which `body` cannot bring about.
        guard let bytes = unsafe bytes(at: address, count: count) else { return nil }
        return try unsafe body(UnsafeRawBufferPointer(bytes))
    }

    /// Lends `count` bytes at `address` to `body`, to write; they are good only inside it.
    ///
    /// - Returns: What `body` returns, or `nil` when the bytes do not all lie inside.
    @inlinable
    public func withMutableBytes<R, E: Error>(
        at address: UInt64,
        count: UInt64,
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R? {
        // Safety: the bytes are good until the guest runs again, which `body` cannot bring about.
        guard let bytes = unsafe bytes(at: address, count: count) else { return nil }
        return try unsafe body(bytes)
    }

    /// The bytes from `address` on, if `count` of them lie inside.
    @usableFromInline
    func bytes(at address: UInt64, count: UInt64) -> UnsafeMutableRawBufferPointer? {
        guard let memory else {
            // Safety: no bytes at all.
            return address == 0 && count == 0
                ? unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0) : nil
        }
        // Only subtraction, so that no two numbers can overflow.
        let limit = memory.byteCount
        guard address <= limit, count <= limit - address else { return nil }
        // Safety: `address + count` lies inside the memory, which fits the address space.
        return unsafe UnsafeMutableRawBufferPointer(
            start: memory.base + Int(address),
            count: Int(count)
        )
    }
}
