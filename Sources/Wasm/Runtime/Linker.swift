/// Finds what a module imports, and checks that it is what the module wants.
///
/// Source: WebAssembly 3.0, §3.2.15-3.2.18 and §3.3.12-3.3.16 (matching of external types).
struct Linker {
    let types: TypeRegistry
    /// The store's ids of the module's types.
    let typeIDs: [UInt32]
    let imports: Imports

    /// The imported part of each index space.
    ///
    /// - Throws: ``InstantiationError/link(module:name:message:)`` for the first import that fails.
    func link(_ module: Module) throws(InstantiationError) -> InstanceEntities {
        var entities = InstanceEntities()
        for wanted in module.imports {
            guard let value = imports.value(wanted.module, wanted.name) else {
                throw .link(module: wanted.module, name: wanted.name, message: "unknown import")
            }
            guard add(value, wanted.type, to: &entities) else {
                throw .link(
                    module: wanted.module,
                    name: wanted.name,
                    message: "incompatible import type"
                )
            }
        }
        return entities
    }

    /// - Returns: `false` when `value` is not what is wanted.
    private func add(
        _ value: ExternalValue,
        _ wanted: ImportType,
        to entities: inout InstanceEntities
    ) -> Bool {
        switch (value, wanted) {
        case (.function(let function), .function(let typeIndex)):
            entities.functions.append(function.reference)
            return types.isSubtype(function.reference.typeID, of: typeIDs[Int(typeIndex)])
        case (.table(let table), .table(let type)):
            entities.tables.append(table.entity)
            return table.entity.type.element == storeType(type.element)
                && matches(table.entity.type.limits, now: table.count, type.limits)
        case (.memory(let memory), .memory(let type)):
            entities.memories.append(memory.entity)
            let pageCount = memory.entity.byteCount / MemoryType.bytesPerPage
            return matches(memory.entity.type.limits, now: pageCount, type.limits)
        case (.global(let global), .global(let type)):
            entities.globals.append(global.entity)
            return matches(global.entity.type, type)
        case (.tag(let tag), .tag(let type)):
            entities.tags.append(tag)
            return tag.typeID == typeIDs[Int(type.typeIndex)]
        case (.function, _), (.table, _), (.memory, _), (.global, _), (.tag, _):
            return false
        }
    }

    /// The present size counts as the minimum of what is given.
    private func matches(_ given: Limits, now size: UInt64, _ wanted: Limits) -> Bool {
        guard given.is64 == wanted.is64, given.isShared == wanted.isShared,
            size >= wanted.minimum
        else { return false }
        guard let wantedMaximum = wanted.maximum else { return true }
        return given.maximum.map { $0 <= wantedMaximum } ?? false
    }

    /// What can be written must have exactly the type; what is only read may have a narrower one.
    private func matches(_ given: GlobalType, _ wanted: GlobalType) -> Bool {
        guard given.isMutable == wanted.isMutable else { return false }
        let type = storeType(wanted.value)
        return given.isMutable ? given.value == type : types.table.matches(given.value, type)
    }

    private func storeType(_ type: ValueType) -> ValueType {
        type.mapReference { typeIDs[Int($0)] }
    }
}
