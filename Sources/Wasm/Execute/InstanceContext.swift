// This file is a fence: it lays out the block that handlers know an instance by.

/// An instance as handlers see it.
///
/// Made in two steps, since the values of globals and tables may be functions of the instance: first
/// the functions, then ``attach(tables:memories:globals:elements:)``.
@safe
final class InstanceContext {
    let module: Module
    let machine: Machine
    let layout: InstanceLayout
    /// The store's numbers of the module's types, by index.
    let typeIDs: [UInt32]
    private(set) var tables: [ReferenceTable] = []
    private(set) var memories: [LinearMemory] = []
    private(set) var globals: [GlobalCell] = []
    /// What is left of the element segments, by index; a dropped one is empty.
    private(set) var elements: [[UInt64]] = []
    /// By index, imported ones first.
    var tags: [Tag] = []
    /// By index of data segment.
    private(set) var isDataDropped: [Bool]

    // Safety: a block of our own, with a layout of `InstanceLayout`; freed in `deinit`. The store
    // keeps this object as long as a handler may run or a reference to a function exists.
    let context: Frame
    private let block: UnsafeMutableRawPointer
    private let memoryPointers: UnsafeMutablePointer<UnsafeMutablePointer<MemoryEntity>>

    /// Step one: functions, the imported ones as given.
    init(
        module: Module,
        machine: Machine,
        typeIDs: [UInt32],
        importedFunctions: [FunctionReference]
    ) {
        precondition(importedFunctions.count == module.importedFunctionCount)
        self.module = module
        self.machine = machine
        self.typeIDs = typeIDs
        self.layout = InstanceLayout(module)
        self.isDataDropped = Array(repeating: false, count: module.dataSegments.count)
        // Safety: every part of the block is written before a handler can read it: functions and
        // handlers here, the rest in `attach`.
        unsafe self.block = .allocate(byteCount: layout.byteCount, alignment: 16)
        unsafe self.context = block + layout.bytesBefore
        unsafe self.memoryPointers = .allocate(capacity: max(module.memories.count, 1))
        unsafe fillHandlers(context.assumingMemoryBound(to: Handler.self))
        unsafe (context - MemoryLayout<InstanceHeader>.stride).storeBytes(
            of: InstanceHeader(
                machine: machine.state,
                stackLimit: machine.stackLimit,
                memory: machine.noMemory,
                memories: memoryPointers,
                owner: nil
            ),
            as: InstanceHeader.self
        )
        unsafe header(context).pointee.owner = UnsafeRawPointer(
            Unmanaged.passUnretained(self).toOpaque()
        )
        for (index, function) in importedFunctions.enumerated() {
            unsafe context.storeBytes(
                of: function.entity,
                toByteOffset: layout.importedFunction(index),
                as: UnsafeMutablePointer<FunctionEntity>.self
            )
        }
        makeOwnFunctions()
        unsafe machine.register(context)
    }

    deinit {
        unsafe memoryPointers.deallocate()
        unsafe block.deallocate()
    }

    private func makeOwnFunctions() {
        let imported = module.importedFunctionCount
        for index in 0..<layout.ownFunctionCount {
            let type = module.functionTypeIndices[imported + index]
            unsafe (context + layout.ownFunction(index)).storeBytes(
                of: FunctionEntity(
                    code: machine.untranslated,
                    first: startHandler(),
                    instance: context,
                    typeID: typeIDs[Int(type)],
                    index: UInt32(imported + index)
                ),
                as: FunctionEntity.self
            )
        }
    }

    /// Step two: everything else, imported ones included, in order of their indices.
    func attach(
        tables: [ReferenceTable],
        memories: [LinearMemory],
        globals: [GlobalCell],
        elements: [[UInt64]]
    ) {
        self.tables = tables
        self.memories = memories
        self.globals = globals
        self.elements = elements
        for (index, memory) in memories.enumerated() {
            unsafe memoryPointers[index] = memory.entity
        }
        if let first = memories.first { unsafe header(context).pointee.memory = first.entity }
        for (index, table) in tables.enumerated() {
            unsafe context.storeBytes(
                of: table.entity,
                toByteOffset: layout.table(index),
                as: UnsafeMutablePointer<TableEntity>.self
            )
        }
        for (index, global) in globals.enumerated() {
            if index < layout.importedGlobalCount {
                unsafe context.storeBytes(
                    of: global.address,
                    toByteOffset: layout.importedGlobal(index),
                    as: Frame.self
                )
            } else {
                let own = index - layout.importedGlobalCount
                unsafe global.move(to: context + layout.ownGlobal(own))
            }
        }
    }

