/// The sections that fill the index spaces: imports, functions, tables, memories, tags, globals.
///
/// Source: WebAssembly 3.0, §5.5.5-5.5.9, §5.5.17.
extension ModuleDecoder {
    mutating func importSection() throws(ModuleError) {
        for _
            in 0..<(try count(
                max: ModuleLimits.listCountMax,
                "imports",
                bytesEach: DeclarationBytes.importEntry
            ))
        {
            let module = bytes.string(try reader.name())
            let name = bytes.string(try reader.name())
            imports.append(Import(module: module, name: name, type: try importType()))
        }
        importedFunctionCount = functionTypeIndices.count
        importedTableCount = tables.count
        importedMemoryCount = memories.count
        importedTagCount = tags.count
        importedGlobalCount = globals.count
    }

    private mutating func importType() throws(ModuleError) -> ImportType {
        let start = reader.position
        guard let kind = ExternalKind(rawValue: try reader.byte()), isOn(kind) else {
            throw .malformed("malformed import kind", at: start)
        }
        switch kind {
        case .function:
            return .function(typeIndex: try function())
        case .table:
            let type = try reader.tableType(types)
            tables.append(TableDeclaration(type: type, initializer: nil))
            return .table(type)
        case .memory:
            return .memory(try memory())
        case .global:
            let type = try reader.globalType(types)
            globals.append(GlobalDeclaration(type: type, initializer: nil))
            return .global(type)
        case .tag:
            return .tag(try tag())
        }
    }

    func isOn(_ kind: ExternalKind) -> Bool {
        kind != .tag || features.contains(.exceptions)
    }

    mutating func functionSection() throws(ModuleError) {
        for _
            in 0..<(try count(
                max: ModuleLimits.functionCountMax,
                "functions",
                bytesEach: DeclarationBytes.function
            ))
        {
            _ = try function()
        }
    }

    /// The (canonical) index of the type of a new function.
    private mutating func function() throws(ModuleError) -> UInt32 {
        let start = reader.position
        let index = try reader.u32()
        guard types.function(index) != nil else {
            throw .invalid("unknown type \(index)", at: start)
        }
        guard functionTypeIndices.count < ModuleLimits.functionCountMax else {
            throw .limit("more than \(ModuleLimits.functionCountMax) functions", at: start)
        }
        functionTypeIndices.append(types.canonical(index))
        return types.canonical(index)
    }

    mutating func tableSection() throws(ModuleError) {
        for _
            in 0..<(try count(
                max: ModuleLimits.entityCountMax,
                "tables",
                bytesEach: DeclarationBytes.table
            ))
        {
            tables.append(try table())
        }
    }

    /// A table; one with an initial value begins with 0x40 0x00.
    private mutating func table() throws(ModuleError) -> TableDeclaration {
        let start = reader.position
        guard reader.next == 0x40 else {
            let type = try reader.tableType(types)
            guard type.element.isDefaultable else { throw .invalid("type mismatch", at: start) }
            return TableDeclaration(type: type, initializer: nil)
        }
        try require(.functionReferences, "initialised tables (feature function-references)")
        _ = try reader.byte()
        guard try reader.byte() == 0 else { throw .malformed("malformed table", at: start) }
        let type = try reader.tableType(types)
        return TableDeclaration(type: type, initializer: try constant(type.element))
    }

    mutating func memorySection() throws(ModuleError) {
        for _
            in 0..<(try count(
                max: ModuleLimits.entityCountMax,
                "memories",
                bytesEach: DeclarationBytes.memory
            ))
        {
            _ = try memory()
        }
    }

    private mutating func memory() throws(ModuleError) -> MemoryType {
        let start = reader.position
        let type = try reader.memoryType(features)
        guard memories.isEmpty || features.contains(.multipleMemories) else {
            throw .invalid("multiple memories", at: start)
        }
        guard memories.count < ModuleLimits.memoryCountMax else {
            throw .limit("more than \(ModuleLimits.memoryCountMax) memories", at: start)
        }
        memories.append(type)
        return type
    }

    mutating func tagSection() throws(ModuleError) {
        for _
            in 0..<(try count(
                max: ModuleLimits.entityCountMax,
                "tags",
                bytesEach: DeclarationBytes.tag
            ))
        { _ = try tag() }
    }

    private mutating func tag() throws(ModuleError) -> TagType {
        let start = reader.position
        guard try reader.byte() == 0 else { throw .malformed("malformed tag attribute", at: start) }
        let index = try reader.u32()
        guard let function = types.function(index) else {
            throw .invalid("unknown type \(index)", at: start)
        }
        guard function.results.isEmpty else {
            throw .invalid("non-empty tag result type", at: start)
        }
        let type = TagType(typeIndex: types.canonical(index))
        tags.append(type)
        return type
    }

    /// An initial value may use the globals before its own.
    mutating func globalSection() throws(ModuleError) {
        for _
            in 0..<(try count(
                max: ModuleLimits.entityCountMax,
                "globals",
                bytesEach: DeclarationBytes.global
            ))
        {
            let type = try reader.globalType(types)
            let initializer = try constant(type.value)
            globals.append(GlobalDeclaration(type: type, initializer: initializer))
        }
    }
}
