// From opcodes to the functions that validate and translate them.

extension FunctionTranslator {
    /// Whether the module may use `feature`; an opcode of one that is off is unknown.
    func need(_ feature: WasmFeatures, _ name: String) throws(ModuleError) {
        guard module.features.contains(feature) else {
            throw .unsupported("opcode of feature \(name), which is off", at: offset)
        }
    }

    /// One instruction, whose opcode was read.
    @inline(__always)
    mutating func instruction(_ opcode: UInt8) throws(ModuleError) {
        switch opcode {
        case 0x20: try localGet()
        case 0x21: try localSet()
        case 0x22: try localTee()
        case 0x41:
            let value = try reader.s32()
            pushConstant(.i32, UInt64(UInt32(bitPattern: value)))
        case 0x42: pushConstant(.i64, UInt64(bitPattern: try reader.s64()))
        case 0x43: pushConstant(.f32, UInt64(try reader.fixed32()))
        case 0x44: pushConstant(.f64, try reader.fixed64())
        case 0x45...0xC4: try numericOperator(Int(opcode))
        case 0x28...0x35: try load(.load(opcode - 0x28))
        case 0x36...0x3E: try store(.store(opcode - 0x36))
        case 0x00...0x1F: try controlInstruction(opcode)
        default: try otherInstruction(opcode)
        }
    }

    @inline(__always)
    private mutating func controlInstruction(_ opcode: UInt8) throws(ModuleError) {
        switch opcode {
        case 0x00:
            _ = begin(Operation.unreachable)
            becomeUnreachable()
        case 0x01: break
        case 0x02: try block()
        case 0x03: try loop()
        case 0x04: try ifOperator()
        case 0x05: try elseOperator()
        case 0x0B: try end()
        case 0x0C: try branch()
        case 0x0D: try branchIf()
        case 0x0E: try branchTable()
        case 0x0F: try returnOperator()
        case 0x10: try call()
        case 0x11: try callIndirect()
        case 0x1A: try drop()
        case 0x1B: try select(nil)
        case 0x1C: try selectTyped()
        default: try laterInstruction(opcode)
        }
    }

    private mutating func laterInstruction(_ opcode: UInt8) throws(ModuleError) {
        switch opcode {
        case 0x12:
            try need(.tailCalls, "tail-call")
            try returnCall()
        case 0x13:
            try need(.tailCalls, "tail-call")
            try returnCallIndirect()
        case 0x14:
            try need(.functionReferences, "function-references")
            try callRef()
        case 0x15:
            try need(.functionReferences, "function-references")
            try returnCallRef()
        case 0x08:
            try need(.exceptions, "exceptions")
            try throwOperator()
        case 0x0A:
            try need(.exceptions, "exceptions")
            try throwReferenceOperator()
        case 0x1F:
            try need(.exceptions, "exceptions")
            try tryTable()
        default: throw .malformed("illegal opcode", at: offset)
        }
    }

    private mutating func otherInstruction(_ opcode: UInt8) throws(ModuleError) {
        switch opcode {
        case 0x23: try globalGet()
        case 0x24: try globalSet()
        case 0x25: try tableGetOperator()
        case 0x26: try tableSetOperator()
        case 0x3F: try memorySizeOperator()
        case 0x40: try memoryGrowOperator()
        case 0xD0: try referenceNull()
        case 0xD1: try referenceIsNull()
        case 0xD2: try referenceFunctionOperator()
        case 0xD3:
            try need(.garbageCollection, "gc")
            try referenceEqual()
        case 0xD4:
            try need(.functionReferences, "function-references")
            try referenceAsNonNull()
        case 0xD5:
            try need(.functionReferences, "function-references")
            try branchOnNull()
        case 0xD6:
            try need(.functionReferences, "function-references")
            try branchOnNonNull()
        case 0xFB:
            try need(.garbageCollection, "gc")
            try heapOperator()
        case 0xFC: try prefixedInstruction()
        case 0xFD:
            try need(.simd, "simd")
            try vectorOperator()
        case 0xFE:
            try need(.threads, "threads")
            try atomicOperator()
        default: throw .malformed("illegal opcode", at: offset)
        }
    }

    private mutating func prefixedInstruction() throws(ModuleError) {
        let opcode = try reader.u32()
        switch opcode {
        case 0...7: try numericOperator(0xC5 + Int(opcode))
        case 8: try memoryInitOperator()
        case 9: try dataDropOperator()
        case 10: try memoryCopyOperator()
        case 11: try memoryFillOperator()
        case 12: try tableInitOperator()
        case 13: try elementDropOperator()
        case 14: try tableCopyOperator()
        case 15: try tableGrowOperator()
        case 16: try tableSizeOperator()
        case 17: try tableFillOperator()
        default: throw .malformed("illegal opcode", at: offset)
        }
    }

    /// `br_on_null`: without the reference when it branches, with a non-null one when not.
    private mutating func branchOnNull() throws(ModuleError) {
        let index = try label()
        var operand = try pop()
        guard operand.type.isReference || operand.type == .unknown else { throw mismatch() }
        try checkLabel(index)
        _ = slot(&operand)
        let test = operand
        let kept = operand.type.asNonNullable
        pushAgain(operand, kept)
        var bits = test
        bits.home = top
        emitNullTest(bits)
        let condition = try pop()
        let reference = try pop()
        emitBranchIf(condition, to: index)
        pushAgain(reference, kept)
    }

    /// `br_on_non_null`: with the reference when it branches, without when not.
    private mutating func branchOnNonNull() throws(ModuleError) {
        let index = try label()
        let count = controls[index].labelCount
        guard count > 0 else { throw mismatch() }
        var operand = try pop()
        guard operand.type.isReference || operand.type == .unknown else { throw mismatch() }
        _ = slot(&operand)
        pushAgain(operand, operand.type.asNonNullable)
        try checkLabel(index)
        var bits = operand
        bits.home = top
        emitZeroTest(bits)
        if bits.place == .slot { bits.type = .i64 }
        let zero = try pop()
        emitBranchIf(try notZero(zero), to: index)
        _ = try pop()
    }

    /// The opposite of a condition that was just made.
    private mutating func notZero(_ condition: Operand) throws(ModuleError) -> Operand {
        resident = stack.count
        stack.append(condition)
        top = condition.home + 8
        try numericOperator(0x45)
        return try pop()
    }
}
