// Operators on numbers: choosing the form that reads the operands where they are.

/// The order of a binary family's forms; each has one handler or two.
private enum Form {
    static let slotSlot: UInt16 = 0
    static let slotImmediate: UInt16 = 1
    static let accumulatorSlot: UInt16 = 2
    static let accumulatorImmediate: UInt16 = 3
    static let slotAccumulator: UInt16 = 4
    static let immediateSlot: UInt16 = 5
    static let immediateAccumulator: UInt16 = 6
}

extension FunctionTranslator {
    /// The operator at `index` of the table.
    @inline(__always)
    mutating func numericOperator(_ index: Int) throws(ModuleError) {
        let entry = numeric[index]
        switch entry.shape {
        case .commutative, .right, .binary: try binary(entry)
        case .comparison: try compare(entry)
        case .isZero: try isZero(entry)
        case .unary: try unary(entry)
        case .held: held(entry, try pop(entry.operand))
        case .wrap: try wrap()
        case .extendUnsigned: try extendUnsigned(entry)
        case .reinterpret: try reinterpret(entry)
        case .promoted: try promoted(entry)
        case .none: throw .malformed("illegal opcode", at: offset)
        }
    }

    /// Whether the value is in the accumulator of its class, there alone or as well.
    @inline(__always)
    private func isInAccumulator(_ operand: Operand, _ kind: AccumulatorClass) -> Bool {
        operand.place == .accumulator || (operand.place == .slot && held[kind] == operand.slot)
    }

    /// Whether the constant can be an operand of an instruction.
    @inline(__always)
    private func isImmediate(_ operand: Operand, _ kind: AccumulatorClass) -> Bool {
        guard operand.place == .constant else { return false }
        return kind != .integer || shortImmediate(operand) != nil
    }

    private mutating func appendImmediate(_ operand: Operand, _ kind: AccumulatorClass) {
        if kind == .f64 {
            code.append64(operand.bits)
        } else {
            code.append32(UInt32(truncatingIfNeeded: operand.bits))
        }
    }

    /// Brings what cannot be an operand where it can: at most one constant stays, and it fits.
    private mutating func arrange(
        _ x: inout Operand,
        _ y: inout Operand,
        _ kind: AccumulatorClass,
        hasLeftImmediate: Bool = true
    ) {
        if x.place == .constant, y.place == .constant {
            if isImmediate(y, kind) { take(&x) } else { _ = slot(&x) }
        }
        if y.place == .constant, !isImmediate(y, kind) {
            if x.place == .accumulator { _ = slot(&x) }
            take(&y)
        } else if x.place == .constant, !hasLeftImmediate || !isImmediate(x, kind) {
            if y.place == .accumulator { _ = slot(&y) }
            take(&x)
        }
    }

    private mutating func take(_ operand: inout Operand) {
        emitTake(operand)
        operand.place = .accumulator
    }

    /// A slot plus a constant is kept as that; true when it was.
    private mutating func deferSum() -> Bool {
        let index = stack.count - 2
        guard index >= floor, index < Self.deferredMax, stack[index + 1].place == .constant,
            stack[index + 1].type == .i32, stack[index].type == .i32
        else { return false }
        switch stack[index].place {
        case .slot:
            if !stack[index].isLocal { aliasCount += 1 }
            stack[index].bits = 0
        case .sum: break
        case .constant, .accumulator: return false
        }
        let addend = UInt32(truncatingIfNeeded: stack[index].bits &+ stack[index + 1].bits)
        stack[index].place = .sum
        stack[index].bits = UInt64(addend)
        stack[index].isZeroExtended = true
        _ = popAny()
        return true
    }

    private mutating func binary(_ entry: NumericEntry) throws(ModuleError) {
        if entry.operation == Operation.i32Add, deferSum() { return }
        var y = try pop(entry.operand)
        var x = try pop(entry.operand)
        let kind = AccumulatorClass(entry.operand)
        if entry.shape == .commutative, x.place == .constant { swap(&x, &y) }
        if entry.operation == Operation.i32Add, addScaled(x, y) { return }
        arrange(&x, &y, kind, hasLeftImmediate: entry.shape != .right)
        let start = emitForm(
            entry.operation,
            &x,
            &y,
            kind,
            stride: entry.hasSlotResult ? 2 : 1,
            isCommutative: entry.shape == .commutative
        )
        pushResident(entry, start.word)
        if entry.operand == .i32 { noteScaled(entry.operation, start, x, y) }
    }

    /// The result of an operator, which the instruction at word `start` has computed.
    @inline(__always)
    private mutating func pushResident(_ entry: NumericEntry, _ start: Int) {
        pushResident(
            entry.result,
            start,
            isZeroExtended: entry.result == .i32,
            hasSlotForm: entry.hasSlotResult
        )
    }

