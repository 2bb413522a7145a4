/// One module on its way to being an instance.
///
/// Source: WebAssembly 3.0, §4.5.4 (instantiation).
struct Instantiation {
    private let module: Module
    private let store: Store
    /// The store's ids of the module's types.
    private let typeIDs: [UInt32]
    private var entities: InstanceEntities

    /// Links `module` to `imports`.
    init(_ module: Module, _ imports: Imports, _ store: Store) throws(InstantiationError) {
        self.module = module
        self.store = store
        self.typeIDs = store.types.register(module.types)
        let linker = Linker(types: store.types, typeIDs: typeIDs, imports: imports)
        self.entities = try linker.link(module)
    }

    /// Makes the instance, fills it from its active segments and runs its start function.
    mutating func run() throws(InstantiationError) -> Instance {
        try checkBudget()
        store.machine.heap.isPaused = true
        defer { store.machine.heap.isPaused = false }
        let context = InstanceContext(
            module: module,
            machine: store.machine,
            typeIDs: typeIDs,
            importedFunctions: entities.functions
        )
        store.keep(context)
        var evaluator = ConstantEvaluator(
            module: module,
            globals: entities.globals,
            typeIDs: typeIDs,
            heap: store.machine.heap
        ) { context.function($0).bits }
        try makeGlobals(&evaluator)
        try makeTables(evaluator)
        try makeMemories()
        try makeTags()
        var elements: [[UInt64]] = []
        for segment in module.elementSegments {
            if case .declarative = segment.mode {
                elements.append([])
            } else {
                elements.append(try evaluator.references(segment))
            }
        }
        context.tags = entities.tags
        context.attach(
            tables: entities.tables,
            memories: entities.memories,
            globals: entities.globals,
            elements: elements
        )
        let instance = Instance(store, module, context, entities)
        try fill(context, evaluator)
        try start(context)
        return instance
    }

    /// Refuses, before anything is made, a module whose least does not fit.
    ///
    /// What the instance takes beside memories and tables is taken here.
    private func checkBudget() throws(InstantiationError) {
        var needed: UInt64 = 0
        for memory in module.memories[module.importedMemoryCount...] {
            let bytes = memory.limits.minimum.multipliedClamped(by: MemoryType.bytesPerPage)
            needed = needed.addedClamped(bytes)
        }
        for table in module.tables[module.importedTableCount...] {
            needed = needed.addedClamped(table.type.limits.minimum.multipliedClamped(by: 8))
        }
        let globalCount = UInt64(module.globals.count - module.importedGlobalCount)
        let globalBytes = globalCount * GlobalCell.costBytes
        let ownBytes = UInt64(InstanceLayout(module).byteCount + module.declarationBytes)
        let elementBytes = module.elementSegments.reduce(0) { $0 + $1.costBytes }
        for bytes in [globalBytes, ownBytes, elementBytes] { needed = needed.addedClamped(bytes) }
        let budget = store.budget
        guard budget.used <= budget.limit, needed <= budget.limit - budget.used,
            budget.reserve(globalBytes, for: .globals),
            budget.reserve(ownBytes, for: .instances),
            budget.reserve(elementBytes, for: .tables)
        else { throw store.limit(needed) }
    }

    private mutating func makeGlobals(
        _ evaluator: inout ConstantEvaluator
    ) throws(InstantiationError) {
        for declaration in module.globals[module.importedGlobalCount...] {
            let cell = GlobalCell(
                GlobalType(
                    value: storeType(declaration.type.value),
                    isMutable: declaration.type.isMutable
                )
            )
            if let initializer = declaration.initializer {
                (cell.low, cell.high) = try evaluator.value(initializer)
            }
            entities.globals.append(cell)
            evaluator.globals.append(cell)
        }
    }

    private mutating func makeTables(
        _ evaluator: ConstantEvaluator
    ) throws(InstantiationError) {
        for declaration in module.tables[module.importedTableCount...] {
            var initial = ReferenceBits.null
            if let initializer = declaration.initializer {
                initial = try evaluator.value(initializer).low
            }
            let type = TableType(
                element: storeType(declaration.type.element),
                limits: declaration.type.limits
            )
            entities.tables.append(try store.makeTable(type, initial))
        }
    }

    private mutating func makeMemories() throws(InstantiationError) {
        for type in module.memories[module.importedMemoryCount...] {
            entities.memories.append(try store.makeMemory(type))
        }
    }

    private mutating func makeTags() throws(InstantiationError) {
        for type in module.tags[module.importedTagCount...] {
            entities.tags.append(Tag(typeID: typeIDs[Int(type.typeIndex)]))
        }
    }

    /// A type of the module's with its references as the store's ids.
    private func storeType(_ type: ValueType) -> ValueType {
        type.mapReference { typeIDs[Int($0)] }
    }

    /// Writes the active segments, in order: elements first.
    private func fill(
        _ context: InstanceContext,
        _ evaluator: ConstantEvaluator
    ) throws(InstantiationError) {
        for (index, segment) in module.elementSegments.enumerated() {
            if case .active(let table, let offset) = segment.mode {
                let isDone = context.initializeTable(
                    segment: UInt32(index),
                    table: table,
                    destination: try evaluator.value(offset).low,
                    source: 0,
                    count: UInt32(segment.count)
                )
                guard isDone else { throw .trap(Trap(.tableOutOfBounds)) }
            }
            if case .passive = segment.mode { continue }
            context.dropElement(UInt32(index))
        }
        for (index, segment) in module.dataSegments.enumerated() {
            guard case .active(let memory, let offset) = segment.mode else { continue }
            let isDone = context.initializeMemory(
                segment: UInt32(index),
                memory: memory,
                destination: try evaluator.value(offset).low,
                source: 0,
                count: UInt32(segment.range.count)
            )
            guard isDone else { throw .trap(Trap(.memoryOutOfBounds)) }
            context.dropData(UInt32(index))
        }
    }

    private func start(_ context: InstanceContext) throws(InstantiationError) {
        guard let index = module.startFunction else { return }
        do throws(Trap) {
            _ = try store.machine.invoke(context.function(index), arguments: [], resultSlots: 0)
        } catch { throw .trap(error) }
    }
}
