// Branches: what they carry, where they go.

extension FunctionTranslator {
    /// The block that the label `depth` means, as an index of `controls`.
    mutating func label() throws(ModuleError) -> Int {
        let start = reader.position
        let depth = try reader.u32()
        guard depth < controls.count else { throw .invalid("unknown label \(depth)", at: start) }
        return controls.count - 1 - Int(depth)
    }

    /// The 32-bit operand that leads to a label, for the instruction that begins at word `origin`.
    mutating func appendTarget(_ index: Int, origin: Int) {
        if controls[index].kind == .loop {
            var target = controls[index].start
            if isMetered, let paid = Operation.paying(code[origin]) {
                code[origin] = paid
                target += Operation.fuelWordCount
            }
            let distance = (target - origin) * 2
            return code.append32(UInt32(bitPattern: Int32(truncatingIfNeeded: distance)))
        }
        if isReachable {
            fixups.append(
                Fixup(word: code.count, origin: origin, next: controls[index].fixup)
            )
            controls[index].fixup = fixups.count - 1
        }
        code.append32(0)
    }

    /// Fills in the operands that wait in the list from `first`; the label is here.
    mutating func resolve(_ first: Int) {
        var index = first
        while index >= 0 {
            let fixup = fixups[index]
            let distance = (code.count - fixup.origin) * 2
            code.write32(UInt32(bitPattern: Int32(truncatingIfNeeded: distance)), at: fixup.word)
            index = fixup.next
        }
    }

    /// Checks that the top of the stack fits the label, and leaves it there with the label's types.
    mutating func checkLabel(_ index: Int) throws(ModuleError) {
        let count = controls[index].labelCount
        guard count > 0 else { return }
        // Values that move are the one thing that a short instruction makes much code of.
        guard code.count <= codeCountMax else { throw tooLarge() }
        try spend(count)
        let bottom = floor
        if stack.count - bottom >= count {
            for place in 0..<count {
                let operand = stack[stack.count - count + place]
                let wanted = controls[index].labelType(place)
                guard operand.type == wanted || module.types.matches(operand.type, wanted) else {
                    throw mismatch()
                }
            }
            return
        }
        // Only unreachable code has fewer. What is missing has any type, also for a next label.
        var types: [ValueType] = []
        for place in (0..<count).reversed() {
            types.append(try pop(controls[index].labelType(place)).type)
        }
        for type in types.reversed() { pushConstant(type, 0) }
    }

    /// Whether the values for the label are where it wants them, once they are in their homes.
    private func isInPlace(_ index: Int) -> Bool {
        let count = controls[index].labelCount
        guard count > 0, stack.count >= count else { return true }
        if controls[index].kind == .function { return false }
        return stack[stack.count - count].home == controls[index].base
    }

    /// `br`: the values move, then the jump.
    mutating func branch() throws(ModuleError) {
        let index = try label()
        try checkLabel(index)
        emitBranch(index)
        becomeUnreachable()
    }

    mutating func returnOperator() throws(ModuleError) {
        try checkLabel(0)
        emitReturn()
        becomeUnreachable()
    }

    mutating func emitBranch(_ index: Int) {
        if controls[index].kind == .function { return emitReturn() }
        let count = controls[index].labelCount
        let base = controls[index].base
        if count == 1, resident == stack.count - 1 {
            let operand = stack[stack.count - 1]
            resident = -1
            writeResident(operand, to: base)
            stack[stack.count - 1].place = .slot
            stack[stack.count - 1].slot = base
            // Only the jump follows, so that the entry need not be at home.
            if base != operand.home { aliasCount += 1 }
        } else {
            moveTop(count, to: base)
        }
        let start = begin(Operation.br)
        appendTarget(index, origin: start)
    }

    /// Copies the top `count` values to the slots from `base` on, which lie below their homes or are
    /// these.
    mutating func moveTop(_ count: Int, to base: UInt32) {
        flush()
        var target = base
        for index in (stack.count - count)..<stack.count {
            let operand = stack[index]
            if operand.place == .constant {
                emitConstant(operand, to: target)
            } else if operand.place == .sum {
                emitSum(operand, to: target)
            } else if operand.slot != target {
                emitCopy(operand.type, from: operand.slot, to: target)
            }
            target += operand.type == .v128 ? 16 : 8
        }
    }