    /// The function `index`, which must exist.
    func function(_ index: UInt32) -> FunctionReference {
        let index = Int(index)
        precondition(index < module.functionCount)
        if index < layout.importedFunctionCount {
            return unsafe FunctionReference(
                context.load(
                    fromByteOffset: layout.importedFunction(index),
                    as: UnsafeMutablePointer<FunctionEntity>.self
                )
            )
        }
        let place = unsafe context + layout.ownFunction(index - layout.importedFunctionCount)
        return unsafe FunctionReference(place.assumingMemoryBound(to: FunctionEntity.self))
    }

    /// Gives a function of this instance its code; false when the budget has no room for it.
    func install(
        _ code: CodeBuffer,
        _ header: CodeHeader,
        _ wide: WideFrame,
        _ function: FunctionReference,
        for caller: CallPlace
    ) -> Bool {
        let place = {
            unsafe self.machine.arena.place(
                code,
                header: header,
                wideBytes: wide.bytes,
                context: self.context
            )
        }
        var found = unsafe place()
        if unsafe found == nil, machine.evictCode(wordCount: code.count, for: caller) {
            unsafe found = unsafe place()
        }
        guard let place = unsafe found else { return false }
        unsafe function.entity.pointee.code = unsafe place
        unsafe function.entity.pointee.first = unsafe firstHandler(place, context)
        return true
    }

    /// Takes its code from a function of this instance's own; its next call translates it again.
    func forgetCode(_ index: UInt32) {
        let entity = unsafe function(index).entity
        unsafe entity.pointee.code = machine.untranslated
        unsafe entity.pointee.first = startHandler()
    }

    /// Whether `function` is one of this instance's own, and not imported into it.
    func owns(_ function: FunctionReference) -> Bool {
        unsafe function.entity.pointee.instance == context
    }

    /// Copies references from an element segment; false when either end lies outside.
    func initializeTable(
        segment: UInt32,
        table: UInt32,
        destination: UInt64,
        source: UInt32,
        count: UInt32
    ) -> Bool {
        let segment = elements[Int(segment)]
        let (start, all) = (Int(source), segment.count)
        guard start <= all, Int(count) <= all - start else { return false }
        let target = tables[Int(table)]
        guard target.contains(destination, UInt64(count)) else { return false }
        for offset in 0..<Int(count) {
            _ = target.set(destination + UInt64(offset), segment[start + offset])
        }
        return true
    }

    /// Copies bytes from a data segment; false when either end lies outside.
    func initializeMemory(
        segment: UInt32,
        memory: UInt32,
        destination: UInt64,
        source: UInt32,
        count: UInt32
    ) -> Bool {
        let index = Int(segment)
        let range = isDataDropped[index] ? 0..<0 : module.dataSegments[index].range
        let all = range.count
        guard Int(source) <= all, Int(count) <= all - Int(source) else { return false }
        let target = memories[Int(memory)]
        guard target.contains(destination, UInt64(count)) else { return false }
        // Safety: both ends were checked.
        unsafe (target.base + Int(destination)).copyMemory(
            from: module.bytes.base + range.lowerBound + Int(source),
            byteCount: Int(count)
        )
        return true
    }

    /// Lets go of an element segment.
    func dropElement(_ segment: UInt32) {
        let bytes = UInt64(elements[Int(segment)].count) * ReferenceTable.bytesPerElement
        machine.budget.release(bytes, for: .tables)
        elements[Int(segment)] = []
    }

    /// Lets go of a data segment.
    func dropData(_ segment: UInt32) {
        isDataDropped[Int(segment)] = true
    }

    /// The instance whose context this is.
    static func of(_ context: Frame) -> InstanceContext? {
        // Safety: the header's owner is alive as long as the block that it lies in.
        guard let owner = unsafe header(context).pointee.owner else { return nil }
        return unsafe Unmanaged<InstanceContext>.fromOpaque(owner).takeUnretainedValue()
    }
}
