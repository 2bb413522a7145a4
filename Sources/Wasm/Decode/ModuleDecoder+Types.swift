/// The type section.
///
/// Source: WebAssembly 3.0, §5.3.7-5.3.9, §5.5.4 and §3.2.10 (recursive types, validation).
extension ModuleDecoder {
    mutating func typeSection() throws(ModuleError) {
        for _
            in 0..<(try count(
                max: ModuleLimits.typeCountMax,
                "types",
                bytesEach: DeclarationBytes.type
            ))
        {
            try group()
        }
    }

    /// A group of types, or one type alone.
    private mutating func group() throws(ModuleError) {
        var memberCount = 1
        let start = reader.position
        if reader.next == 0x4E {
            try require(.garbageCollection, "recursive types (feature gc)")
            _ = try reader.byte()
            memberCount = try count(
                max: ModuleLimits.typeCountMax,
                "types",
                bytesEach: DeclarationBytes.type
            )
            guard memberCount <= reader.remaining else { throw reader.unexpectedEnd }
        }
        guard types.count + memberCount <= ModuleLimits.typeCountMax else {
            throw .limit("more than \(ModuleLimits.typeCountMax) types", at: start)
        }
        var members: [SubType] = []
        var offsets: [Int] = []
        for _ in 0..<memberCount {
            offsets.append(reader.position)
            members.append(
                try subType(
                    index: types.count + members.count,
                    bound: types.count + memberCount
                )
            )
        }
        let first = types.count
        types.append(group: members)
        for (index, offset) in zip(first..., offsets) {
            try checkSupertype(of: UInt32(index), at: offset)
        }
    }

    private mutating func subType(index: Int, bound: Int) throws(ModuleError) -> SubType {
        var isFinal = true
        var supertypes: [UInt32] = []
        if reader.next == 0x50 || reader.next == 0x4F {
            try require(.garbageCollection, "subtypes (feature gc)")
            isFinal = try reader.byte() == 0x4F
            let start = reader.position
            let parentCount = try reader.u32()
            guard parentCount <= 1 else { throw .invalid("sub type", at: start) }
            if parentCount == 1 {
                let parent = try reader.u32()
                guard parent < index else { throw .invalid("unknown type \(parent)", at: start) }
                supertypes = [parent < types.count ? types.canonical(parent) : parent]
            }
        }
        return SubType(
            isFinal: isFinal,
            supertypes: supertypes,
            composite: try compositeType(bound: bound)
        )
    }

    private mutating func compositeType(bound: Int) throws(ModuleError) -> CompositeType {
        let start = reader.position
        switch try reader.byte() {
        case 0x60:
            return .function(
                FunctionType(
                    parameters: try valueTypes(bound: bound, "parameters"),
                    results: try valueTypes(bound: bound, "results")
                )
            )
        case 0x5F:
            try require(.garbageCollection, "structures (feature gc)")
            var fields: [FieldType] = []
            for _
                in 0..<(try count(
                    max: ModuleLimits.fieldCountMax,
                    "fields",
                    bytesEach: DeclarationBytes.field
                ))
            {
                fields.append(try reader.fieldType(types, bound: bound))
            }
            return .structure(fields)
        case 0x5E:
            try require(.garbageCollection, "arrays (feature gc)")
            return .array(try reader.fieldType(types, bound: bound))
        default:
            throw .malformed("malformed definition type", at: start)
        }
    }

    private mutating func valueTypes(
        bound: Int,
        _ what: String
    ) throws(ModuleError) -> [ValueType] {
        let count = try count(
            max: ModuleLimits.parameterCountMax,
            what,
            bytesEach: DeclarationBytes.parameter
        )
        var list: [ValueType] = []
        for _ in 0..<count { list.append(try reader.valueType(types, bound: bound)) }
        return list
    }

    /// A type that names a supertype must fit it, and the supertype must allow it.
    private func checkSupertype(of index: UInt32, at offset: Int) throws(ModuleError) {
        let type = types.types[Int(index)]
        guard let parentIndex = type.supertypes.first, let parent = types.type(parentIndex) else {
            return
        }
        guard !parent.isFinal, types.matches(type.composite, parent.composite) else {
            throw .invalid("sub type \(index) does not match super type", at: offset)
        }
        guard types.depth(of: index) <= ModuleLimits.subtypeDepthMax else {
            throw .limit("more than \(ModuleLimits.subtypeDepthMax) types above", at: offset)
        }
    }

    func require(_ feature: WasmFeatures, _ what: String) throws(ModuleError) {
        guard features.contains(feature) else { throw .unsupported(what, at: reader.position) }
    }
}
