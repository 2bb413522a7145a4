// This file is a fence: accesses that other threads would see whole, if there were any.

/// Operands: opcode, memory, offset (64 bits), result, address, two values.
func atomic(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let access = AtomicAccess(UInt32(call.operand(0))) else {
        return unsafe call.trap(.unreachable)
    }
    let index = call.operand(1)
    let memory = unsafe header(c).pointee.memories[index].pointee
    let offset = UInt64(call.operand32(2)) | UInt64(call.operand32(4)) << 32
    let (start, isOver) = unsafe (call.slot(7) & memory.addressMask)
        .addingReportingOverflow(offset)
    let size = UInt64(1) << access.alignment
    let all = unsafe UInt64(memory.byteCount)
    guard !isOver, start <= all, size <= all - start else {
        return unsafe call.trap(.memoryOutOfBounds)
    }
    guard start % size == 0 else { return unsafe call.trap(.unalignedAtomic) }
    // Safety: checked above.
    let cell = unsafe AtomicCell(place: memory.base + Int(start), size: size)
    switch access.kind {
    case .notify: call.set(6, 0)
    case .wait:
        guard call.instance.memories[index].type.limits.isShared else {
            return unsafe call.trap(.unsharedWait)
        }
        // Nobody else can change the value or notify, so that the time is up at once.
        call.set(6, cell.value == call.slot(8) & cell.mask ? 2 : 1)
    case .load: call.set(6, cell.value)
    case .store: cell.set(call.slot(8))
    case .modify(let change):
        let old = cell.value
        cell.set(change.apply(old, call.slot(8)))
        call.set(6, old)
    case .compareExchange:
        let old = cell.value
        if old == call.slot(8) & cell.mask { cell.set(call.slot(9)) }
        call.set(6, old)
    }
    return unsafe call.proceed(10)
}

/// One, two, four or eight bytes of a memory, as a number without a sign.
@safe
private struct AtomicCell {
    // Safety: inside of a memory.
    let place: Frame
    let size: UInt64

    var mask: UInt64 { size == 8 ? .max : (1 << (size * 8)) - 1 }

    var value: UInt64 {
        switch size {
        case 1: unsafe UInt64(place.load(as: UInt8.self))
        case 2: unsafe UInt64(place.load(as: UInt16.self))
        case 4: unsafe UInt64(place.load(as: UInt32.self))
        default: unsafe place.load(as: UInt64.self)
        }
    }

    func set(_ value: UInt64) {
        switch size {
        case 1: unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
        case 2: unsafe place.storeBytes(of: UInt16(truncatingIfNeeded: value), as: UInt16.self)
        case 4: unsafe place.storeBytes(of: UInt32(truncatingIfNeeded: value), as: UInt32.self)
        default: unsafe place.storeBytes(of: value, as: UInt64.self)
        }
    }
}
