// Structures, i31s, and the types of references: all by services, on slots.

extension FunctionTranslator {
    /// The operator behind the prefix 0xFB.
    mutating func heapOperator() throws(ModuleError) {
        let number = try reader.u32()
        switch number {
        case 0: try structNewOperator()
        case 1: try structNewDefaultOperator()
        case 2...4: try structGetOperator(isSigned: number == 3, isExtending: number != 2)
        case 5: try structSetOperator()
        case 6...19: try arrayOperator(number)
        case 20, 21: try referenceTestOperator(isNullable: number == 21)
        case 22, 23: try referenceCastOperator(isNullable: number == 23)
        case 24, 25: try branchOnCast(ifOfType: number == 24)
        case 26: try retype(.external, to: .any)
        case 27: try retype(.any, to: .external)
        case 28: try heapService(.i31New, [.i32], result: .reference(to: .i31))
        case 29, 30:
            let type = ValueType.reference(to: .i31, isNullable: true)
            try heapService(.i31Get, [type], [number == 29 ? 1 : 0], result: .i32)
        default: throw .malformed("illegal opcode fb \(number)", at: offset)
        }
    }

    /// A service: the result's slot, those of the operands, then other words.
    mutating func heapService(
        _ index: ServiceIndex,
        _ operands: [ValueType],
        _ words: [UInt16] = [],
        _ longs: [UInt32] = [],
        result: ValueType?
    ) throws(ModuleError) {
        let places = try popSlots(operands)
        _ = beginService(index)
        if result != nil { appendSlot(top) }
        for place in places { appendSlot(place) }
        for word in words { code.append(word) }
        for long in longs { code.append32(long) }
        forgetAccumulators()
        if let result { push(result) }
    }

    /// The store's number of a type of the module.
    func storeID(_ index: UInt32) -> UInt32 {
        typeIDs.isEmpty ? 0 : typeIDs[Int(index)]
    }

    func newReference(_ index: UInt32) -> ValueType {
        .reference(to: .type(module.types.canonical(index)))
    }

    func nullableReference(_ index: UInt32) -> ValueType { newReference(index).asNullable }

    private mutating func structure() throws(ModuleError) -> (UInt32, [FieldType]) {
        let index = try reader.u32()
        guard case .structure(let fields) = module.types.type(index)?.composite else {
            throw .invalid("unknown type \(index)", at: offset)
        }
        return (index, fields)
    }

    private mutating func structNewOperator() throws(ModuleError) {
        let (index, fields) = try structure()
        try spend(fields.count)
        let types = fields.map(\.storage.unpacked)
        let base = try popArguments(FunctionType(parameters: types))
        _ = beginService(.structNew)
        appendSlot(top)
        appendSlot(base)
        code.append32(storeID(index))
        forgetAccumulators()
        push(newReference(index))
    }

    private mutating func structNewDefaultOperator() throws(ModuleError) {
        let (index, fields) = try structure()
        try spend(fields.count)
        guard fields.allSatisfy(\.storage.unpacked.isDefaultable) else { throw mismatch() }
        try heapService(.structNewDefault, [], [], [storeID(index)], result: newReference(index))
    }

    /// A structure's type and one of its fields, with its place.
    private mutating func field() throws(ModuleError) -> (UInt32, FieldType, UInt32) {
        let (index, fields) = try structure()
        let number = try reader.u32()
        guard number < fields.count else {
            throw .invalid("unknown field \(number)", at: offset)
        }
        let place = module.types.fieldOffset(index, Int(number))
        return (index, fields[Int(number)], place)
    }

    /// How a field is read; packed ones want a sign or none, others neither.
    func access(
        _ storage: StorageType,
        isSigned: Bool,
        isExtending: Bool
    ) throws(ModuleError) -> UInt16 {
        let isPacked = storage == .i8 || storage == .i16
        guard isPacked == isExtending else {
            throw .invalid(isPacked ? "field is packed" : "field is unpacked", at: offset)
        }
        return FieldAccess(FieldKind(storage), isSigned: isSigned).code
    }

