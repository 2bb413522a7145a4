// This file is a fence: exceptions leave frames as the way back of each says.

/// A part of a function's code in which exceptions are caught.
struct ExceptionRegion {
    /// Bytes from the function's first operation.
    var range: Range<Int>
    var clauses: [CatchClause]
    /// Byte offset in the frame where the caught values go.
    var base: Int

    /// What a list of regions takes, at most: lists grow by doubling, and each has a head.
    static func byteCount(_ regions: [ExceptionRegion]) -> UInt64 {
        let own = 2 * MemoryLayout<ExceptionRegion>.stride + 64
        let clause = 2 * MemoryLayout<CatchClause>.stride
        return regions.reduce(0) { $0 + UInt64(own + $1.clauses.count * clause) }
    }
}

/// What is caught, and where it goes on.
struct CatchClause {
    /// `nil` catches everything.
    var tag: UInt32?
    /// Whether the exception itself follows its values.
    var hasReference: Bool
    /// Bytes from the function's first operation.
    var target: Int
}

/// Operands: first value, slots, tag (32 bits), type (32 bits).
func throwException(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let count = call.operand(1)
    let tag = call.instance.tags[Int(call.operand32(2))]
    let object = call.heap.make(
        call.operand32(4),
        byteCount: HeapShape.headerBytes + count * 8,
        length: UInt32(count),
        tag: tag.bits
    )
    guard let object else { return unsafe call.trap(.outOfMemory) }
    for index in 0..<count {
        let bits = unsafe sp.load(fromByteOffset: call.operand(0) + index * 8, as: UInt64.self)
        object.store(bits, HeapShape.headerBytes + index * 8)
    }
    return unsafe call.unwind(object)
}

/// Operands: exception.
func throwReference(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let object = HeapObject(bits: call.slot(0)) else {
        return unsafe call.trap(.nullExceptionReference)
    }
    return unsafe call.unwind(object)
}

extension ServiceCall {
    /// Leaves frames until one catches `exception`; traps when none does.
    fileprivate func unwind(_ exception: HeapObject) -> Code? {
        let machine = instance.machine
        var place = unsafe Unwinding(pc: pc, sp: sp, context: context)
        while let entry = unsafe machine.arena.entry(containing: UInt(bitPattern: place.pc)) {
            let code = entry.start + UInt(MemoryLayout<CodeHeader>.stride)
            let offset = unsafe Int(UInt(bitPattern: place.pc) - code)
            if let (region, clause) = unsafe find(exception, entry, offset, place.context) {
                return unsafe land(exception, place, region, clause, code)
            }
            guard place.leave(entry, machine) else { break }
        }
        return unsafe trap(.uncaughtException)
    }

    private func find(
        _ exception: HeapObject,
        _ entry: CodeArena.Entry,
        _ offset: Int,
        _ context: Frame
    ) -> (ExceptionRegion, CatchClause)? {
        guard let instance = unsafe InstanceContext.of(context),
            let regions = instance.machine.catches[entry.start]
        else { return nil }
        for region in regions where region.range.contains(offset) {
            for clause in region.clauses {
                guard let tag = clause.tag else { return (region, clause) }
                if instance.tags[Int(tag)].bits == exception.tag { return (region, clause) }
            }
        }
        return nil
    }

    /// Writes the values where the clause wants them, and goes on there.
    private func land(
        _ exception: HeapObject,
        _ place: Unwinding,
        _ region: ExceptionRegion,
        _ clause: CatchClause,
        _ code: UInt
    ) -> Code? {
        let state = unsafe machine(context)
        var slot = unsafe place.sp + region.base
        if clause.tag != nil {
            for index in 0..<Int(exception.length) {
                let bits = exception.load(HeapShape.headerBytes + index * 8, as: UInt64.self)
                unsafe slot.storeBytes(of: bits, as: UInt64.self)
                unsafe slot += 8
            }
        }
        if clause.hasReference { unsafe slot.storeBytes(of: exception.bits, as: UInt64.self) }
        guard let target = unsafe Code(bitPattern: code + UInt(clause.target)) else { return nil }
        if let crossTop = unsafe place.crossTop { unsafe state.pointee.crossTop = crossTop }
        unsafe state.pointee.resumeCode = target
        unsafe state.pointee.resumeFrame = place.sp
        unsafe state.pointee.resumeContext = place.context
        return unsafe instance.machine.resumeStub
    }
}

/// Where an exception looks for somebody to catch it.
@safe
private struct Unwinding {
    // Safety: of the guest that throws; its frames stay until it goes on.
    var pc: Code
    var sp: Frame
    var context: Frame
    /// The stack of calls between instances, once one of them was left.
    var crossTop: UnsafeMutablePointer<CrossLink>?

    init(pc: Code, sp: Frame, context: Frame) {
        unsafe self.pc = unsafe pc
        unsafe self.sp = unsafe sp
        unsafe self.context = unsafe context
    }

    /// Goes to the caller; false when that is the host.
    mutating func leave(_ entry: CodeArena.Entry, _ machine: Machine) -> Bool {
        guard let start = unsafe UnsafeRawPointer(bitPattern: entry.start) else { return false }
        // What throws or calls is no function's first operation: the frame was moved, if it is to be.
        let base = unsafe sp - Int(entry.wideBytes)
        let link = unsafe base + Int(start.load(as: CodeHeader.self).linkOffset)
        unsafe pc = link.load(as: Code.self)
        unsafe sp = link.load(fromByteOffset: 8, as: Frame.self)
        if unsafe pc == machine.state.pointee.crossReturnCode {
            let cross = unsafe sp.assumingMemoryBound(to: CrossLink.self)
            unsafe crossTop = cross
            unsafe pc = cross.pointee.pc
            unsafe sp = cross.pointee.sp
            unsafe context = cross.pointee.context
        }
        guard unsafe !machine.isExit(pc) else { return false }
        // The way back is behind the call.
        unsafe pc -= 1
        return true
    }
}
