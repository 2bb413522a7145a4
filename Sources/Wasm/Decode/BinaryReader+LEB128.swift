/// Integers of variable length.
///
/// One byte is by far the most frequent, so it is read in line; the rest is a call.
///
/// Source: WebAssembly 3.0, §5.2.2: a number of N bits has at most ceil(N/7) bytes, and the bits of
/// the last byte that do not fit must be zero, or copies of the sign.
extension BinaryReader {
    @inline(__always)
    mutating func u32() throws(ModuleError) -> UInt32 {
        if let first = next, first < 0x80 {
            _ = try byte()
            return UInt32(first)
        }
        return UInt32(truncatingIfNeeded: try longUnsigned(bitWidth: 32))
    }

    @inline(__always)
    mutating func u64() throws(ModuleError) -> UInt64 {
        if let first = next, first < 0x80 {
            _ = try byte()
            return UInt64(first)
        }
        return try longUnsigned(bitWidth: 64)
    }

    @inline(__always)
    mutating func s32() throws(ModuleError) -> Int32 {
        Int32(truncatingIfNeeded: try signed(bitWidth: 32))
    }

    /// Block types and heap types: a negative one is a code, any other an index.
    @inline(__always)
    mutating func s33() throws(ModuleError) -> Int64 {
        try signed(bitWidth: 33)
    }

    @inline(__always)
    mutating func s64() throws(ModuleError) -> Int64 {
        try signed(bitWidth: 64)
    }

    @inline(__always)
    private mutating func signed(bitWidth: Int) throws(ModuleError) -> Int64 {
        if let first = next, first < 0x80 {
            _ = try byte()
            return Int64(truncatingIfNeeded: Int8(truncatingIfNeeded: first << 1) >> 1)
        }
        return try longSigned(bitWidth: bitWidth)
    }

    @inline(never)
    private mutating func longUnsigned(bitWidth: Int) throws(ModuleError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift = 0
        while true {
            let byte = try byte()
            let free = bitWidth - shift
            if free < 7 {
                guard byte < 0x80 else {
                    throw .malformed("integer representation too long", at: start)
                }
                guard byte >> UInt8(free) == 0 else {
                    throw .malformed("integer too large", at: start)
                }
            }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            guard byte >= 0x80 else { return value }
            shift += 7
        }
    }

    @inline(never)
    private mutating func longSigned(bitWidth: Int) throws(ModuleError) -> Int64 {
        let start = position
        var value: Int64 = 0
        var shift = 0
        while true {
            let byte = try byte()
            let free = bitWidth - shift
            if free < 7 {
                guard byte < 0x80 else {
                    throw .malformed("integer representation too long", at: start)
                }
                // The bits from the sign up, as a signed number: all zeros or all ones.
                let sign = Int8(truncatingIfNeeded: byte << 1) >> Int8(free)
                guard sign == 0 || sign == -1 else {
                    throw .malformed("integer too large", at: start)
                }
            }
            value |= Int64(byte & 0x7F) << Int64(shift)
            shift += 7
            guard byte >= 0x80 else {
                guard shift < 64, byte & 0x40 != 0 else { return value }
                return value | (-1 << Int64(shift))
            }
        }
    }
}
