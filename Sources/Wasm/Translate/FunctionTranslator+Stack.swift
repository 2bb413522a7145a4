// The operand stack: types checked, places kept.

extension FunctionTranslator {
    /// Makes room for a result that was emitted into its home.
    @inline(__always)
    mutating func push(_ type: ValueType) {
        let home = top
        grow(type)
        stack.append(Operand(type: type, place: .slot, home: home, slot: home))
    }

    @inline(__always)
    mutating func grow(_ type: ValueType) {
        top += type == .v128 ? 16 : 8
        if top > topMax { topMax = top }
    }

    @inline(__always)
    mutating func pushConstant(_ type: ValueType, _ bits: UInt64) {
        let home = top
        grow(type)
        stack.append(
            Operand(type: type, place: .constant, home: home, slot: home, bits: bits)
        )
    }

    @inline(__always)
    mutating func pushLocal(_ type: ValueType, _ slot: UInt32) {
        if stack.count >= Self.deferredMax { return pushCopy(type, slot) }
        let home = top
        grow(type)
        aliasCount += 1
        stack.append(Operand(type: type, place: .slot, home: home, slot: slot))
    }

    /// Operands, from the bottom of the stack, that may be left where they are until they are needed.
    ///
    /// Whoever looks for those that mean a local looks at no others: code of many operands is rare, and must
    /// not be slow to translate.
    static let deferredMax = 256

    /// A local's value, brought home.
    @inline(never)
    mutating func pushCopy(_ type: ValueType, _ slot: UInt32) {
        flush()
        emitCopy(type, from: slot, to: top)
        push(type)
    }

    /// The result of the instruction that begins at word `start` and is the last one, in its
    /// accumulator.
    @inline(__always)
    mutating func pushResident(
        _ type: ValueType,
        _ start: Int,
        isZeroExtended: Bool = false,
        hasSlotForm: Bool = true
    ) {
        let home = top
        grow(type)
        held[AccumulatorClass(type)] = AccumulatorSlots.none
        resident = stack.count
        last = start
        lastEnd = hasSlotForm ? code.count : Self.noForm
        stack.append(
            Operand(
                type: type,
                place: .accumulator,
                isZeroExtended: isZeroExtended,
                home: home,
                slot: home
            )
        )
    }

    /// Takes the top off, whatever its type.
    @inline(__always)
    mutating func pop() throws(ModuleError) -> Operand {
        if stack.count == floor {
            guard controls[controls.count - 1].isUnreachable else { throw mismatch() }
            return Operand(type: .unknown, place: .constant, home: top, slot: top)
        }
        if stack[stack.count - 1].place == .sum { settleEntry(stack.count - 1) }
        return popAny()
    }

    /// Takes the top off, as it is.
    @inline(__always)
    mutating func popAny() -> Operand {
        let operand = stack.removeLast()
        top = operand.home
        if operand.isDeferred { aliasCount -= 1 }
        if operand.place == .accumulator {
            resident = -1
            isInFlight = true
        }
        return operand
    }

    /// Takes an address off, which may be a sum.
    mutating func popAddress(_ type: ValueType) throws(ModuleError) -> Operand {
        let index = stack.count - 1
        guard index >= floor, stack[index].place == .sum,
            type == .i32
        else { return try pop(type) }
        return popAny()
    }

    /// Takes the top off, which must be of `type`.
    @inline(__always)
    mutating func pop(_ type: ValueType) throws(ModuleError) -> Operand {
        let operand = try pop()
        if operand.type != type {
            guard module.types.matches(operand.type, type) else { throw mismatch() }
        }
        return operand
    }

    /// The value is in a slot afterwards; the slot's byte offset.
    ///
    /// Nothing was emitted since the operand was popped, but for moves.
    mutating func slot(_ operand: inout Operand) -> UInt32 {
        switch operand.place {
        case .slot: break
        case .sum:
            flush()
            emitSum(operand, to: operand.home)
            operand.slot = operand.home
        case .constant:
            flush()
            emitConstant(operand, to: operand.home)
            operand.slot = operand.home
            if operand.home + 8 > topMax { topMax = operand.home + 8 }
        case .accumulator:
            writeResident(operand, to: operand.home)
            operand.slot = operand.home
        }
        operand.place = .slot
        return operand.slot
    }

