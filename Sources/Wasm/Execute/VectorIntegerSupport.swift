// Operators on vectors of integers that Swift has no single expression for.
//
// Written so that LLVM finds the machine's instruction where there is one (SSE2, NEON).
//
// Source: WebAssembly 3.0, §4.4.3 (vector instructions) and §4.3.2 (integer operations).

/// The magnitude; that of the smallest number is itself.
@inline(__always)
func absolute(_ x: I8x16) -> I8x16 {
    let sign = x &>> I8x16(repeating: 7)
    return (x ^ sign) &- sign
}
@inline(__always)
func absolute(_ x: I16x8) -> I16x8 {
    let sign = x &>> I16x8(repeating: 15)
    return (x ^ sign) &- sign
}
@inline(__always)
func absolute(_ x: I32x4) -> I32x4 {
    let sign = x &>> I32x4(repeating: 31)
    return (x ^ sign) &- sign
}
@inline(__always)
func absolute(_ x: I64x2) -> I64x2 {
    let sign = x &>> I64x2(repeating: 63)
    return (x ^ sign) &- sign
}

/// Half the sum, rounded up, without losing a carry.
@inline(__always)
func average(_ x: U8x16, _ y: U8x16) -> U8x16 { (x | y) &- ((x ^ y) &>> 1) }
@inline(__always)
func average(_ x: U16x8, _ y: U16x8) -> U16x8 { (x | y) &- ((x ^ y) &>> 1) }

// The lanes of `x` and then of `y`, each as the nearest number of half the size.

@inline(__always)
func narrowSigned(_ x: I16x8, _ y: I16x8) -> I8x16 {
    cast(evenBytes(clamped(x, -128, 127), clamped(y, -128, 127)), I8x16.self)
}
@inline(__always)
func narrowUnsigned(_ x: I16x8, _ y: I16x8) -> U8x16 {
    evenBytes(clamped(x, 0, 255), clamped(y, 0, 255))
}
@inline(__always)
func narrowSigned(_ x: I32x4, _ y: I32x4) -> I16x8 {
    cast(evenWords(clamped(x, -32_768, 32_767), clamped(y, -32_768, 32_767)), I16x8.self)
}
@inline(__always)
func narrowUnsigned(_ x: I32x4, _ y: I32x4) -> U16x8 {
    evenWords(clamped(x, 0, 65_535), clamped(y, 0, 65_535))
}

@inline(__always)
private func clamped(_ x: I16x8, _ low: Int16, _ high: Int16) -> I16x8 {
    lesser(greater(x, I16x8(repeating: low)), I16x8(repeating: high))
}
@inline(__always)
private func clamped(_ x: I32x4, _ low: Int32, _ high: Int32) -> I32x4 {
    lesser(greater(x, I32x4(repeating: low)), I32x4(repeating: high))
}

/// The low bytes of the lanes of both vectors; lane by lane, which is what LLVM sees through.
@inline(__always)
private func evenBytes(_ x: I16x8, _ y: I16x8) -> U8x16 {
    U8x16(
        UInt8(truncatingIfNeeded: x[0]),
        UInt8(truncatingIfNeeded: x[1]),
        UInt8(truncatingIfNeeded: x[2]),
        UInt8(truncatingIfNeeded: x[3]),
        UInt8(truncatingIfNeeded: x[4]),
        UInt8(truncatingIfNeeded: x[5]),
        UInt8(truncatingIfNeeded: x[6]),
        UInt8(truncatingIfNeeded: x[7]),
        UInt8(truncatingIfNeeded: y[0]),
        UInt8(truncatingIfNeeded: y[1]),
        UInt8(truncatingIfNeeded: y[2]),
        UInt8(truncatingIfNeeded: y[3]),
        UInt8(truncatingIfNeeded: y[4]),
        UInt8(truncatingIfNeeded: y[5]),
        UInt8(truncatingIfNeeded: y[6]),
        UInt8(truncatingIfNeeded: y[7])
    )
}

/// The low 16 bits of the lanes of both vectors.
@inline(__always)
private func evenWords(_ x: I32x4, _ y: I32x4) -> U16x8 {
    U16x8(
        UInt16(truncatingIfNeeded: x[0]),
        UInt16(truncatingIfNeeded: x[1]),
        UInt16(truncatingIfNeeded: x[2]),
        UInt16(truncatingIfNeeded: x[3]),
        UInt16(truncatingIfNeeded: y[0]),
        UInt16(truncatingIfNeeded: y[1]),
        UInt16(truncatingIfNeeded: y[2]),
        UInt16(truncatingIfNeeded: y[3])
    )
}