    /// Returns with the top of the stack.
    mutating func emitReturn() {
        if wide.bytes > 0 { return emitWideReturn() }
        let count = type.results.count
        guard count == 1, type.results[0] != .v128, stack.count >= 1 else {
            if count > 0 {
                // Results may land on parameters that are results themselves: all go home first.
                settle(count)
                moveTop(count, to: 0)
            }
            _ = begin(Operation.ret + ReturnForm.nothing)
            return appendSlot(linkOffset)
        }
        if stack[stack.count - 1].place == .sum { settleEntry(stack.count - 1) }
        let operand = stack[stack.count - 1]
        let kind = AccumulatorClass(operand.type)
        let isHeld =
            operand.place == .accumulator
            || (operand.place == .slot && held[kind] == operand.slot)
        if isHeld {
            resident = -1
            let forms = [
                ReturnForm.accumulator, ReturnForm.f32Accumulator, ReturnForm.f64Accumulator, 0,
            ]
            _ = begin(Operation.ret + forms[Int(kind.rawValue)])
            return appendSlot(linkOffset)
        }
        if operand.place == .constant {
            if kind == .integer, let short = shortImmediate(operand) {
                _ = begin(Operation.ret + ReturnForm.immediate)
                appendSlot(linkOffset)
                return code.append32(short)
            }
            settle(1)
        }
        let place = stack[stack.count - 1].slot
        let forms = [ReturnForm.slot, ReturnForm.f32Slot, ReturnForm.f64Slot, 0]
        _ = begin(Operation.ret + forms[Int(kind.rawValue)])
        appendSlot(linkOffset)
        appendSlot(place)
    }

    /// Emits a jump to a place to be filled in later, taken when `condition` is `wanted`; its
    /// origin word is given back, and the operand's word is the last two.
    mutating func emitConditional(_ condition: Operand, if wanted: Bool) -> Int {
        if condition.place == .accumulator, let made = comparison {
            comparison = nil
            isInFlight = false
            return fuseCounter(made, if: wanted) ?? fuse(made, if: wanted)
        }
        if condition.place == .slot, wanted, counter.end == code.count,
            counter.target == condition.slot, counter.end > counter.start
        {
            // A counter that is compared with nothing but zero.
            flush()
            code.truncate(to: counter.start)
            return emitCounter(1, isSlot: false, 0)
        }
        let family = wanted ? Operation.brIf : Operation.brUnless
        var operand = condition
        if operand.place == .constant { _ = slot(&operand) }
        let isHeld = operand.place == .accumulator || held.integer == operand.slot
        let start = begin(family + (isHeld ? 1 : 0))
        if !isHeld { appendSlot(operand.slot) }
        return start
    }

    /// The last two instructions, a counter and its comparison, become one with the branch.
    private mutating func fuseCounter(_ made: Comparison, if wanted: Bool) -> Int? {
        guard made.type == .i32, made.form >= 2, counter.end == last, counter.end > counter.start
        else { return nil }
        let condition = wanted ? made.condition : made.condition ^ 1
        guard Operation.countingConditions.contains(condition) else { return nil }
        let isSlot = made.form == 2
        let operand = isSlot ? UInt32(code[last + 1]) : code.read32(at: last + 1)
        code.truncate(to: counter.start)
        return emitCounter(condition, isSlot: isSlot, operand)
    }

    private mutating func emitCounter(
        _ condition: UInt16,
        isSlot: Bool,
        _ operand: UInt32
    ) -> Int {
        let start = code.count
        let place = condition - Operation.countingConditions.lowerBound
        code.append(Operation.brCountNe + place * 2 + (isSlot ? 0 : 1))
        appendSlot(counter.source)
        code.append32(counter.addend)
        appendSlot(counter.target)
        if isSlot { appendSlot(operand) } else { code.append32(operand) }
        counter = Counter()
        comparison = nil
        held.integer = UInt32(code[start + 4])
        return start
    }

