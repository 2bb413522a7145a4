/// A module that was given its own memories, tables and globals, and can run.
public final class Instance {
    /// What it is an instance of.
    public let module: Module
    let store: Store
    let context: InstanceContext
    let tables: [ReferenceTable]
    let memories: [LinearMemory]
    let globals: [GlobalCell]
    let tags: [Tag]

    init(
        _ store: Store,
        _ module: Module,
        _ context: InstanceContext,
        _ entities: InstanceEntities
    ) {
        self.store = store
        self.module = module
        self.context = context
        self.tables = entities.tables
        self.memories = entities.memories
        self.globals = entities.globals
        self.tags = entities.tags
    }

    /// What the instance exports as `name`, or `nil`.
    public func export(_ name: String) -> ExternalValue? {
        guard let export = module.export(name) else { return nil }
        let index = Int(export.index)
        return switch export.kind {
        case .function: .function(Function(reference: context.function(export.index)))
        case .table: .table(Table(entity: tables[index]))
        case .memory: .memory(Memory(entity: memories[index]))
        case .global: .global(Global(entity: globals[index], store: store))
        case .tag: .tag(tags[index])
        }
    }

    /// The type of the function exported as `name`, or `nil` when there is none.
    public func functionType(_ name: String) -> FunctionType? {
        guard let export = module.export(name), export.kind == .function else { return nil }
        return module.functionType(export.index)
    }

    /// The memory 0; an empty one when there is none.
    public var memory: GuestMemory { GuestMemory(memories.first) }

    /// Calls the function exported as `name`.
    ///
    /// - Throws: ``Trap``: the guest's, or with reason `host` when there is no such function or the
    ///   arguments are not of its types.
    public func invoke(_ name: String, _ arguments: [Value]) throws(Trap) -> [Value] {
        guard let export = module.export(name), export.kind == .function,
            let type = module.functionType(export.index)
        else { throw Trap.host("no function is exported as \"\(name)\"") }
        guard arguments.count == type.parameters.count,
            zip(arguments, type.parameters).allSatisfy({ accepts($0, $1) })
        else { throw Trap.host("the arguments of \"\(name)\" are not of types \(type)") }
        var slots: [UInt64] = []
        for argument in arguments { argument.append(to: &slots) }
        let results = try store.machine.invoke(
            context.function(export.index),
            arguments: slots,
            resultSlots: type.resultSlotCount
        )
        var index = 0
        return type.results.map { Value($0, results, &index, module.types) }
    }
}

extension Instance {
    /// Whether an argument is of a parameter's type.
    ///
    /// What a reference points to is looked at: the host
    /// may have kept it too long, or mean another function.
    private func accepts(_ value: Value, _ type: ValueType) -> Bool {
        guard value.has(type, module.types) else { return false }
        guard case .reference(let reference?) = value else { return true }
        let bits = ReferenceBits.bits(reference)
        if case .object = reference, store.machine.heap.object(bits) == nil { return false }
        let wanted = type.mapReference { context.typeIDs[Int($0)] }
        return store.machine.isReference(bits, wanted.raw)
    }
}

/// What an instance's indices name, imports first.
struct InstanceEntities {
    var functions: [FunctionReference] = []
    var tables: [ReferenceTable] = []
    var memories: [LinearMemory] = []
    var globals: [GlobalCell] = []
    var tags: [Tag] = []
}