    private mutating func structGetOperator(
        isSigned: Bool,
        isExtending: Bool
    ) throws(ModuleError) {
        let (index, field, place) = try field()
        let access = try access(field.storage, isSigned: isSigned, isExtending: isExtending)
        try heapService(
            .structGet,
            [nullableReference(index)],
            [access],
            [place],
            result: field.storage.unpacked
        )
    }

    private mutating func structSetOperator() throws(ModuleError) {
        let (index, field, place) = try field()
        guard field.isMutable else { throw .invalid("immutable field", at: offset) }
        let access = FieldAccess(FieldKind(field.storage), isSigned: false).code
        try heapService(
            .structSet,
            [nullableReference(index), field.storage.unpacked],
            [access],
            [place],
            result: nil
        )
    }

    /// The same reference seen from the other side.
    private mutating func retype(_ from: HeapType, to: HeapType) throws(ModuleError) {
        var operand = try pop(.reference(to: from, isNullable: true))
        let isNullable = operand.type.isNullable || operand.type == .unknown
        _ = slot(&operand)
        pushAgain(operand, .reference(to: to, isNullable: isNullable))
    }

    /// A type as services have it: with the store's number.
    private func storeType(_ type: ValueType) -> UInt32 {
        type.mapReference { storeID($0) }.raw
    }

    /// The top of the hierarchy that `heap` is in: what a cast to it may begin with.
    private func topType(_ heap: HeapType) -> ValueType {
        for top in [HeapType.any, .external, .function]
        where module.types.matches(heap, top) {
            return .reference(to: top, isNullable: true)
        }
        return .reference(to: .exception, isNullable: true)
    }

    private mutating func castTarget(_ isNullable: Bool) throws(ModuleError) -> ValueType {
        .reference(to: try reader.heapType(module.types), isNullable: isNullable)
    }

    private mutating func referenceTestOperator(isNullable: Bool) throws(ModuleError) {
        let type = try castTarget(isNullable)
        try heapService(
            .referenceTest,
            [topType(type.heapType ?? .any)],
            [1],
            [storeType(type)],
            result: .i32
        )
    }

    private mutating func referenceCastOperator(isNullable: Bool) throws(ModuleError) {
        let type = try castTarget(isNullable)
        var operand = try pop(topType(type.heapType ?? .any))
        let place = slot(&operand)
        _ = beginService(.referenceCast)
        appendSlot(place)
        code.append32(storeType(type))
        forgetAccumulators()
        pushAgain(operand, type)
    }

    /// `br_on_cast`, which branches with the reference as the narrow type, and `br_on_cast_fail`,
    /// which branches with what is left of the wide one.
    private mutating func branchOnCast(ifOfType: Bool) throws(ModuleError) {
        let flags = try reader.byte()
        guard flags < 4 else { throw .malformed("malformed br_on_cast flags", at: offset) }
        let index = try label()
        let wide = try castTarget(flags & 1 != 0)
        let narrow = try castTarget(flags & 2 != 0)
        guard module.types.matches(narrow, wide) else { throw mismatch() }
        let rest = narrow.isNullable ? wide.asNonNullable : wide
        guard controls[index].labelCount > 0 else { throw mismatch() }
        var operand = try pop(wide)
        let place = slot(&operand)
        pushAgain(operand, ifOfType ? narrow : rest)
        try checkLabel(index)
        _ = beginService(.referenceTest)
        appendSlot(top)
        appendSlot(place)
        code.append(ifOfType ? 1 : 0)
        code.append32(storeType(narrow))
        forgetAccumulators()
        push(.i32)
        emitBranchIf(try pop(), to: index)
        let reference = try pop()
        pushAgain(reference, ifOfType ? rest : narrow)
    }
}