    /// Remembers a shift by a constant, or a sum of two slots, for the address it may become.
    private mutating func noteScaled(
        _ operation: UInt16,
        _ made: (word: Int, form: UInt16),
        _ x: Operand,
        _ y: Operand
    ) {
        let isShift =
            operation == Operation.i32Shl
            && (made.form == Form.slotImmediate || made.form == Form.accumulatorImmediate)
        if isShift {
            scaled = Scaled(
                start: made.word,
                end: code.count,
                isSum: false,
                form: made.form == Form.slotImmediate ? 0 : 2,
                x: x.slot,
                shift: UInt16(y.bits & 31)
            )
        } else if operation == Operation.i32Add,
            made.form == Form.slotSlot || made.form == Form.accumulatorSlot
        {
            // The form with an accumulator may have changed the operands' places.
            let isSlots = made.form == Form.slotSlot
            scaled = Scaled(
                start: made.word,
                end: code.count,
                isSum: true,
                form: isSlots ? 0 : 2,
                x: isSlots ? UInt32(code[made.word + 1]) : 0,
                shift: 0,
                y: UInt32(code[made.word + (isSlots ? 2 : 1)])
            )
        }
    }

    /// Makes one instruction of a shift, the last one, and the addition of its result; true when it
    /// could.
    private mutating func addScaled(_ x: Operand, _ y: Operand) -> Bool {
        guard scaled.end == code.count, scaled.end > scaled.start, !scaled.isSum else {
            return false
        }
        let other: Operand
        if x.place == .accumulator, last == scaled.start {
            other = y
        } else if y.place == .accumulator, last == scaled.start {
            other = x
        } else {
            return false
        }
        guard other.place == .slot || other.place == .constant else { return false }
        let isSlot = other.place == .slot
        code.truncate(to: scaled.start)
        scaled.form += isSlot ? 0 : 1
        scaled.y = isSlot ? other.slot : UInt32(truncatingIfNeeded: other.bits)
        scaled.isSum = true
        let start = begin(Operation.i32ShlAdd + scaled.form * 2)
        appendScaled()
        pushResident(.i32, start, isZeroExtended: true)
        scaled.end = code.count
        return true
    }

    /// The operands of a scaled sum.
    mutating func appendScaled() {
        if scaled.form < 2 { appendSlot(scaled.x) }
        code.append(scaled.shift)
        if scaled.form & 1 == 0 { appendSlot(scaled.y) } else { code.append32(scaled.y) }
    }

    /// Emits the family's handler for where `x` and `y` are.
    private mutating func emitForm(
        _ family: UInt16,
        _ x: inout Operand,
        _ y: inout Operand,
        _ kind: AccumulatorClass,
        stride: UInt16,
        isCommutative: Bool
    ) -> (word: Int, form: UInt16) {
        if isCommutative, y.place != .constant, !isInAccumulator(x, kind), isInAccumulator(y, kind)
        {
            swap(&x, &y)
        }
        let form: UInt16
        if y.place == .constant {
            form = isInAccumulator(x, kind) ? Form.accumulatorImmediate : Form.slotImmediate
        } else if x.place == .constant {
            form = isInAccumulator(y, kind) ? Form.immediateAccumulator : Form.immediateSlot
        } else if y.place == .accumulator || (isInAccumulator(y, kind) && !isInAccumulator(x, kind))
        {
            form = Form.slotAccumulator
        } else {
            form = isInAccumulator(x, kind) ? Form.accumulatorSlot : Form.slotSlot
        }
        let word = begin(family + form * stride)
        switch form {
        case Form.slotSlot:
            appendSlot(x.slot)
            appendSlot(y.slot)
        case Form.slotImmediate:
            appendSlot(x.slot)
            appendImmediate(y, kind)
        case Form.accumulatorSlot: appendSlot(y.slot)
        case Form.accumulatorImmediate: appendImmediate(y, kind)
        case Form.slotAccumulator: appendSlot(x.slot)
        case Form.immediateSlot:
            appendImmediate(x, kind)
            appendSlot(y.slot)
        default: appendImmediate(x, kind)
        }
        return (word, form)
    }

    private mutating func compare(_ entry: NumericEntry) throws(ModuleError) {
        let y = try pop(entry.operand)
        let x = try pop(entry.operand)
        emitComparison(entry.operation, entry.operand, entry.condition, x, y)
    }

    private mutating func emitComparison(
        _ base: UInt16,
        _ type: ValueType,
        _ condition: UInt16,
        _ left: Operand,
        _ right: Operand
    ) {
        var x = left
        var y = right
        var condition = condition
        let kind = AccumulatorClass(type)
        arrange(&x, &y, kind)
        let isTurned =
            x.place == .constant || y.place == .accumulator
            || (y.place != .constant && isInAccumulator(y, kind) && !isInAccumulator(x, kind))
        if isTurned {
            swap(&x, &y)
            condition = Self.turned(condition, isFloat: kind != .integer)
        }
        let (word, form) = emitForm(
            base + condition * 4,
            &x,
            &y,
            kind,
            stride: 1,
            isCommutative: false
        )
        pushResident(.i32, word, isZeroExtended: true, hasSlotForm: false)
        comparison = Comparison(type: type, condition: condition, form: form)
    }

