/// The sections that speak of what is in the index spaces: exports, start, segments, code.
///
/// Source: WebAssembly 3.0, §5.5.10-5.5.16.
extension ModuleDecoder {
    mutating func exportSection() throws(ModuleError) {
        for _
            in 0..<(try count(
                max: ModuleLimits.listCountMax,
                "exports",
                bytesEach: DeclarationBytes.export
            ))
        {
            let start = reader.position
            let name = bytes.string(try reader.name())
            let kindOffset = reader.position
            guard let kind = ExternalKind(rawValue: try reader.byte()), isOn(kind) else {
                throw .malformed("malformed export kind", at: kindOffset)
            }
            let index = try entity(kind)
            let exact = ExactName(name)
            let hash = exact.hash
            guard exportIndices.first(hash, where: { ExactName(exports[$0].name) == exact }) == nil
            else { throw .invalid("duplicate export name", at: start) }
            exportIndices.append(hash)
            if kind == .function { declaredFunctions.insert(index) }
            exports.append(Export(name: name, kind: kind, index: index))
        }
    }

    /// An index that exists in the space of `kind`.
    private mutating func entity(_ kind: ExternalKind) throws(ModuleError) -> UInt32 {
        let (count, name) =
            switch kind {
            case .function: (functionTypeIndices.count, "function")
            case .table: (tables.count, "table")
            case .memory: (memories.count, "memory")
            case .global: (globals.count, "global")
            case .tag: (tags.count, "tag")
            }
        let start = reader.position
        let index = try reader.u32()
        guard index < count else { throw .invalid("unknown \(name) \(index)", at: start) }
        return index
    }

    mutating func startSection() throws(ModuleError) {
        let start = reader.position
        let index = try entity(.function)
        guard types.function(functionTypeIndices[Int(index)]) == FunctionType() else {
            throw .invalid("start function", at: start)
        }
        startFunction = index
    }

    mutating func elementSection() throws(ModuleError) {
        for _
            in 0..<(try count(
                max: ModuleLimits.listCountMax,
                "element segments",
                bytesEach: DeclarationBytes.segment
            ))
        {
            elementSegments.append(try elementSegment())
        }
    }

    /// Flags: 1 not active, 2 with a table index (or, not active, declarative), 4 with expressions.
    private mutating func elementSegment() throws(ModuleError) -> ElementSegment {
        let start = reader.position
        let flags = try reader.u32()
        guard flags < 8 else { throw .malformed("malformed elements segment kind", at: start) }
        var mode = SegmentMode.passive
        var target: TableType?
        if flags & 1 == 0 {
            let index = flags & 2 == 0 ? try tableZero() : try entity(.table)
            let type = tables[Int(index)].type
            mode = .active(target: index, offset: try constant(type.limits.addressType))
            target = type
        } else if flags & 2 != 0 {
            mode = .declarative
        }
        var type = ValueType.reference(to: .function, isNullable: flags & 4 != 0)
        if flags & 3 != 0 { type = try elementType(isExpression: flags & 4 != 0) }
        if let target, !types.matches(type, target.element) {
            throw .invalid("type mismatch", at: start)
        }
        return try elements(mode, type, flags & 4 == 0 ? .functionIndices : .expressions)
    }

    private mutating func tableZero() throws(ModuleError) -> UInt32 {
        guard !tables.isEmpty else { throw .invalid("unknown table 0", at: reader.position) }
        return 0
    }

    private mutating func elementType(isExpression: Bool) throws(ModuleError) -> ValueType {
        if isExpression { return try reader.referenceType(types) }
        let start = reader.position
        guard try reader.byte() == 0 else { throw .malformed("malformed element kind", at: start) }
        return .reference(to: .function, isNullable: false)
    }

    private mutating func elements(
        _ mode: SegmentMode,
        _ type: ValueType,
        _ form: ElementSegment.Form
    ) throws(ModuleError) -> ElementSegment {
        let count = try count(max: Int(UInt32.max), "elements")
        let start = reader.position
        for _ in 0..<count {
            switch form {
            case .functionIndices: declaredFunctions.insert(try entity(.function))
            case .expressions: _ = try constant(type)
            }
        }
        return ElementSegment(
            mode: mode,
            type: type,
            form: form,
            count: count,
            range: start..<reader.position
        )
    }

    mutating func codeSection() throws(ModuleError) {
        let count = try count(
            max: ModuleLimits.functionCountMax,
            "bodies",
            bytesEach: DeclarationBytes.body
        )
        guard count == functionTypeIndices.count - importedFunctionCount else {
            throw .malformed(
                "function and code section have inconsistent lengths",
                at: reader.position
            )
        }
        codeBodies.reserveCapacity(min(count, reader.remaining))
        for _ in 0..<count {
            codeBodies.append(CodeBody(range: try reader.skip(try reader.u32())))
        }
    }

    mutating func dataSection() throws(ModuleError) {
        for _
            in 0..<(try count(
                max: ModuleLimits.listCountMax,
                "data segments",
                bytesEach: DeclarationBytes.segment
            ))
        {
            dataSegments.append(try dataSegment())
        }
    }

    private mutating func dataSegment() throws(ModuleError) -> DataSegment {
        let start = reader.position
        var mode = SegmentMode.passive
        switch try reader.u32() {
        case 0: mode = try activeData(0, at: start)
        case 1: break
        case 2: mode = try activeData(try reader.u32(), at: start)
        default: throw .malformed("malformed data segment kind", at: start)
        }
        return DataSegment(mode: mode, range: try reader.skip(try reader.u32()))
    }

    private mutating func activeData(
        _ index: UInt32,
        at start: Int
    ) throws(ModuleError) -> SegmentMode {
        guard index < memories.count else { throw .invalid("unknown memory \(index)", at: start) }
        let type = memories[Int(index)].limits.addressType
        return .active(target: index, offset: try constant(type))
    }
}
