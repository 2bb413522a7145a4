/// Everything that guests which may call each other share: their budget, their stack, their types.
///
/// Single-threaded: one thread at a time runs a store and what belongs to it. A store keeps all that
/// was made in it until it goes itself, because a table or global of one instance may name the
/// functions of any other.
public final class Store {
    let budget: MemoryBudget
    let machine: Machine
    let types = TypeRegistry()
    private var contexts: [InstanceContext] = []
    private var hostFunctions: [HostFunctionEntity] = []

    /// An empty store that never uses more than `limits` say.
    public init(limits: ResourceLimits) {
        self.budget = MemoryBudget(limit: limits.memoryBytes)
        self.machine = Machine(
            budget: budget,
            stackBytes: limits.stackBytes,
            codeBytes: limits.codeBytes
        )
        machine.heap.types = types
        machine.heap.visitRoots = { [unowned machine] visit in
            machine.visitRoots(visit)
        }
        machine.isSubtype = { [types] in types.isSubtype($0, of: $1) }
        machine.isMetered = limits.fuel != nil
        machine.fuel = Int64(clamping: limits.fuel ?? .max)
    }

    /// Bytes of the budget that are not given out.
    public var memoryBytesLeft: UInt64 { budget.left }

    /// Takes bytes of the budget for something that the host holds on the guest's behalf.
    ///
    /// - Returns: `false` when there are not so many left, and then nothing is taken.
    public func reserveForHost(_ byteCount: UInt64) -> Bool {
        budget.reserve(byteCount, for: .hostBuffers)
    }

    /// Ends the running guest with ``TrapReason/interrupted`` at its next operation.
    ///
    /// Any thread may call this, and a signal handler too; it costs nothing until then.
    public func interrupt() {
        machine.interrupt(true)
    }

    /// What the store has used up to now.
    public var usage: ResourceUsage {
        ResourceUsage(
            memoryBytes: budget.used,
            memoryBytesPeak: budget.peak,
            sharePeaks: Dictionary(
                uniqueKeysWithValues: MemoryShare.allCases.map { ($0, budget.peak($0)) }
            ),
            refusedAllocations: budget.refusals,
            fuelLeft: machine.isMetered ? UInt64(clamping: machine.fuel) : nil,
            functionsTranslated: machine.translatedFunctions,
            functionsEvicted: machine.arena.evictedCount,
            bodyBytesTranslated: machine.translatedBytes,
            codeBytes: machine.arena.byteCount
        )
    }

    /// A function of the host's as a value of this store.
    public func function(_ function: HostFunction) -> Function {
        let type = function.type
        let slotCount = max(type.parameterSlotCount, type.resultSlotCount)
        let body = function.body
        let entity = HostFunctionEntity(typeID: types.id(of: type), type: type, machine: machine) {
            [types] frame throws(Trap) in
            try body(HostCall(frame, type, slotCount: slotCount, types.table))
        }
        hostFunctions.append(entity)
        return Function(reference: entity.reference)
    }

    /// A new memory that belongs to no instance.
    ///
    /// - Throws: ``InstantiationError/limit(neededBytes:allowedBytes:)``.
    public func memory(_ type: MemoryType) throws(InstantiationError) -> Memory {
        Memory(entity: try makeMemory(type))
    }

    /// A new table of nulls that belongs to no instance.
    ///
    /// - Throws: ``InstantiationError/limit(neededBytes:allowedBytes:)``.
    public func table(_ type: TableType) throws(InstantiationError) -> Table {
        let table = try makeTable(type, ReferenceBits.null)
        machine.hostTables.append(table)
        return Table(entity: table)
    }

    /// A new global that belongs to no instance.
    ///
    /// - Throws: ``InstantiationError/unsupported(_:)`` when `value` is not of the global's type.
    public func global(_ type: GlobalType, _ value: Value) throws(InstantiationError) -> Global {
        guard value.has(type.value, types.table), isSafe(value) else {
            throw .unsupported("a \(type.value) global that holds \(value)")
        }
        var slots: [UInt64] = []
        value.append(to: &slots)
        let cell = GlobalCell(type)
        cell.low = slots[0]
        if slots.count > 1 { cell.high = slots[1] }
        machine.hostGlobals.append(cell)
        return Global(entity: cell, store: self)
    }

    /// Links `module` to `imports`, gives it its memories, tables and globals, and starts it.
    ///
    /// As the specification says, what its active segments and its start function did before a trap
    /// stays done.
    ///
    /// - Throws: ``InstantiationError``.
    public func instantiate(
        _ module: Module,
        imports: Imports
    ) throws(InstantiationError) -> Instance {
        var instantiation = try Instantiation(module, imports, self)
        return try instantiation.run()
    }

    /// Whether a value that is no argument can be trusted: of an object only the guest knows the type.
    private func isSafe(_ value: Value) -> Bool {
        if case .reference(.object?) = value { return false }
        return true
    }

    func keep(_ context: InstanceContext) {
        contexts.append(context)
    }

    func makeMemory(_ type: MemoryType) throws(InstantiationError) -> LinearMemory {
        guard let memory = LinearMemory(type, budget) else {
            throw limit(type.limits.minimum.multipliedClamped(by: MemoryType.bytesPerPage))
        }
        return memory
    }

    func makeTable(
        _ type: TableType,
        _ initial: UInt64
    ) throws(InstantiationError) -> ReferenceTable {
        guard let table = ReferenceTable(type, initial: initial, budget) else {
            throw limit(type.limits.minimum.multipliedClamped(by: 8))
        }
        return table
    }

    func limit(_ neededBytes: UInt64) -> InstantiationError {
        let used = budget.used
        return .limit(
            neededBytes: neededBytes,
            allowedBytes: budget.limit > used ? budget.limit - used : 0
        )
    }
}

extension UInt64 {
    /// The product, or the largest number when it is larger than that.
    func multipliedClamped(by other: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }

    /// The sum, or the largest number when it is larger than that.
    func addedClamped(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
