// Arrays: all by services, on slots.

extension FunctionTranslator {
    /// The operators 6 to 19 behind the prefix 0xFB.
    mutating func arrayOperator(_ number: UInt32) throws(ModuleError) {
        switch number {
        case 6, 7: try arrayNewOperator(isDefault: number == 7)
        case 8: try arrayNewFixedOperator()
        case 9: try arrayNewDataOperator()
        case 10: try arrayNewElementOperator()
        case 11...13: try arrayGetOperator(isSigned: number == 12, isExtending: number != 11)
        case 14: try arraySetOperator()
        case 15:
            let any = ValueType.reference(to: .array, isNullable: true)
            try heapService(.arrayLength, [any], result: .i32)
        case 16: try arrayFillOperator()
        case 17: try arrayCopyOperator()
        case 18: try arrayInitDataOperator()
        default: try arrayInitElementOperator()
        }
    }

    /// Elements that `array.new_fixed` may have: what the browsers allow, and a frame can hold.
    private static let fixedCountMax: UInt32 = 10_000

    private mutating func array() throws(ModuleError) -> (UInt32, FieldType) {
        let index = try reader.u32()
        guard case .array(let element) = module.types.type(index)?.composite else {
            throw .invalid("unknown type \(index)", at: offset)
        }
        return (index, element)
    }

    private mutating func mutableArray() throws(ModuleError) -> (UInt32, FieldType) {
        let (index, element) = try array()
        guard element.isMutable else { throw .invalid("immutable array", at: offset) }
        return (index, element)
    }

    private func access(_ element: FieldType) -> UInt16 {
        FieldAccess(FieldKind(element.storage), isSigned: false).code
    }

    private mutating func arrayNewOperator(isDefault: Bool) throws(ModuleError) {
        let (index, element) = try array()
        let type = element.storage.unpacked
        guard isDefault else {
            return try heapService(
                .arrayNew,
                [type, .i32],
                [access(element)],
                [storeID(index)],
                result: newReference(index)
            )
        }
        guard type.isDefaultable else { throw mismatch() }
        try heapService(
            .arrayNewDefault,
            [.i32],
            [],
            [storeID(index)],
            result: newReference(index)
        )
    }

    private mutating func arrayNewFixedOperator() throws(ModuleError) {
        let (index, element) = try array()
        let count = try reader.u32()
        guard count <= Self.fixedCountMax else {
            throw .limit("an array of \(count) elements on the stack", at: offset)
        }
        try spend(Int(count))
        let types = Array(repeating: element.storage.unpacked, count: Int(count))
        let base = try popArguments(FunctionType(parameters: types))
        _ = beginService(.arrayNewFixed)
        appendSlot(top)
        appendSlot(base)
        code.append(access(element))
        code.append32(storeID(index))
        code.append32(count)
        forgetAccumulators()
        push(newReference(index))
    }

    private func checkNumeric(_ element: FieldType) throws(ModuleError) {
        guard !element.storage.unpacked.isReference else {
            throw .invalid("array type is not numeric or vector", at: offset)
        }
    }

    /// The index of an element segment whose references fit the array.
    private mutating func elementIndex(_ element: FieldType) throws(ModuleError) -> UInt32 {
        let index = try reader.u32()
        guard index < module.elementSegments.count else {
            throw .invalid("unknown elem segment \(index)", at: offset)
        }
        guard case .value(let type) = element.storage,
            module.types.matches(module.elementSegments[Int(index)].type, type)
        else { throw mismatch() }
        return index
    }

    private mutating func arrayNewDataOperator() throws(ModuleError) {
        let (index, element) = try array()
        try checkNumeric(element)
        let segment = try dataIndex()
        try heapService(
            .arrayNewData,
            [.i32, .i32],
            [access(element)],
            [storeID(index), segment],
            result: newReference(index)
        )
    }

    private mutating func arrayNewElementOperator() throws(ModuleError) {
        let (index, element) = try array()
        let segment = try elementIndex(element)
        try heapService(
            .arrayNewElement,
            [.i32, .i32],
            [access(element)],
            [storeID(index), segment],
            result: newReference(index)
        )
    }

    private mutating func arrayGetOperator(
        isSigned: Bool,
        isExtending: Bool
    ) throws(ModuleError) {
        let (index, element) = try array()
        let access = try access(element.storage, isSigned: isSigned, isExtending: isExtending)
        try heapService(
            .arrayGet,
            [nullableReference(index), .i32],
            [access],
            result: element.storage.unpacked
        )
    }

    private mutating func arraySetOperator() throws(ModuleError) {
        let (index, element) = try mutableArray()
        try heapService(
            .arraySet,
            [nullableReference(index), .i32, element.storage.unpacked],
            [access(element)],
            result: nil
        )
    }

    private mutating func arrayFillOperator() throws(ModuleError) {
        let (index, element) = try mutableArray()
        try heapService(
            .arrayFill,
            [nullableReference(index), .i32, element.storage.unpacked, .i32],
            [access(element)],
            result: nil
        )
    }

    private mutating func arrayCopyOperator() throws(ModuleError) {
        let (target, targetElement) = try mutableArray()
        let (source, sourceElement) = try array()
        let isFine: Bool
        switch (sourceElement.storage, targetElement.storage) {
        case (.value(let given), .value(let wanted)):
            isFine = module.types.matches(given, wanted)
        case (.i8, _), (.i16, _), (.value, _):
            isFine = sourceElement.storage == targetElement.storage
        }
        guard isFine else { throw .invalid("array types do not match", at: offset) }
        try heapService(
            .arrayCopy,
            [nullableReference(target), .i32, nullableReference(source), .i32, .i32],
            [access(targetElement)],
            result: nil
        )
    }

    private mutating func arrayInitDataOperator() throws(ModuleError) {
        let (index, element) = try mutableArray()
        try checkNumeric(element)
        let segment = try dataIndex()
        try heapService(
            .arrayInitData,
            [nullableReference(index), .i32, .i32, .i32],
            [access(element)],
            [segment],
            result: nil
        )
    }

    private mutating func arrayInitElementOperator() throws(ModuleError) {
        let (index, element) = try mutableArray()
        let segment = try elementIndex(element)
        try heapService(
            .arrayInitElement,
            [nullableReference(index), .i32, .i32, .i32],
            [],
            [segment],
            result: nil
        )
    }
}