/// The products of the lanes, each two neighbours added.
@inline(__always)
func dot(_ x: I16x8, _ y: I16x8) -> I32x4 {
    wide(x.evenHalf) &* wide(y.evenHalf) &+ wide(x.oddHalf) &* wide(y.oddHalf)
}
/// The product of two numbers of 15 bits behind the point, rounded; only -1 times -1 does not fit.
@inline(__always)
func multiplyQ15(_ x: I16x8, _ y: I16x8) -> I16x8 {
    let low = (wide(x.lowHalf) &* wide(y.lowHalf) &+ 0x4000) &>> 15
    let high = (wide(x.highHalf) &* wide(y.highHalf) &+ 0x4000) &>> 15
    return narrowSigned(low, high)
}

/// The products of bytes, each two neighbours added.
@inline(__always)
func dot(_ x: I8x16, _ y: I8x16) -> I16x8 {
    wide(x.evenHalf) &* wide(y.evenHalf) &+ wide(x.oddHalf) &* wide(y.oddHalf)
}

/// The products of bytes, each four neighbours added, and added to `z`.
@inline(__always)
func dot(_ x: I8x16, _ y: I8x16, _ z: I32x4) -> I32x4 {
    let pairs = dot(x, y)
    return wide(pairs.evenHalf) &+ wide(pairs.oddHalf) &+ z
}

/// The same numbers in lanes of twice the size.
///
/// Eight lanes are written one by one: the library's conversion of so many is a call.
@inline(__always)
func wide(_ x: SIMD8<Int8>) -> I16x8 {
    I16x8(
        Int16(x[0]),
        Int16(x[1]),
        Int16(x[2]),
        Int16(x[3]),
        Int16(x[4]),
        Int16(x[5]),
        Int16(x[6]),
        Int16(x[7])
    )
}
@inline(__always)
func wide(_ x: SIMD8<UInt8>) -> U16x8 {
    U16x8(
        UInt16(x[0]),
        UInt16(x[1]),
        UInt16(x[2]),
        UInt16(x[3]),
        UInt16(x[4]),
        UInt16(x[5]),
        UInt16(x[6]),
        UInt16(x[7])
    )
}
@inline(__always)
func wide(_ x: SIMD4<Int16>) -> I32x4 { I32x4(truncatingIfNeeded: x) }
@inline(__always)
func wide(_ x: SIMD4<UInt16>) -> U32x4 { U32x4(truncatingIfNeeded: x) }
@inline(__always)
func wide(_ x: SIMD2<Int32>) -> I64x2 { I64x2(truncatingIfNeeded: x) }
@inline(__always)
func wide(_ x: SIMD2<UInt32>) -> U64x2 { U64x2(truncatingIfNeeded: x) }

/// 1 when a bit is set, else 0.
@inline(__always)
func anyTrue(_ x: U64x2) -> UInt32 { x[0] | x[1] != 0 ? 1 : 0 }

/// 1 when no bit is set, as in a mask that holds nowhere; else 0.
@inline(__always)
func noneTrue(_ x: U64x2) -> UInt32 { x[0] | x[1] == 0 ? 1 : 0 }

// The top bits of the lanes, the first one lowest.

@inline(__always)
func topBits8(_ x: U64x2) -> UInt32 { topBits8(x[0]) | topBits8(x[1]) &<< 8 }
@inline(__always)
private func topBits8(_ word: UInt64) -> UInt32 {
    // A product with a bit for each byte moves the byte's bit to its place in the top byte.
    let bits = (word &>> 7) & 0x0101_0101_0101_0101
    return UInt32(truncatingIfNeeded: (bits &* 0x0102_0408_1020_4080) &>> 56)
}
@inline(__always)
func topBits16(_ x: U64x2) -> UInt32 { topBits16(x[0]) | topBits16(x[1]) &<< 4 }
@inline(__always)
private func topBits16(_ word: UInt64) -> UInt32 {
    let bits = (word &>> 15) & 0x0001_0001_0001_0001
    return UInt32(truncatingIfNeeded: (bits &* 0x0001_0002_0004_0008) &>> 48) & 0xF
}
@inline(__always)
func topBits32(_ x: U64x2) -> UInt32 {
    let low = (x[0] &>> 31) & 1 | (x[0] &>> 62) & 2
    let high = (x[1] &>> 29) & 4 | (x[1] &>> 60) & 8
    return UInt32(truncatingIfNeeded: low | high)
}
@inline(__always)
func topBits64(_ x: U64x2) -> UInt32 {
    UInt32(truncatingIfNeeded: x[0] &>> 63 | (x[1] &>> 62) & 2)
}
