// Instructions that only move values.

extension FunctionTranslator {
    /// Begins an instruction and says at which word.
    @inline(__always)
    mutating func begin(_ operation: UInt16) -> Int {
        flush()
        comparison = nil
        isInFlight = false
        let start = code.count
        code.append(operation)
        return start
    }

    /// An operand that is a slot.
    @inline(__always)
    mutating func appendSlot(_ slot: UInt32) {
        code.append(UInt16(truncatingIfNeeded: slot))
    }

    /// A slot that 16 bits can name and that holds what `operand` holds.
    mutating func near(_ operand: inout Operand) -> UInt16 {
        UInt16(truncatingIfNeeded: slot(&operand))
    }

    /// Copies a value of `type`; the accumulators keep theirs.
    mutating func emitCopy(_ type: ValueType, from source: UInt32, to target: UInt32) {
        comparison = nil
        if Self.isFar(max(source, target)) {
            code.append(Operation.copyWide)
            code.append32(source)
            code.append32(target)
            if type == .v128 {
                code.append(Operation.copyWide)
                code.append32(source + 8)
                code.append32(target + 8)
            }
        } else if type != .v128, held.integer == source {
            code.append(Operation.copy + CopyForm.accumulator)
            appendSlot(target)
        } else {
            code.append(type == .v128 ? Operation.copyVector : Operation.copy + CopyForm.slot)
            appendSlot(source)
            appendSlot(target)
        }
        held.forget(target)
        if type == .v128 { held.forget(target + 8) }
    }

    /// Writes a constant into a slot; the accumulators keep theirs.
    mutating func emitConstant(_ operand: Operand, to target: UInt32) {
        comparison = nil
        if operand.type == .v128 { return emitVectorZero(to: target) }
        if let short = shortImmediate(operand) {
            code.append(Operation.copy + CopyForm.immediate)
            code.append32(short)
        } else {
            code.append(Operation.copy + CopyForm.long)
            code.append64(operand.bits)
        }
        appendSlot(target)
        held.forget(target)
    }

    /// Only code that cannot be reached has constants of this type.
    private mutating func emitVectorZero(to target: UInt32) {
        code.append(Operation.zero2)
        appendSlot(target)
    }

    /// The 32 bits that, with their sign, make the constant's 64 (its 32 for i32 and f32); `nil` when
    /// none do.
    @inline(__always)
    func shortImmediate(_ operand: Operand) -> UInt32? {
        let low = UInt32(truncatingIfNeeded: operand.bits)
        if operand.type == .i32 || operand.type == .f32 { return low }
        let isShort = Int64(bitPattern: operand.bits) == Int64(Int32(bitPattern: low))
        return isShort ? low : nil
    }

    /// Computes a sum into a slot; nothing that only an accumulator holds is lost.
    mutating func emitSum(_ operand: Operand, to target: UInt32) {
        comparison = nil
        let start = code.count
        let isFree = !isInFlight && resident < 0
        code.append(isFree ? Operation.i32Add + 3 : Operation.sum)
        appendSlot(operand.slot)
        code.append32(UInt32(truncatingIfNeeded: operand.bits))
        appendSlot(target)
        held.forget(target)
        guard isFree else { return }
        held.integer = target
        counter = Counter(
            start: start,
            end: code.count,
            source: operand.slot,
            addend: UInt32(truncatingIfNeeded: operand.bits),
            target: target
        )
    }

    /// The last instruction has just got a slot to write: if it adds a constant to a slot, a branch
    /// may take it over.
    mutating func noteCounter(_ target: UInt32) {
        guard code[last] == Operation.i32Add + 3 else { return }
        counter = Counter(
            start: last,
            end: code.count,
            source: UInt32(code[last + 1]),
            addend: code.read32(at: last + 2),
            target: target
        )
    }

    /// Brings a constant or a slot into the accumulator of its type, as an instruction of its own.
    mutating func emitTake(_ operand: Operand) {
        flush()
        comparison = nil
        isInFlight = true
        let kind = AccumulatorClass(operand.type)
        if operand.place == .slot {
            let forms = [TakeForm.slot, TakeForm.f32Slot, TakeForm.f64Slot, TakeForm.slot]
            code.append(Operation.take + forms[Int(kind.rawValue)])
            appendSlot(operand.slot)
            held[kind] = operand.slot
            return
        }
        held[kind] = AccumulatorSlots.none
        switch kind {
        case .f32:
            code.append(Operation.take + TakeForm.f32Immediate)
            code.append32(UInt32(truncatingIfNeeded: operand.bits))
        case .f64:
            code.append(Operation.take + TakeForm.f64Immediate)
            code.append64(operand.bits)
        case .integer, .none:
            if let short = shortImmediate(operand) {
                code.append(Operation.take + TakeForm.immediate)
                code.append32(short)
            } else {
                code.append(Operation.take + TakeForm.long)
                code.append64(operand.bits)
            }
        }
    }

    /// Clears the slots from `first` to `end`, eight at a time; what lies behind may be cleared too,
    /// since nothing is there yet.
    mutating func emitZeros(from first: UInt32, to end: UInt32) {
        var slot = first
        while slot < end {
            let count = (end - slot) / 8
            let (operation, done): (UInt16, UInt32) =
                switch count {
                case 1: (Operation.zero1, 1)
                case 2: (Operation.zero2, 2)
                case 3, 4: (Operation.zero4, 4)
                default: (Operation.zero8, 8)
                }
            code.append(operation)
            appendSlot(slot)
            slot += done * 8
        }
    }
}

/// The order of `Operation.copy`'s handlers.
enum CopyForm {
    static let slot: UInt16 = 0
    static let accumulator: UInt16 = 1
    static let f32: UInt16 = 2
    static let f64: UInt16 = 3
    static let immediate: UInt16 = 4
    static let long: UInt16 = 5
}

/// The order of `Operation.take`'s handlers.
enum TakeForm {
    static let slot: UInt16 = 0
    static let immediate: UInt16 = 1
    static let long: UInt16 = 2
    static let f32Slot: UInt16 = 3
    static let f32Immediate: UInt16 = 4
    static let f64Slot: UInt16 = 5
    static let f64Immediate: UInt16 = 6
}
