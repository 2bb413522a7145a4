// This file is a fence: the ways out of the chain of handlers, kept out of line so that no handler
// needs a frame for them.
// Safety: the machine's state lives as long as any handler runs.

@inline(__always)
private func stop(_ reason: TrapReason, _ pc: Code, _ sp: Frame, _ c: Frame) {
    let shared = unsafe machine(c)
    unsafe shared.pointee.trapReason = reason.rawValue
    unsafe shared.pointee.trapCode = pc
    unsafe shared.pointee.trapFrame = sp
    unsafe shared.pointee.trapContext = c
}

@inline(never)
func trapOutOfBounds(_ pc: Code, _ sp: Frame, _ c: Frame) {
    unsafe stop(.memoryOutOfBounds, pc, sp, c)
}

@inline(never)
func trapDivideByZero(_ pc: Code, _ sp: Frame, _ c: Frame) {
    unsafe stop(.integerDivideByZero, pc, sp, c)
}

@inline(never)
func trapIntegerOverflow(_ pc: Code, _ sp: Frame, _ c: Frame) {
    unsafe stop(.integerOverflow, pc, sp, c)
}

@inline(never)
func trapConversion(_ pc: Code, _ sp: Frame, _ c: Frame, _ isNaN: Bool) {
    unsafe stop(isNaN ? .invalidConversionToInteger : .integerOverflow, pc, sp, c)
}

@inline(never)
func trapUndefinedElement(_ pc: Code, _ sp: Frame, _ c: Frame) {
    unsafe stop(.undefinedElement, pc, sp, c)
}

@inline(never)
func trapUninitializedElement(_ pc: Code, _ sp: Frame, _ c: Frame) {
    unsafe stop(.uninitializedElement, pc, sp, c)
}

@inline(never)
func trapIndirectCallType(_ pc: Code, _ sp: Frame, _ c: Frame) {
    unsafe stop(.indirectCallTypeMismatch, pc, sp, c)
}

@inline(never)
func trapNullFunction(_ pc: Code, _ sp: Frame, _ c: Frame) {
    unsafe stop(.nullFunctionReference, pc, sp, c)
}

@inline(never)
func trapStackExhausted(_ pc: Code, _ sp: Frame, _ c: Frame) {
    unsafe stop(.callStackExhausted, pc, sp, c)
}

@inline(never)
func trapUnreachable(_ pc: Code, _ sp: Frame, _ c: Frame) {
    unsafe stop(.unreachable, pc, sp, c)
}

@inline(never)
func trapFuel(_ pc: Code, _ sp: Frame, _ c: Frame) {
    unsafe stop(.fuelExhausted, pc, sp, c)
}

@inline(never)
func trapInterrupted(_ pc: Code, _ sp: Frame, _ c: Frame) {
    unsafe stop(.interrupted, pc, sp, c)
}