    /// The last instruction, a comparison, becomes a branch.
    private mutating func fuse(_ made: Comparison, if wanted: Bool) -> Int {
        let start = last
        var condition = made.condition
        let isFloat = made.type == .f32 || made.type == .f64
        if !wanted {
            condition = isFloat && condition >= 2 ? condition + 4 : condition ^ 1
        }
        let isZeroTest =
            made.type == .i32 && condition < 2 && made.form & 1 == 1
            && code.read32(at: code.count - 2) == 0
        if isZeroTest {
            code.truncate(to: code.count - 2)
            let family = condition == 0 ? Operation.brUnless : Operation.brIf
            code[start] = family + (made.form >> 1)
            return start
        }
        code[start] = made.type.branchFamily + condition * 4 + made.form
        return start
    }

    /// `br_if`, and what branches in the same way.
    mutating func branchIf() throws(ModuleError) {
        let index = try label()
        let condition = try pop(.i32)
        try checkLabel(index)
        emitBranchIf(condition, to: index)
    }

    mutating func emitBranchIf(_ condition: Operand, to index: Int) {
        let count = controls[index].labelCount
        if count == 0, controls[index].kind != .function {
            let start = emitConditional(condition, if: true)
            appendTarget(index, origin: start)
            return
        }
        var condition = condition
        if count > 0 {
            _ = slot(&condition)
            settle(count)
        }
        if isInPlace(index), controls[index].kind != .function {
            let start = emitConditional(condition, if: true)
            appendTarget(index, origin: start)
            return retype(index)
        }
        let start = emitConditional(condition, if: false)
        let word = code.count
        code.append32(0)
        let saved = held
        if controls[index].kind == .function {
            emitReturn()
        } else {
            moveTop(count, to: controls[index].base)
            let jump = begin(Operation.br)
            appendTarget(index, origin: jump)
        }
        held = saved
        comparison = nil
        let distance = (code.count - start) * 2
        code.write32(UInt32(truncatingIfNeeded: distance), at: word)
        if count > 0 { retype(index) }
        forgetAccumulators()
    }

    /// After a branch not taken the values have the label's types.
    private mutating func retype(_ index: Int) {
        let count = controls[index].labelCount
        guard stack.count >= count else { return }
        for place in 0..<count {
            stack[stack.count - count + place].type = controls[index].labelType(place)
        }
    }

    /// `br_table`.
    mutating func branchTable() throws(ModuleError) {
        let start = reader.position
        let count = try reader.u32()
        guard Int(count) <= reader.remaining else {
            throw .malformed("unexpected end", at: start)
        }
        guard Int(count) <= ModuleLimits.branchTableCountMax else {
            throw .limit("br_table with \(count) targets", at: start)
        }
        var targets: [Int] = []
        targets.reserveCapacity(Int(count) + 1)
        for _ in 0...count { targets.append(try label()) }
        var operand = try pop(.i32)
        let arity = controls[targets[targets.count - 1]].labelCount
        var last = -1
        for target in targets.sorted() where target != last {
            guard controls[target].labelCount == arity else { throw mismatch() }
            try checkLabel(target)
            last = target
        }
        if arity > 0 {
            _ = slot(&operand)
            settle(arity)
        } else if operand.place == .constant {
            _ = slot(&operand)
        }
        try emitTable(operand, targets, arity)
        becomeUnreachable()
    }

    private mutating func emitTable(
        _ operand: Operand,
        _ targets: [Int],
        _ arity: Int
    ) throws(ModuleError) {
        let isHeld = operand.place == .accumulator || held.integer == operand.slot
        let origin = begin(Operation.brTable + (isHeld ? 1 : 0))
        if !isHeld { appendSlot(operand.slot) }
        code.append32(UInt32(targets.count - 1))
        // From here on 32 bits, or two words of code, for each target.
        let words = code.count
        var moving: [Int] = []
        for (index, target) in targets.enumerated() {
            if controls[target].kind != .function, isInPlace(target) {
                appendTarget(target, origin: origin)
            } else {
                moving.append(index)
                code.append32(0)
            }
        }
        // Where values must move, or the function ends, a piece of code of its own does it, one a target.
        moving.sort { (targets[$0], $0) < (targets[$1], $1) }
        var piece = (target: -1, start: 0)
        for index in moving {
            if piece.target != targets[index] {
                piece = (targets[index], code.count)
                forgetAccumulators()
                emitBranch(piece.target)
                guard code.count <= codeCountMax else { throw tooLarge() }
            }
            let word = words + 2 * index
            code.write32(UInt32(truncatingIfNeeded: (piece.start - origin) * 2), at: word)
        }
    }
}
