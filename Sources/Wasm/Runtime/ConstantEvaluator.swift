/// Evaluates the constant expressions of a module that is being instantiated.
///
/// They were validated with the module, so their types fit; reading them again cannot fail either.
struct ConstantEvaluator {
    /// The module they stand in.
    let module: Module
    /// The globals so far, imported ones first.
    var globals: [GlobalCell] = []
    /// The store's numbers of the module's types.
    let typeIDs: [UInt32]
    /// Where objects are made.
    let heap: GuestHeap
    /// The instance's functions, as references.
    let functions: (UInt32) -> UInt64

    /// A value: the low and, for a vector, the high 64 bits.
    typealias Slot = (low: UInt64, high: UInt64)

    /// The value of `expression`.
    ///
    /// - Throws: ``InstantiationError/trap(_:)`` when there is no memory for an object.
    func value(_ expression: ConstantExpression) throws(InstantiationError) -> Slot {
        var reader = BinaryReader(module.bytes, expression.range)
        return try value(&reader)
    }

    /// The value of the next of several expressions.
    func value(_ reader: inout BinaryReader) throws(InstantiationError) -> Slot {
        var stack: [Slot] = []
        while let instruction = try? reader.constantInstruction(module.types) {
            if case .end = instruction { break }
            try apply(instruction, &stack)
        }
        return stack.last ?? (0, 0)
    }

    /// The references of a segment of elements.
    func references(_ segment: ElementSegment) throws(InstantiationError) -> [UInt64] {
        var reader = BinaryReader(module.bytes, segment.range)
        var list: [UInt64] = []
        list.reserveCapacity(segment.count)
        for _ in 0..<segment.count {
            switch segment.form {
            case .functionIndices:
                guard let index = try? reader.u32() else { return list }
                list.append(functions(index))
            case .expressions: list.append(try value(&reader).low)
            }
        }
        return list
    }

    private func apply(
        _ instruction: ConstantInstruction,
        _ stack: inout [Slot]
    ) throws(InstantiationError) {
        switch instruction {
        case .end: break
        case .i32(let bits), .f32(let bits): stack.append((UInt64(bits), 0))
        case .i64(let bits), .f64(let bits): stack.append((bits, 0))
        case .v128(let low, let high): stack.append((low, high))
        case .null: stack.append((ReferenceBits.null, 0))
        case .function(let index): stack.append((functions(index), 0))
        case .global(let index):
            let global = globals[Int(index)]
            stack.append((global.low, global.high))
        case .arithmetic(let operation, let type):
            let right = pop(&stack)
            let left = pop(&stack)
            let result = Self.result(operation, left, right)
            stack.append((type == .i32 ? result & 0xFFFF_FFFF : result, 0))
        case .i31:
            stack.append((ReferenceBits.i31(UInt32(truncatingIfNeeded: pop(&stack))), 0))
        case .anyFromExternal, .externalFromAny: break
        case .structure(let type, let isDefault):
            stack.append((try structure(type, isDefault, &stack), 0))
        case .array(let type, let isDefault):
            let count = pop(&stack) & 0xFFFF_FFFF
            let value = isDefault ? (0, 0) : stack.popLast() ?? (0, 0)
            stack.append((try array(type, repeatElement(value, count: Int(count))), 0))
        case .fixedArray(let type, let count):
            let values = stack.suffix(Int(count))
            stack.removeLast(values.count)
            stack.append((try array(type, values), 0))
        }
    }

    private func pop(_ stack: inout [Slot]) -> UInt64 { stack.popLast()?.low ?? 0 }

    private func structure(
        _ type: UInt32,
        _ isDefault: Bool,
        _ stack: inout [Slot]
    ) throws(InstantiationError) -> UInt64 {
        let id = typeIDs[Int(type)]
        let shape = heap.shape(id)
        guard let object = heap.make(id, byteCount: shape.byteCount, length: 0) else {
            throw .trap(Trap(.outOfMemory))
        }
        if !isDefault {
            for field in shape.fields.reversed() {
                let value = stack.popLast() ?? (0, 0)
                object.write(field.kind, field.offset, value.low, value.high)
            }
        }
        return object.bits
    }

    private func array(
        _ type: UInt32,
        _ values: some Collection<Slot>
    ) throws(InstantiationError) -> UInt64 {
        let id = typeIDs[Int(type)]
        let shape = heap.shape(id)
        guard let element = shape.element,
            let bytes = shape.byteCount(length: UInt64(values.count)),
            let object = heap.make(id, byteCount: bytes, length: UInt32(clamping: values.count))
        else { throw .trap(Trap(.outOfMemory)) }
        for (index, value) in values.enumerated() {
            let offset = element.offset + index * element.kind.byteCount
            object.write(element.kind, offset, value.low, value.high)
        }
        return object.bits
    }

    private static func result(
        _ operation: ConstantInstruction.Arithmetic,
        _ left: UInt64,
        _ right: UInt64
    ) -> UInt64 {
        switch operation {
        case .add: left &+ right
        case .subtract: left &- right
        case .multiply: left &* right
        }
    }
}