    /// The condition that holds for (y, x) when `condition` holds for (x, y).
    private static func turned(_ condition: UInt16, isFloat: Bool) -> UInt16 {
        if condition < 2 { return condition }
        if isFloat { return condition ^ 1 }
        switch condition {
        case 2: return 4
        case 3: return 5
        case 4: return 2
        case 5: return 3
        case 6: return 8
        case 7: return 9
        case 8: return 6
        default: return 7
        }
    }

    private mutating func isZero(_ entry: NumericEntry) throws(ModuleError) {
        let x = try pop(entry.operand)
        if x.place == .accumulator, let made = comparison, made.isInvertible, entry.operand == .i32
        {
            // Equal to zero, of a comparison just made: the opposite comparison.
            let family = made.type.comparisonFamily
            code[last] = family + (made.condition ^ 1) * 4 + made.form
            pushResident(.i32, last, isZeroExtended: true, hasSlotForm: false)
            comparison = Comparison(
                type: made.type,
                condition: made.condition ^ 1,
                form: made.form
            )
            return
        }
        emitZeroTest(x, entry.operand)
    }

    /// Whether an integer, or a reference taken as an i64, is zero.
    mutating func emitZeroTest(_ operand: Operand, _ type: ValueType = .i64) {
        let zero = Operand(type: type, place: .constant, home: top + 8, slot: top + 8)
        emitComparison(type.comparisonFamily, type, 0, operand, zero)
    }

    private mutating func unary(_ entry: NumericEntry) throws(ModuleError) {
        let x = try pop(entry.operand)
        pushResident(entry, emitUnary(entry.operation, x))
    }

    @inline(never)
    private mutating func held(_ entry: NumericEntry, _ x: Operand) {
        if !isInAccumulator(x, AccumulatorClass(x.type)) { emitTake(x) }
        pushResident(entry, begin(entry.operation))
    }

    @inline(never)
    private mutating func promoted(_ entry: NumericEntry) throws(ModuleError) {
        let x = try pop(entry.operand)
        pushResident(.f64, emitUnary(Operation.f64PromoteF32, x))
        held(entry, popAny())
    }

    /// Emits a family with forms S and A of its one operand.
    mutating func emitUnary(_ family: UInt16, _ operand: Operand) -> Int {
        let kind = AccumulatorClass(operand.type)
        if operand.place == .constant { emitTake(operand) }
        if operand.place == .constant || isInAccumulator(operand, kind) { return begin(family + 2) }
        let start = begin(family)
        appendSlot(operand.slot)
        return start
    }

    /// Only the low half of an i64 counts from now on, wherever it is.
    private mutating func wrap() throws(ModuleError) {
        guard !stack.isEmpty, stack.count > floor else {
            _ = try pop(.i64)
            return push(.i32)
        }
        let index = stack.count - 1
        guard module.types.matches(stack[index].type, .i64) else { throw mismatch() }
        stack[index].type = .i32
        stack[index].isZeroExtended = false
    }

    private mutating func extendUnsigned(_ entry: NumericEntry) throws(ModuleError) {
        let index = stack.count - 1
        if index >= floor, stack[index].type == .i32,
            stack[index].isZeroExtended, !stack[index].isLocal
        {
            stack[index].type = .i64
            comparison = nil
            return
        }
        try unary(entry)
    }

    @inline(never)
    private mutating func reinterpret(_ entry: NumericEntry) throws(ModuleError) {
        var x = try pop(entry.operand)
        if x.place == .constant {
            return pushConstant(entry.result, x.bits)
        }
        if x.place == .slot, !x.isLocal {
            // The bits are in the slot that the result belongs in.
            return push(entry.result)
        }
        if x.place == .slot {
            x.type = entry.result
            return pushLocal(entry.result, x.slot)
        }
        pushResident(entry.result, begin(entry.operation))
    }
}

extension FunctionTranslator.Comparison {
    /// Whether the opposite is a comparison too: not so for floats, because of NaN.
    var isInvertible: Bool { type == .i32 || type == .i64 || condition < 2 }
}

extension ValueType {
    /// The first comparison of values of this type.
    var comparisonFamily: UInt16 {
        switch self {
        case .i64: Operation.i64Eq
        case .f32: Operation.f32Eq
        case .f64: Operation.f64Eq
        default: Operation.i32Eq
        }
    }

    /// The first comparing branch of values of this type.
    var branchFamily: UInt16 {
        switch self {
        case .i64: Operation.brI64Eq
        case .f32: Operation.brF32Eq
        case .f64: Operation.brF64Eq
        default: Operation.brI32Eq
        }
    }
}
