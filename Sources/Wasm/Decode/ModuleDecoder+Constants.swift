/// Validation of constant expressions.
extension ModuleDecoder {
    /// Reads a constant expression that must give one value of type `type`.
    mutating func constant(_ type: ValueType) throws(ModuleError) -> ConstantExpression {
        let start = reader.position
        var stack: [ValueType] = []
        while true {
            let offset = reader.position
            let instruction = try reader.constantInstruction(types)
            if case .end = instruction { break }
            try apply(instruction, &stack, at: offset)
            guard stack.count <= ModuleLimits.constantDepthMax else {
                throw .limit("constant expression too deep", at: offset)
            }
        }
        guard stack.count == 1, types.matches(stack[0], type) else {
            throw .invalid("type mismatch", at: start)
        }
        return ConstantExpression(range: start..<reader.position)
    }

    private mutating func apply(
        _ instruction: ConstantInstruction,
        _ stack: inout [ValueType],
        at offset: Int
    ) throws(ModuleError) {
        switch instruction {
        case .end: break
        case .i32: stack.append(.i32)
        case .i64: stack.append(.i64)
        case .f32: stack.append(.f32)
        case .f64: stack.append(.f64)
        case .v128: stack.append(.v128)
        case .null(let heap): stack.append(.reference(to: heap, isNullable: true))
        case .function(let index): stack.append(try functionReference(index, at: offset))
        case .global(let index): stack.append(try globalValue(index, at: offset))
        case .arithmetic(_, let type):
            try pop(type, &stack, at: offset)
            try pop(type, &stack, at: offset)
            stack.append(type)
        case .structure, .array, .fixedArray, .i31, .anyFromExternal, .externalFromAny:
            try applyHeap(instruction, &stack, at: offset)
        }
    }

    private mutating func functionReference(
        _ index: UInt32,
        at offset: Int
    ) throws(ModuleError) -> ValueType {
        guard index < functionTypeIndices.count else {
            throw .invalid("unknown function \(index)", at: offset)
        }
        declaredFunctions.insert(index)
        return .reference(to: .type(functionTypeIndices[Int(index)]), isNullable: false)
    }

    /// Version 2.0 let expressions use imported globals only; 3.0 all before their own.
    private func globalValue(_ index: UInt32, at offset: Int) throws(ModuleError) -> ValueType {
        let visibleCount =
            features.contains(.garbageCollection) ? globals.count : importedGlobalCount
        guard index < visibleCount else {
            throw .invalid("unknown global \(index)", at: offset)
        }
        let type = globals[Int(index)].type
        guard !type.isMutable else {
            throw .invalid("constant expression required", at: offset)
        }
        return type.value
    }

    private func applyHeap(
        _ instruction: ConstantInstruction,
        _ stack: inout [ValueType],
        at offset: Int
    ) throws(ModuleError) {
        switch instruction {
        case .structure(let index, let isDefault):
            guard case .structure(let fields) = types.type(index)?.composite else {
                throw .invalid("unknown type \(index)", at: offset)
            }
            try popFields(fields, isDefault, &stack, at: offset)
            stack.append(newReference(index))
        case .array(let index, let isDefault):
            let element = try arrayElement(index, at: offset)
            try pop(.i32, &stack, at: offset)
            try popFields([element], isDefault, &stack, at: offset)
            stack.append(newReference(index))
        case .fixedArray(let index, let count):
            let element = try arrayElement(index, at: offset)
            guard count <= stack.count else { throw .invalid("type mismatch", at: offset) }
            for _ in 0..<count { try pop(element.storage.unpacked, &stack, at: offset) }
            stack.append(newReference(index))
        case .i31:
            try pop(.i32, &stack, at: offset)
            stack.append(.reference(to: .i31, isNullable: false))
        case .anyFromExternal: try convert(.external, to: .any, &stack, at: offset)
        case .externalFromAny: try convert(.any, to: .external, &stack, at: offset)
        case .end, .i32, .i64, .f32, .f64, .v128, .null, .function, .global, .arithmetic: break
        }
    }

    private func newReference(_ index: UInt32) -> ValueType {
        .reference(to: .type(types.canonical(index)), isNullable: false)
    }

    private func arrayElement(_ index: UInt32, at offset: Int) throws(ModuleError) -> FieldType {
        guard case .array(let element) = types.type(index)?.composite else {
            throw .invalid("unknown type \(index)", at: offset)
        }
        return element
    }

    private func popFields(
        _ fields: [FieldType],
        _ isDefault: Bool,
        _ stack: inout [ValueType],
        at offset: Int
    ) throws(ModuleError) {
        for field in fields.reversed() {
            if isDefault {
                guard field.storage.unpacked.isDefaultable else {
                    throw .invalid("type mismatch", at: offset)
                }
            } else {
                try pop(field.storage.unpacked, &stack, at: offset)
            }
        }
    }

    /// The same reference seen from the other side; null stays null.
    private func convert(
        _ heap: HeapType,
        to other: HeapType,
        _ stack: inout [ValueType],
        at offset: Int
    ) throws(ModuleError) {
        let type = stack.last
        try pop(.reference(to: heap, isNullable: true), &stack, at: offset)
        stack.append(.reference(to: other, isNullable: type?.isNullable ?? true))
    }

    private func pop(
        _ type: ValueType,
        _ stack: inout [ValueType],
        at offset: Int
    ) throws(ModuleError) {
        guard let top = stack.popLast(), types.matches(top, type) else {
            throw .invalid("type mismatch", at: offset)
        }
    }
}
