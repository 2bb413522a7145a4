// This file is a fence: services on whole memories. Operands: see each.

/// Operands: result, memory.
func memorySize(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    call.set(0, call.instance.memories[call.operand(1)].pageCount)
    return unsafe call.proceed(2)
}

/// Operands: result, memory, pages.
func memoryGrow(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let memory = call.instance.memories[call.operand(1)]
    let is64 = memory.type.limits.is64
    let failed: UInt64 = is64 ? .max : 0xFFFF_FFFF
    call.set(0, memory.grow(call.address(2, is64: is64)) ?? failed)
    return unsafe call.proceed(3)
}

/// Operands: memory, destination, value, count.
func memoryFill(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let memory = unsafe header(c).pointee.memories[call.operand(0)].pointee
    let start = unsafe call.slot(1) & memory.addressMask
    let count = unsafe call.slot(3) & memory.addressMask
    let all = unsafe UInt64(memory.byteCount)
    guard start <= all, count <= all - start else {
        return unsafe call.trap(.memoryOutOfBounds)
    }
    // Safety: checked above.
    unsafe (memory.base + Int(start)).initializeMemory(
        as: UInt8.self,
        repeating: UInt8(truncatingIfNeeded: call.slot(2)),
        count: Int(count)
    )
    return unsafe call.proceed(4)
}

/// Operands: destination memory, source memory, destination, source, count.
func memoryCopy(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let target = unsafe header(c).pointee.memories[call.operand(0)].pointee
    let origin = unsafe header(c).pointee.memories[call.operand(1)].pointee
    let start = unsafe call.slot(2) & target.addressMask
    let from = unsafe call.slot(3) & origin.addressMask
    let count = unsafe call.slot(4) & target.addressMask & origin.addressMask
    let all = unsafe UInt64(target.byteCount)
    let allThere = unsafe UInt64(origin.byteCount)
    guard start <= all, count <= all - start, from <= allThere, count <= allThere - from else {
        return unsafe call.trap(.memoryOutOfBounds)
    }
    // Safety: checked above; an overlap is allowed.
    unsafe (target.base + Int(start)).copyMemory(
        from: origin.base + Int(from),
        byteCount: Int(count)
    )
    return unsafe call.proceed(5)
}

/// Operands: memory, destination, source, count, segment (32 bits).
func memoryInit(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let instance = call.instance
    let memory = call.operand(0)
    let isFine = instance.initializeMemory(
        segment: call.operand32(4),
        memory: UInt32(memory),
        destination: call.address(1, is64: instance.memories[memory].type.limits.is64),
        source: UInt32(truncatingIfNeeded: call.slot(2)),
        count: UInt32(truncatingIfNeeded: call.slot(3))
    )
    return unsafe call.proceed(6, if: isFine, else: .memoryOutOfBounds)
}

/// Operands: segment (32 bits).
func dataDrop(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    call.instance.dropData(call.operand32(0))
    return unsafe call.proceed(2)
}

/// Clears locals.
///
/// Operands: first slot (32 bits, with a sign), bytes (32 bits).
func clearFrame(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let first = Int(Int32(bitPattern: call.operand32(0)))
    // Safety: of the frame whose size the call has checked.
    unsafe (sp + first).initializeMemory(
        as: UInt8.self,
        repeating: 0,
        count: Int(call.operand32(2))
    )
    return unsafe call.proceed(4)
}
