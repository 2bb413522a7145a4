// This file is a fence: calls and returns, as the generated handlers are written with.
// Safety: frames are compared with the stack's end before they are written; entities live as long as
// the store.

/// A function of the instance, which lies before its context.
@inline(__always)
func ownFunction(_ pc: Code, _ c: Frame, _ k: Int) -> UnsafeMutablePointer<FunctionEntity> {
    unsafe (c + Int(immediate(pc, k, Int32.self))).assumingMemoryBound(to: FunctionEntity.self)
}

/// A function whose pointer lies before the context.
@inline(__always)
func importedFunction(_ pc: Code, _ c: Frame, _ k: Int) -> UnsafeMutablePointer<FunctionEntity> {
    unsafe c.load(
        fromByteOffset: Int(immediate(pc, k, Int32.self)),
        as: UnsafeMutablePointer<FunctionEntity>.self
    )
}

/// Calls a function of this instance, or of the host, to return `size` bytes behind `pc`.
///
/// The operand at 2 says how many slots the callee's frame, which begins with the arguments,
/// lies above this one. The first handler comes from the entity, so that finding it waits for no load
/// but that of the entity's address; an interrupt catches the second one. With `isPaid` the guest pays
/// for the callee, which is free when fuel is not counted.
@inline(__always)
func callOwn(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ f: Float,
    _ d: Double,
    _ e: UnsafeMutablePointer<FunctionEntity>,
    _ size: Int,
    isPaid: Bool = false
) {
    let code = unsafe e.pointee.code
    let frame = unsafe sp + Int(pc.load(fromByteOffset: 2, as: UInt16.self)) &* 8
    let callee = unsafe codeHeader(code)
    guard unsafe frame + Int(callee.frameBytes) <= header(c).pointee.stackLimit else {
        return unsafe prepareCall(pc, sp, c, e)
    }
    let link = unsafe frame + Int(callee.linkOffset)
    unsafe link.storeBytes(of: pc + size, as: Code.self)
    unsafe link.storeBytes(of: sp, toByteOffset: 8, as: Frame.self)
    if isPaid {
        // Loaded only now, when registers are free for it.
        guard unsafe pay(codeHeader(code).price, c) else { return unsafe trapFuel(code, frame, c) }
    }
    // No function reads an accumulator first: whatever is in a register will do.
    unsafe e.pointee.first(code, frame, m, l, c, UInt64(UInt(bitPattern: code)), f, d)
}

/// Calls a function of any instance.
@inline(__always)
func callEntity(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ f: Float,
    _ d: Double,
    _ e: UnsafeMutablePointer<FunctionEntity>,
    _ size: Int,
    isPaid: Bool = false
) {
    let instance = unsafe e.pointee.instance
    guard unsafe instance == c || instance == nil else {
        return unsafe crossCall(pc, sp, c, e, size)
    }
    unsafe callOwn(pc, sp, m, l, c, f, d, e, size, isPaid: isPaid)
}

/// Goes on by the table: the first handler of functions whose own is not known.
@inline(__always) @_cdecl("wasm_start")
private func start(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ a: UInt64,
    _ f: Float,
    _ d: Double
) {
    unsafe next(pc, sp, m, l, c, a, f, d)
}

/// See `start`.
func startHandler() -> Handler { unsafe start }

/// The handler of the operation at `code`, as the table of `context` has it; while that is full of the
/// handler that ends guests, the one that looks again.
func firstHandler(_ code: Code, _ context: Frame) -> Handler {
    let table = unsafe context.assumingMemoryBound(to: Handler.self)
    let handler = unsafe table[Int(code.load(as: UInt16.self))]
    let stop = unsafe unsafeBitCast(table[Int(Operation.interrupted)], to: UInt.self)
    return unsafe unsafeBitCast(handler, to: UInt.self) == stop ? startHandler() : handler
}

/// Translates the function, and goes on with its call, or ends with "call stack exhausted".
@inline(never)
func prepareCall(
    _ pc: Code,
    _ sp: Frame,
    _ c: Frame,
    _ e: UnsafeMutablePointer<FunctionEntity>
) {
    guard unsafe machine(c).pointee.prepare(pc, sp, c, Frame(e)) else { return }
    let memory = unsafe header(c).pointee.memory.pointee
    unsafe callEntity(
        pc,
        sp,
        memory.base,
        memory.byteCount,
        c,
        0,
        0,
        e,
        callBytes(pc),
        isPaid: true
    )
}