    /// Changes the last instruction, which has left `operand` in its accumulator, so that it writes
    /// the slot `target` as well.
    mutating func writeResident(_ operand: Operand, to target: UInt32) {
        comparison = nil
        if code.count == lastEnd {
            code[last] += 1
            code.append(UInt16(truncatingIfNeeded: target))
            noteCounter(target)
        } else {
            // There is no such form, or a sum or a copy has followed, which leave accumulators alone.
            let forms = [CopyForm.accumulator, CopyForm.f32, CopyForm.f64, CopyForm.accumulator]
            code.append(Operation.copy + forms[Int(AccumulatorClass(operand.type).rawValue)])
            appendSlot(target)
        }
        isInFlight = false
        held.forget(target)
        held[AccumulatorClass(operand.type)] = target
    }

    /// Every entry's value is in its accumulator for the next instruction only: whatever is still on
    /// the stack goes to its home now, before that instruction is emitted.
    @inline(__always)
    mutating func flush() {
        if resident >= 0 { flushResident() }
    }

    @inline(never)
    private mutating func flushResident() {
        let index = resident
        resident = -1
        writeResident(stack[index], to: stack[index].home)
        stack[index].place = .slot
        stack[index].slot = stack[index].home
    }

    /// Brings the top `count` entries into their homes.
    mutating func settle(_ count: Int) {
        flush()
        for index in max(stack.count - count, 0)..<stack.count { settleEntry(index) }
    }

    mutating func settleEntry(_ index: Int) {
        let operand = stack[index]
        switch operand.place {
        case .accumulator: flush()
        case .sum:
            flush()
            aliasCount -= 1
            emitSum(operand, to: operand.home)
        case .slot:
            guard operand.slot != operand.home else { return }
            aliasCount -= 1
            emitCopy(operand.type, from: operand.slot, to: operand.home)
        case .constant: emitConstant(operand, to: operand.home)
        }
        stack[index].place = .slot
        stack[index].slot = operand.home
    }

    /// Brings every entry that is a local's slot into its home, and the one in an accumulator.
    mutating func settleAll() {
        flush()
        // From the top, where they are: who has many operands does not pay for all of them at each block.
        var index = min(stack.count, Self.deferredMax)
        while aliasCount > 0, index > 0 {
            index -= 1
            if stack[index].isDeferred { settleEntry(index) }
        }
    }

    /// The local whose slot this is gets another value: entries that mean the old one keep it.
    mutating func preserve(_ slot: UInt32) {
        var left = aliasCount
        var index = min(stack.count, Self.deferredMax)
        while left > 0, index > 0 {
            index -= 1
            guard stack[index].isDeferred else { continue }
            left -= 1
            guard stack[index].slot == slot else { continue }
            if stack[index].place == .sum {
                settleEntry(index)
                continue
            }
            // An entry of the stack that is in an accumulator goes home while its instruction is the
            // last one; an operand that was taken off may stay there, copies leave it alone.
            flush()
            aliasCount -= 1
            emitCopy(stack[index].type, from: slot, to: stack[index].home)
            stack[index].slot = stack[index].home
        }
    }

    /// A label: nobody knows what the accumulators hold.
    @inline(__always)
    mutating func forgetAccumulators() {
        held = AccumulatorSlots()
        comparison = nil
        counter = Counter()
        scaled = Scaled()
    }

    /// Takes the top `types` off, the last one first, and checks them.
    mutating func pop(_ types: [ValueType]) throws(ModuleError) {
        for type in types.reversed() { _ = try pop(type) }
    }

    /// What follows cannot be reached.
    mutating func becomeUnreachable() {
        let control = controls.count - 1
        while stack.count > controls[control].height {
            let operand = stack.removeLast()
            top = operand.home
            if operand.isDeferred { aliasCount -= 1 }
        }
        resident = -1
        controls[control].isUnreachable = true
        if deadStart < 0 { deadStart = code.count }
        forgetAccumulators()
    }
}
