// This file is a fence: what the generated handlers are written with. See Design.md.
// Safety: every pointer here comes from the translator's code, which the validator has checked: slots lie
// in the frame whose size each call has checked, and operands behind the operation.

/// Goes on to the operation at `pc`.
@inline(__always)
func next(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ a: UInt64,
    _ f: Float,
    _ d: Double
) {
    let operation = unsafe Int(pc.load(as: UInt16.self))
    let handler = unsafe c.load(fromByteOffset: operation &* 8, as: Handler.self)
    unsafe handler(pc, sp, m, l, c, a, f, d)
}

/// The address of the slot that the operand at `k` names.
@inline(__always)
func slotAddress(_ pc: Code, _ sp: Frame, _ k: Int) -> Frame {
    unsafe sp + Int(pc.load(fromByteOffset: k, as: UInt16.self))
}

/// The value of the slot that the operand at `k` names.
@inline(__always)
func slot<T: BitwiseCopyable>(_ pc: Code, _ sp: Frame, _ k: Int, _: T.Type) -> T {
    unsafe sp.load(fromByteOffset: Int(pc.load(fromByteOffset: k, as: UInt16.self)), as: T.self)
}

/// Writes the slot that the operand at `k` names.
@inline(__always)
func set<T: BitwiseCopyable>(_ pc: Code, _ sp: Frame, _ k: Int, _ value: T) {
    unsafe sp.storeBytes(
        of: value,
        toByteOffset: Int(pc.load(fromByteOffset: k, as: UInt16.self)),
        as: T.self
    )
}

/// The operand at `k` itself.
@inline(__always)
func immediate<T: BitwiseCopyable>(_ pc: Code, _ k: Int, _: T.Type) -> T {
    unsafe pc.loadUnaligned(fromByteOffset: k, as: T.self)
}

/// The address of a slot by a 32-bit operand with a sign, for what lies before a frame that was moved up.
@inline(__always)
func wideSlot(_ pc: Code, _ sp: Frame, _ k: Int) -> Frame {
    unsafe sp + Int(immediate(pc, k, Int32.self))
}

/// Goes on as far away as the operand at `k` says.
@inline(__always)
func jump(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ a: UInt64,
    _ f: Float,
    _ d: Double,
    _ k: Int
) {
    let target = unsafe pc + Int(immediate(pc, k, Int32.self))
    unsafe next(target, sp, m, l, c, UInt64(UInt(bitPattern: target)), f, d)
}

/// Goes on as far away as the operand at `k` says, behind the price of a loop's next round, and pays it.
@inline(__always)
func paidJump(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ a: UInt64,
    _ f: Float,
    _ d: Double,
    _ k: Int
) {
    let target = unsafe pc + Int(immediate(pc, k, Int32.self))
    guard unsafe pay(target.loadUnaligned(fromByteOffset: -4, as: UInt32.self), c) else {
        return unsafe trapFuel(target, sp, c)
    }
    unsafe next(target, sp, m, l, c, a, f, d)
}

/// Takes `price` from what is left to burn; false when that was not enough.
@inline(__always)
func pay(_ price: UInt32, _ c: Frame) -> Bool {
    let shared = unsafe machine(c)
    let left = unsafe shared.pointee.fuel &- Int64(price)
    unsafe shared.pointee.fuel = left
    return left >= 0
}

/// Goes on as far away as entry `index` of the table at `k` says.
@inline(__always)
func jumpTable(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ a: UInt64,
    _ f: Float,
    _ d: Double,
    _ k: Int,
    _ index: UInt
) {
    let entry = k &+ Int(bitPattern: index &* 4)
    let distance = unsafe pc.loadUnaligned(fromByteOffset: entry, as: Int32.self)
    unsafe next(pc + Int(distance), sp, m, l, c, a, f, d)
}

/// The cell of a global of the instance, which lies before its context.
@inline(__always)
func ownGlobal(_ pc: Code, _ c: Frame, _ k: Int) -> Frame {
    unsafe c + Int(immediate(pc, k, Int32.self))
}

/// The cell of an imported global.
@inline(__always)
func importedGlobal(_ pc: Code, _ c: Frame, _ k: Int) -> Frame {
    unsafe c.load(fromByteOffset: Int(immediate(pc, k, Int32.self)), as: Frame.self)
}

/// The table whose pointer lies before the context.
@inline(__always)
func tableEntity(_ pc: Code, _ c: Frame, _ k: Int) -> UnsafeMutablePointer<TableEntity> {
    unsafe c.load(
        fromByteOffset: Int(immediate(pc, k, Int32.self)),
        as: UnsafeMutablePointer<TableEntity>.self
    )
}

/// The address that `size` bytes can be accessed at in a memory by its index, or `nil`.
///
/// Operands: address slot at 2, index at 4, offset at 6.
@inline(__always)
func farAddress(_ pc: Code, _ sp: Frame, _ c: Frame, _ size: UInt64) -> Frame? {
    let index = unsafe Int(pc.load(fromByteOffset: 4, as: UInt16.self))
    let memory = unsafe header(c).pointee.memories[index]
    let address = unsafe slot(pc, sp, 2, UInt64.self) & memory.pointee.addressMask
    let (start, isOver) = unsafe address.addingReportingOverflow(immediate(pc, 6, UInt64.self))
    let (end, isFarOver) = start.addingReportingOverflow(size)
    guard !isOver, !isFarOver, unsafe end <= UInt64(memory.pointee.byteCount) else { return nil }
    return unsafe memory.pointee.base + Int(truncatingIfNeeded: start)
}

/// The function that the reference `bits` means; `nil` for null.
@inline(__always)
func functionEntity(_ bits: UInt64) -> UnsafeMutablePointer<FunctionEntity>? {
    unsafe UnsafeMutablePointer(bitPattern: UInt(truncatingIfNeeded: bits))
}