/// Bytes of the call at `pc`.
private func callBytes(_ pc: Code) -> Int {
    switch unsafe pc.load(as: UInt16.self) {
    case Operation.callEntry: 4
    case Operation.callReference, Operation.paidCallReference: 6
    case Operation.callIndirect, Operation.paidCallIndirect: 14
    case Operation.callIndirect + 1, Operation.paidCallIndirect + 1: 12
    default: 8
    }
}

/// The same for a tail call.
@inline(never)
private func prepareTail(
    _ pc: Code,
    _ sp: Frame,
    _ c: Frame,
    _ e: UnsafeMutablePointer<FunctionEntity>
) {
    guard unsafe machine(c).pointee.prepare(pc, sp, c, Frame(e)) else { return }
    let memory = unsafe header(c).pointee.memory.pointee
    unsafe next(pc, sp, memory.base, memory.byteCount, c, 0, 0, 0)
}

/// Calls a function of another instance.
@inline(never)
func crossCall(
    _ pc: Code,
    _ sp: Frame,
    _ c: Frame,
    _ e: UnsafeMutablePointer<FunctionEntity>,
    _ size: Int
) {
    let code = unsafe e.pointee.code
    let frame = unsafe sp + Int(pc.load(fromByteOffset: 2, as: UInt16.self)) &* 8
    let callee = unsafe codeHeader(code)
    let shared = unsafe machine(c)
    let cross = unsafe shared.pointee.crossTop
    guard unsafe frame + Int(callee.frameBytes) <= header(c).pointee.stackLimit else {
        return unsafe prepareCall(pc, sp, c, e)
    }
    guard unsafe cross < shared.pointee.crossLimit, let target = unsafe e.pointee.instance else {
        return unsafe trapStackExhausted(pc, sp, c)
    }
    unsafe cross.pointee = CrossLink(pc: pc + size, sp: sp, context: c)
    unsafe shared.pointee.crossTop = cross + 1
    let link = unsafe frame + Int(callee.linkOffset)
    unsafe link.storeBytes(of: shared.pointee.crossReturnCode, as: Code.self)
    unsafe link.storeBytes(of: Frame(cross), toByteOffset: 8, as: Frame.self)
    guard unsafe pay(callee.price, c) else { return unsafe trapFuel(code, frame, target) }
    let memory = unsafe header(target).pointee.memory.pointee
    unsafe next(code, frame, memory.base, memory.byteCount, target, 0, 0, 0)
}

/// Goes back into the instance that called this one; `sp` is the address of the `CrossLink`.
@inline(__always)
func crossReturn(_ sp: Frame, _ c: Frame, _ a: UInt64, _ f: Float, _ d: Double) {
    let cross = unsafe sp.assumingMemoryBound(to: CrossLink.self)
    unsafe machine(c).pointee.crossTop = cross
    let context = unsafe cross.pointee.context
    let memory = unsafe header(context).pointee.memory
    unsafe next(
        cross.pointee.pc,
        cross.pointee.sp,
        memory.pointee.base,
        memory.pointee.byteCount,
        context,
        a,
        f,
        d
    )
}

/// Where the function whose frame is `sp` returns to; the operand at `k` says where that lies.
@inline(__always)
func link(_ pc: Code, _ sp: Frame, _ k: Int) -> Link {
    let place = unsafe slotAddress(pc, sp, k)
    return unsafe Link(
        pc: place.load(as: Code.self),
        sp: place.load(fromByteOffset: 8, as: Frame.self)
    )
}

/// Returns.
@inline(__always)
func leave(
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
    let back = unsafe link(pc, sp, k)
    unsafe next(back.pc, back.sp, m, l, c, a, f, d)
}

/// Where a tail call finds its callee, as one of its operands.
enum TailCallPlace {
    static let own: UInt16 = 0
    static let imported: UInt16 = 1
    /// A reference in a slot.
    static let reference: UInt16 = 2
    /// Beside the others: the frame was moved up (``WideFrame``).
    static let wide: UInt16 = 4
}

