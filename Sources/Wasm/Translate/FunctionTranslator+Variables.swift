// Locals, globals, constants, drop and select.

extension FunctionTranslator {
    @inline(__always)
    private mutating func localIndex() throws(ModuleError) -> Int {
        let start = reader.position
        let index = try reader.u32()
        guard index < locals.count else {
            throw .invalid("unknown local \(index)", at: start)
        }
        return Int(index)
    }

    mutating func localGet() throws(ModuleError) {
        let index = try localIndex()
        if hasUndefaultableLocals, !isSet(index) {
            throw .invalid("uninitialized local \(index)", at: offset)
        }
        push(locals[index])
    }

    @inline(__always)
    private mutating func push(_ local: LocalTable.Local) {
        if Self.isFar(local.slot) { return pushCopy(local.type, local.slot) }
        pushLocal(local.type, local.slot)
    }

    private func isSet(_ index: Int) -> Bool {
        locals[index].type.isDefaultable || index < type.parameters.count
            || setLocals.contains(index)
    }

    mutating func localSet() throws(ModuleError) {
        let index = try localIndex()
        let local = locals[index]
        assign(try popAssigned(local.type), to: local, index)
    }

    /// A sum may go straight to a local.
    private mutating func popAssigned(_ type: ValueType) throws(ModuleError) -> Operand {
        type == .i32 ? try popAddress(.i32) : try pop(type)
    }

    mutating func localTee() throws(ModuleError) {
        let index = try localIndex()
        let local = locals[index]
        assign(try popAssigned(local.type), to: local, index)
        push(local)
    }

    private mutating func assign(_ operand: Operand, to local: LocalTable.Local, _ index: Int) {
        let type = local.type
        let target = local.slot
        if hasUndefaultableLocals, !isSet(index) { setLocals.insert(index) }
        if Self.isFar(target) { return setFar(type, operand, target) }
        let before = code.count
        preserve(target)
        switch operand.place {
        case .sum:
            flush()
            emitSum(operand, to: target)
        case .constant:
            flush()
            emitConstant(operand, to: target)
        case .slot:
            guard operand.slot != target else { return }
            flush()
            emitCopy(type, from: operand.slot, to: target)
        case .accumulator:
            if code.count == before { return writeResident(operand, to: target) }
            // Copies came in between; the accumulator still has the value.
            let kind = AccumulatorClass(operand.type)
            let forms = [CopyForm.accumulator, CopyForm.f32, CopyForm.f64, CopyForm.accumulator]
            code.append(Operation.copy + forms[Int(kind.rawValue)])
            appendSlot(target)
            held.forget(target)
            held[kind] = target
        }
    }

    mutating func globalGet() throws(ModuleError) {
        let (index, type) = try globalIndex()
        let isOwn = index >= layout.importedGlobalCount
        let family = isOwn ? Operation.globalGet : Operation.importedGlobalGet
        let place = globalOperand(index)
        switch AccumulatorClass(type.value) {
        case .integer:
            let start = begin(family)
            code.append32(place)
            pushResident(type.value, start)
        case .f32, .f64:
            _ = begin(family + 1)
            code.append32(place)
            appendSlot(top)
            held.forget(top)
            held.integer = top
            push(type.value)
        case .none:
            // The address of a vector's cell: two slots are moved by a service.
            _ = beginService(.globalGetVector)
            appendSlot(top)
            code.append32(UInt32(index))
            forgetAccumulators()
            push(type.value)
        }
    }

    mutating func globalSet() throws(ModuleError) {
        let (index, type) = try globalIndex()
        guard type.isMutable else { throw .invalid("immutable global", at: offset) }
        var operand = try pop(type.value)
        let isOwn = index >= layout.importedGlobalCount
        let family = isOwn ? Operation.globalSet : Operation.importedGlobalSet
        let kind = AccumulatorClass(type.value)
        if kind == .none {
            let source = slot(&operand)
            _ = beginService(.globalSetVector)
            appendSlot(source)
            code.append32(UInt32(index))
            return forgetAccumulators()
        }
        // S A I F D
        if operand.place == .accumulator {
            _ = begin(family + [1, 3, 4, 1][Int(kind.rawValue)])
            code.append32(globalOperand(index))
        } else if operand.place == .constant, let short = shortImmediate(operand) {
            _ = begin(family + 2)
            code.append32(globalOperand(index))
            code.append32(short)
        } else {
            let source = slot(&operand)
            _ = begin(family)
            code.append32(globalOperand(index))
            appendSlot(source)
        }
    }

    private mutating func globalIndex() throws(ModuleError) -> (Int, GlobalType) {
        let start = reader.position
        let index = try reader.u32()
        guard index < module.globals.count else {
            throw .invalid("unknown global \(index)", at: start)
        }
        return (Int(index), module.globals[Int(index)].type)
    }

    private func globalOperand(_ index: Int) -> UInt32 {
        let imported = layout.importedGlobalCount
        let place =
            index < imported ? layout.importedGlobal(index) : layout.ownGlobal(index - imported)
        return UInt32(bitPattern: Int32(truncatingIfNeeded: place))
    }

    mutating func drop() throws(ModuleError) {
        _ = try pop()
        comparison = nil
        isInFlight = false
    }

    /// `select`, with a type when the code gives one.
    mutating func select(_ annotation: ValueType?) throws(ModuleError) {
        var condition = try pop(.i32)
        let type: ValueType
        var y: Operand
        var x: Operand
        if let annotation {
            type = annotation
            y = try pop(type)
            x = try pop(type)
        } else {
            y = try pop()
            x = try pop()
            guard !x.type.isReference, !y.type.isReference,
                x.type == y.type || x.type == .unknown || y.type == .unknown
            else { throw mismatch() }
            type = x.type == .unknown ? y.type : x.type
        }
        // The condition is the last instruction's if anything is; the others are moved without
        // touching accumulators.
        if type == .v128, condition.place == .accumulator { _ = slot(&condition) }
        if condition.place == .constant {
            if x.place == .accumulator { _ = slot(&x) }
            if y.place == .accumulator { _ = slot(&y) }
            _ = slot(&condition)
        }
        let isResident = condition.place == .accumulator
        if y.place == .accumulator { _ = slot(&y) }
        let first = slot(&x)
        let second = slot(&y)
        if type == .v128 {
            _ = begin(Operation.selectVector)
            appendSlot(condition.slot)
            appendSlot(first)
            appendSlot(second)
            appendSlot(top)
            held.forget(top)
            held.forget(top + 8)
            return push(type)
        }
        let isHeld = isResident || held.integer == condition.slot
        let start = begin(Operation.select + (isHeld ? 2 : 0))
        if !isHeld { appendSlot(condition.slot) }
        appendSlot(first)
        appendSlot(second)
        if AccumulatorClass(type) == .integer { return pushResident(type, start) }
        // A float belongs in another accumulator than the one that this writes.
        code[start] += 1
        appendSlot(top)
        held.forget(top)
        held.integer = top
        push(type)
    }

    mutating func selectTyped() throws(ModuleError) {
        let start = reader.position
        guard try reader.u32() == 1 else { throw .invalid("invalid result arity", at: start) }
        try select(try reader.valueType(module.types))
    }
}
