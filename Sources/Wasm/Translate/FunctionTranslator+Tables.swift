// References and tables.

extension FunctionTranslator {
    private mutating func tableIndex() throws(ModuleError) -> (UInt32, TableType) {
        let start = reader.position
        let index = try reader.u32()
        return (index, try tableType(index, at: start))
    }

    func tableType(_ index: UInt32, at start: Int) throws(ModuleError) -> TableType {
        guard index < module.tables.count else {
            throw .invalid("unknown table \(index)", at: start)
        }
        return module.tables[Int(index)].type
    }

    mutating func tableGetOperator() throws(ModuleError) {
        let (index, type) = try tableIndex()
        let places = try popSlots([type.limits.addressType])
        _ = beginService(.tableGet)
        appendSlot(top)
        appendSlot(places[0])
        code.append32(index)
        forgetAccumulators()
        push(type.element)
    }

    mutating func tableSetOperator() throws(ModuleError) {
        let (index, type) = try tableIndex()
        let places = try popSlots([type.limits.addressType, type.element])
        _ = beginService(.tableSet)
        for place in places { appendSlot(place) }
        code.append32(index)
        forgetAccumulators()
    }

    mutating func tableSizeOperator() throws(ModuleError) {
        let (index, type) = try tableIndex()
        _ = beginService(.tableSize)
        appendSlot(top)
        code.append32(index)
        forgetAccumulators()
        push(type.limits.addressType)
    }

    mutating func tableGrowOperator() throws(ModuleError) {
        let (index, type) = try tableIndex()
        let places = try popSlots([type.element, type.limits.addressType])
        _ = beginService(.tableGrow)
        appendSlot(top)
        for place in places { appendSlot(place) }
        code.append32(index)
        forgetAccumulators()
        push(type.limits.addressType)
    }

    mutating func tableFillOperator() throws(ModuleError) {
        let (index, type) = try tableIndex()
        let address = type.limits.addressType
        let places = try popSlots([address, type.element, address])
        _ = beginService(.tableFill)
        for place in places { appendSlot(place) }
        code.append32(index)
        forgetAccumulators()
    }

    mutating func tableCopyOperator() throws(ModuleError) {
        let (target, targetType) = try tableIndex()
        let (source, sourceType) = try tableIndex()
        guard module.types.matches(sourceType.element, targetType.element) else {
            throw mismatch()
        }
        let isLong = targetType.limits.is64 && sourceType.limits.is64
        let places = try popSlots([
            targetType.limits.addressType, sourceType.limits.addressType, isLong ? .i64 : .i32,
        ])
        _ = beginService(.tableCopy)
        for place in places { appendSlot(place) }
        code.append32(target)
        code.append32(source)
        forgetAccumulators()
    }

    mutating func tableInitOperator() throws(ModuleError) {
        let segment = try elementIndex()
        let (index, type) = try tableIndex()
        guard module.types.matches(module.elementSegments[Int(segment)].type, type.element) else {
            throw mismatch()
        }
        let places = try popSlots([type.limits.addressType, .i32, .i32])
        _ = beginService(.tableInit)
        for place in places { appendSlot(place) }
        code.append32(index)
        code.append32(segment)
        forgetAccumulators()
    }

    mutating func elementDropOperator() throws(ModuleError) {
        let segment = try elementIndex()
        _ = beginService(.elementDrop)
        code.append32(segment)
        forgetAccumulators()
    }

    mutating func elementIndex() throws(ModuleError) -> UInt32 {
        let start = reader.position
        let index = try reader.u32()
        guard index < module.elementSegments.count else {
            throw .invalid("unknown elem segment \(index)", at: start)
        }
        return index
    }

    mutating func referenceNull() throws(ModuleError) {
        let heap = try reader.heapType(module.types)
        pushConstant(.reference(to: heap, isNullable: true), 0)
    }

    mutating func referenceIsNull() throws(ModuleError) {
        let operand = try pop()
        guard operand.type.isReference || operand.type == .unknown else { throw mismatch() }
        emitNullTest(operand)
    }

    /// Whether a reference, as an i64, is zero.
    mutating func emitNullTest(_ operand: Operand) {
        var bits = operand
        bits.type = .i64
        emitZeroTest(bits)
    }

    mutating func referenceFunctionOperator() throws(ModuleError) {
        let start = reader.position
        let index = try reader.u32()
        guard index < module.functionCount else {
            throw .invalid("unknown function \(index)", at: start)
        }
        guard module.declaredFunctions.contains(index) else {
            throw .invalid("undeclared function reference", at: start)
        }
        _ = beginService(.referenceFunction)
        appendSlot(top)
        code.append32(index)
        forgetAccumulators()
        let type = module.functionTypeIndices[Int(index)]
        let isTyped = module.features.contains(.functionReferences)
        push(isTyped ? .reference(to: .type(type), isNullable: false) : .funcref)
    }

    mutating func referenceAsNonNull() throws(ModuleError) {
        var operand = try pop()
        guard operand.type.isReference || operand.type == .unknown else { throw mismatch() }
        let place = slot(&operand)
        _ = beginService(.trapIfNull)
        appendSlot(place)
        forgetAccumulators()
        pushAgain(operand, operand.type.asNonNullable)
    }

    /// Puts a popped operand that is in a slot back, with another type.
    mutating func pushAgain(_ operand: Operand, _ type: ValueType) {
        if operand.place == .constant { return pushConstant(type, operand.bits) }
        if operand.slot == top { push(type) } else { pushLocal(type, operand.slot) }
    }
}