/// Replaces this call by another.
///
/// Operands: link offset at 2, first argument's slot at 4, slots of arguments at 6, where the
/// callee is found at 8 (``TailCallPlace``), and that at 10; how far the frame was moved at 14, if it was.
@inline(never)
func tailCall(_ pc: Code, _ sp: Frame, _ m: Frame, _ l: UInt, _ c: Frame) {
    let place = unsafe pc.load(fromByteOffset: 8, as: UInt16.self)
    var found: UnsafeMutablePointer<FunctionEntity>?
    switch place & ~TailCallPlace.wide {
    case TailCallPlace.own: unsafe found = ownFunction(pc, c, 10)
    case TailCallPlace.imported: unsafe found = importedFunction(pc, c, 10)
    default: unsafe found = functionEntity(slot(pc, sp, 10, UInt64.self))
    }
    let moved = unsafe place & TailCallPlace.wide == 0 ? 0 : Int(immediate(pc, 14, UInt32.self))
    let base = unsafe sp - moved
    guard let e = unsafe found else { return unsafe trapNullFunction(pc, sp, c) }
    let code = unsafe e.pointee.code
    let callee = unsafe codeHeader(code)
    guard unsafe base + Int(callee.frameBytes) <= header(c).pointee.stackLimit else {
        return unsafe prepareTail(pc, sp, c, e)
    }
    var back = unsafe link(pc, base, 2)
    let arguments = unsafe slotAddress(pc, sp, 4)
    let count = unsafe Int(pc.load(fromByteOffset: 6, as: UInt16.self))
    let target = unsafe e.pointee.instance ?? c
    if unsafe target != c, unsafe back.pc != machine(c).pointee.crossReturnCode {
        let shared = unsafe machine(c)
        let cross = unsafe shared.pointee.crossTop
        guard unsafe cross < shared.pointee.crossLimit else {
            return unsafe trapStackExhausted(pc, sp, c)
        }
        unsafe cross.pointee = CrossLink(pc: back.pc, sp: back.sp, context: c)
        unsafe shared.pointee.crossTop = cross + 1
        unsafe back = Link(pc: shared.pointee.crossReturnCode, sp: Frame(cross))
    }
    for index in 0..<count {
        let value = unsafe arguments.load(fromByteOffset: index &* 8, as: UInt64.self)
        unsafe base.storeBytes(of: value, toByteOffset: index &* 8, as: UInt64.self)
    }
    let link = unsafe base + Int(callee.linkOffset)
    unsafe link.storeBytes(of: back.pc, as: Code.self)
    unsafe link.storeBytes(of: back.sp, toByteOffset: 8, as: Frame.self)
    guard unsafe pay(callee.price, c) else { return unsafe trapFuel(code, base, target) }
    guard unsafe target != c else { return unsafe next(code, base, m, l, c, 0, 0, 0) }
    let memory = unsafe header(target).pointee.memory.pointee
    unsafe next(code, base, memory.base, memory.byteCount, target, 0, 0, 0)
}

/// An indirect call whose function has another type than the one expected: fine if it is a subtype.
///
/// The operand at 4 is the type.
@inline(never)
func callSubtype(
    _ pc: Code,
    _ sp: Frame,
    _ c: Frame,
    _ e: UnsafeMutablePointer<FunctionEntity>,
    _ size: Int
) {
    let expected = unsafe immediate(pc, 4, UInt32.self)
    guard unsafe machine(c).pointee.isSubtype(c, e.pointee.typeID, expected) else {
        return unsafe trapIndirectCallType(pc, sp, c)
    }
    let memory = unsafe header(c).pointee.memory.pointee
    unsafe callEntity(pc, sp, memory.base, memory.byteCount, c, 0, 0, e, size, isPaid: true)
}

/// Lets the host do something, and takes from the machine's state what it may have changed.
@inline(__always)
func callService(_ pc: Code, _ sp: Frame, _ c: Frame) {
    let index = unsafe Int(pc.load(fromByteOffset: 2, as: UInt16.self))
    let service = unsafe machine(c).pointee.services[index]
    guard let after = unsafe service(pc, sp, c) else { return }
    let memory = unsafe header(c).pointee.memory
    unsafe next(after, sp, memory.pointee.base, memory.pointee.byteCount, c, 0, 0, 0)
}

/// Goes on where the machine's state says, in whatever frame and instance.
@inline(__always)
func resume(_ c: Frame) {
    let shared = unsafe machine(c)
    let context = unsafe shared.pointee.resumeContext
    let memory = unsafe header(context).pointee.memory
    unsafe next(
        shared.pointee.resumeCode,
        shared.pointee.resumeFrame,
        memory.pointee.base,
        memory.pointee.byteCount,
        context,
        0,
        0,
        0
    )
}

/// Pays the price at 2 for a loop's first round.
@inline(__always)
func burnFuel(
    _ pc: Code,
    _ sp: Frame,
    _ m: Frame,
    _ l: UInt,
    _ c: Frame,
    _ a: UInt64,
    _ f: Float,
    _ d: Double
) {
    guard unsafe pay(immediate(pc, 2, UInt32.self), c) else { return unsafe trapFuel(pc, sp, c) }
    unsafe next(pc + 6, sp, m, l, c, a, f, d)
}
