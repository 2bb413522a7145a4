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

    /// The little-endian integer at `address`, or `nil` when any byte of it lies outside.
    public func load<T: FixedWidthInteger & BitwiseCopyable>(
        _: T.Type,
        at address: UInt64
    ) -> T? {
        // Safety: the closure gets exactly as many bytes as T has.
        unsafe withBytes(at: address, count: UInt64(MemoryLayout<T>.size)) { bytes in
            unsafe T(littleEndian: bytes.loadUnaligned(as: T.self))
        }
    }

    /// Writes an integer at `address`, little-endian.
    ///
    /// - Returns: `false` when any byte of it lies outside; nothing is written then.
    public func store<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: T,
        at address: UInt64
    ) -> Bool {
        // Safety: the closure gets exactly as many bytes as T has.
        let done: Void? = unsafe withMutableBytes(
            at: address,
            count: UInt64(MemoryLayout<T>.size)
        ) { bytes in
            unsafe bytes.storeBytes(of: value.littleEndian, as: T.self)
        }
        return done != nil
    }

    /// Lends `count` bytes at `address` to `body`, to read; they are good only inside it.
    ///
    /// - Returns: What `body` returns, or `nil` when the bytes do not all lie inside.
    public func withBytes<R, E: Error>(
        at address: UInt64,
        count: UInt64,
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R? {
        // Safety: a view of the bytes that the function below has checked.
        try unsafe withMutableBytes(at: address, count: count) { bytes throws(E) in
            try unsafe body(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Lends `count` bytes at `address` to `body`, to write; they are good only inside it.
    ///
    /// - Returns: What `body` returns, or `nil` when the bytes do not all lie inside.
    public func withMutableBytes<R, E: Error>(
        at address: UInt64,
        count: UInt64,
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R? {
        guard let memory else {
            // Safety: no bytes at all.
            return address == 0 && count == 0
                ? try unsafe body(UnsafeMutableRawBufferPointer(start: nil, count: 0)) : nil
        }
        // Only subtraction, so that no two numbers can overflow.
        let limit = memory.byteCount
        guard address <= limit, count <= limit - address else { return nil }
        // Safety: `address + count` lies inside the memory, which fits the address space.
        let bytes = unsafe UnsafeMutableRawBufferPointer(
            start: memory.base + Int(address),
            count: Int(count)
        )
        return try unsafe body(bytes)
    }
}
