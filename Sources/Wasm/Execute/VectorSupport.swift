// This file is a fence: vectors in slots, as the generated handlers are written with. See Design.md.

typealias U8x16 = SIMD16<UInt8>
typealias I8x16 = SIMD16<Int8>
typealias U16x8 = SIMD8<UInt16>
typealias I16x8 = SIMD8<Int16>
typealias U32x4 = SIMD4<UInt32>
typealias I32x4 = SIMD4<Int32>
typealias U64x2 = SIMD2<UInt64>
typealias I64x2 = SIMD2<Int64>
typealias F32x4 = SIMD4<Float>
typealias F64x2 = SIMD2<Double>

/// The vector in the slot that the operand at `k` names, and the slot behind it.
@inline(__always)
func vector<T: BitwiseCopyable>(_ pc: Code, _ sp: Frame, _ k: Int, _: T.Type) -> T {
    unsafe slotAddress(pc, sp, k).loadUnaligned(as: T.self)
}

/// Writes the slot that the operand at `k` names, and the one behind it.
@inline(__always)
func setVector<T: BitwiseCopyable>(_ pc: Code, _ sp: Frame, _ k: Int, _ value: T) {
    unsafe slotAddress(pc, sp, k).storeBytes(of: value, as: T.self)
}

/// The lane that the operand at `lane` numbers, of the vector in the slot that the one at `k` names.
@inline(__always)
func lane<T: BitwiseCopyable>(
    _ pc: Code,
    _ sp: Frame,
    _ k: Int,
    _ lane: Int,
    _: T.Type
) -> T {
    // Safety: the translator's lane is below the number of lanes.
    let index = unsafe Int(pc.load(fromByteOffset: lane, as: UInt16.self))
    return unsafe slotAddress(pc, sp, k).loadUnaligned(
        fromByteOffset: index &* MemoryLayout<T>.size,
        as: T.self
    )
}

/// Writes the lane that the operand at `lane` numbers, of the vector in the slot that the one at `k`
/// names.
@inline(__always)
func setLane<T: BitwiseCopyable>(
    _ pc: Code,
    _ sp: Frame,
    _ k: Int,
    _ lane: Int,
    _ value: T
) {
    let index = unsafe Int(pc.load(fromByteOffset: lane, as: UInt16.self))
    unsafe slotAddress(pc, sp, k).storeBytes(
        of: value,
        toByteOffset: index &* MemoryLayout<T>.size,
        as: T.self
    )
}

/// The same bits as another type of the same size.
@inline(__always)
func cast<From: BitwiseCopyable, To: BitwiseCopyable>(_ value: From, _: To.Type) -> To {
    // Safety: used between vectors of 16 bytes only.
    unsafe unsafeBitCast(value, to: To.self)
}

/// All ones in the lanes where `mask` holds, zeros elsewhere.
@inline(__always)
func ones<T>(_ mask: SIMDMask<T>) -> T where T: SIMD & BitwiseCopyable {
    // Safety: a mask is stored as such a vector.
    unsafe unsafeBitCast(mask, to: T.self)
}

// What follows takes more registers than a handler has without a frame, so the handlers for it jump
// to functions of their own. First, choosing bytes. (The x86-64 we build for has no instruction for it, and Swift has no
// expression for NEON's.)

/// The byte of two vectors that the operand's byte at `k` numbers.
@inline(__always)
private func shuffledByte(_ pc: Code, _ x: Frame, _ y: Frame, _ k: Int) -> UInt64 {
    let index = unsafe Int(pc.load(fromByteOffset: k, as: UInt8.self))
    let source = unsafe index < 16 ? x : y
    return unsafe UInt64(source.load(fromByteOffset: index & 15, as: UInt8.self))
}

/// Bytes of the vectors in slots 2 and 4, chosen by the 16 bytes at 6, to the slot at 22.
@inline(never)
func shuffle(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ a: UInt64,
    _ f: Float,
    _ d: Double
) {
    let x = unsafe slotAddress(pc, sp, 2)
    let y = unsafe slotAddress(pc, sp, 4)
    var low: UInt64 = 0
    var high: UInt64 = 0
    for index in 0..<8 {
        unsafe low |= shuffledByte(pc, x, y, 6 &+ index) &<< UInt64(truncatingIfNeeded: index &* 8)
        unsafe high |=
            shuffledByte(pc, x, y, 14 &+ index) &<< UInt64(truncatingIfNeeded: index &* 8)
    }
    unsafe setVector(pc, sp, 22, U64x2(low, high))
    unsafe next(pc + 24, sp, m, l, c, a, f, d)
}

/// Bytes of the vector in slot 2, chosen by the bytes of the one in slot 4, to the slot at 6; 0
/// where there is none.
@inline(never)
func swizzle(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ a: UInt64,
    _ f: Float,
    _ d: Double
) {
    let x = unsafe slotAddress(pc, sp, 2)
    let indices = unsafe vector(pc, sp, 4, U64x2.self)
    var low: UInt64 = 0
    var high: UInt64 = 0
    for index in 0..<8 {
        let shift = UInt64(truncatingIfNeeded: index &* 8)
        unsafe low |= chosenByte(x, indices[0] &>> shift) &<< shift
        unsafe high |= chosenByte(x, indices[1] &>> shift) &<< shift
    }
    unsafe setVector(pc, sp, 6, U64x2(low, high))
    unsafe next(pc + 8, sp, m, l, c, a, f, d)
}

@inline(__always)
private func chosenByte(_ x: Frame, _ index: UInt64) -> UInt64 {
    let byte = unsafe x.load(fromByteOffset: Int(truncatingIfNeeded: index & 15), as: UInt8.self)
    return index & 0xFF < 16 ? UInt64(byte) : 0
}

/// The nearest signed integers towards zero, of the vector in slot 2 to the slot at 4; 0 for NaN.
@inline(never)
func truncateLanesSigned(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ a: UInt64,
    _ f: Float,
    _ d: Double
) {
    let x = unsafe vector(pc, sp, 2, F32x4.self)
    unsafe setVector(pc, sp, 4, truncateSigned(x))
    unsafe next(pc + 6, sp, m, l, c, a, f, d)
}

/// The nearest unsigned integers towards zero, of the vector in slot 2 to the slot at 4; 0 for NaN.
@inline(never)
func truncateLanesUnsigned(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ a: UInt64,
    _ f: Float,
    _ d: Double
) {
    let x = unsafe vector(pc, sp, 2, F32x4.self)
    unsafe setVector(pc, sp, 4, truncateUnsigned(x))
    unsafe next(pc + 6, sp, m, l, c, a, f, d)
}
