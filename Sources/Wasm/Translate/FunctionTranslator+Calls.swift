// Calls.

extension FunctionTranslator {
    @inline(__always)
    func functionType(ofType index: UInt32, at start: Int) throws(ModuleError) -> FunctionType {
        guard let type = module.types.function(index) else {
            throw .invalid("unknown type \(index)", at: start)
        }
        return type
    }

    /// Takes the arguments off; they are at home then, side by side.
    ///
    /// The byte offset of the first.
    mutating func popArguments(_ type: FunctionType) throws(ModuleError) -> UInt32 {
        let count = type.parameters.count
        try spend(count + type.results.count)
        let height = floor
        guard count > 0 else {
            flush()
            return top
        }
        guard stack.count - height >= count else {
            try pop(type.parameters)
            return top
        }
        for place in 0..<count {
            let index = stack.count - count + place
            let wanted = type.parameters[place]
            guard stack[index].type == wanted || module.types.matches(stack[index].type, wanted)
            else { throw mismatch() }
        }
        settleArguments(count)
        let base = stack[stack.count - count].home
        for _ in 0..<count { _ = try pop() }
        return base
    }

    /// Brings the top `count` entries home, several at a time where they are slots of locals.
    private mutating func settleArguments(_ count: Int) {
        flush()
        var index = stack.count - count
        while index < stack.count {
            let run = runOfLocals(from: index)
            guard run > 1 else {
                settleEntry(index)
                index += 1
                continue
            }
            comparison = nil
            code.append(run == 2 ? Operation.copy2 : run == 3 ? Operation.copy3 : Operation.copy4)
            for place in index..<index + run { appendSlot(stack[place].slot) }
            appendSlot(stack[index].home)
            for place in index..<index + run {
                held.forget(stack[place].home)
                stack[place].slot = stack[place].home
            }
            aliasCount -= run
            index += run
        }
    }

    /// How many entries from `index` on are slots of locals, four at most; none is a vector.
    @inline(__always)
    private func runOfLocals(from index: Int) -> Int {
        var run = 0
        while run < 4, index + run < stack.count, stack[index + run].isLocal,
            stack[index + run].type != .v128
        { run += 1 }
        return run
    }

    /// Results lie where the arguments were; a single one is in its accumulator too.
    private mutating func pushResults(_ type: FunctionType) {
        forgetAccumulators()
        for result in type.results { push(result) }
        guard type.results.count == 1 else { return }
        held[AccumulatorClass(type.results[0])] = stack[stack.count - 1].home
    }

    private mutating func appendFrame(_ base: UInt32) {
        code.append(UInt16(truncatingIfNeeded: base / 8))
        if base > topMax { topMax = base }
    }

    @inline(__always)
    private func functionOperand(_ index: UInt32) -> UInt32 {
        let imported = layout.importedFunctionCount
        let index = Int(index)
        let place =
            index < imported
            ? layout.importedFunction(index) : layout.ownFunction(index - imported)
        return UInt32(bitPattern: Int32(truncatingIfNeeded: place))
    }

    @inline(__always)
    private mutating func functionIndex() throws(ModuleError) -> (UInt32, FunctionType) {
        let start = reader.position
        let index = try reader.u32()
        guard let type = module.functionType(index) else {
            throw .invalid("unknown function \(index)", at: start)
        }
        return (index, type)
    }

    mutating func call() throws(ModuleError) {
        let (index, type) = try functionIndex()
        let base = try popArguments(type)
        let isOwn = index >= layout.importedFunctionCount
        _ = begin(
            isMetered
                ? (isOwn ? Operation.paidCallOwn : Operation.paidCallImported)
                : (isOwn ? Operation.callOwn : Operation.callImported)
        )
        appendFrame(base)
        code.append32(functionOperand(index))
        pushResults(type)
    }

    private mutating func indirectCallee() throws(ModuleError) -> (UInt32, UInt32, FunctionType) {
        let start = reader.position
        let typeIndex = try reader.u32()
        let type = try functionType(ofType: typeIndex, at: start)
        let tableStart = reader.position
        let table = try reader.u32()
        let tableType = try tableType(table, at: tableStart)
        guard module.types.matches(tableType.element, .funcref) else { throw mismatch() }
        return (typeIndex, table, type)
    }

    @inline(__always)
    private func typeID(_ index: UInt32) -> UInt32 {
        typeIDs.isEmpty ? 0 : typeIDs[Int(index)]
    }

    mutating func callIndirect() throws(ModuleError) {
        let (typeIndex, table, type) = try indirectCallee()
        var index = try pop(module.tables[Int(table)].type.limits.addressType)
        if index.place == .constant { _ = slot(&index) }
        if module.tables[Int(table)].type.limits.is64 {
            return try callResolved(typeIndex, table, type, &index)
        }
        // Moving arguments leaves an index in the accumulator alone.
        let isHeld = index.place == .accumulator || held.integer == index.slot
        let base = try popArguments(type)
        let isStillHeld = index.place == .accumulator || (isHeld && held.integer == index.slot)
        let family = isMetered ? Operation.paidCallIndirect : Operation.callIndirect
        _ = begin(family + (isStillHeld ? 1 : 0))
        appendFrame(base)
        code.append32(typeID(typeIndex))
        code.append32(
            UInt32(bitPattern: Int32(truncatingIfNeeded: layout.table(Int(table))))
        )
        if !isStillHeld { appendSlot(index.slot) }
        pushResults(type)
    }

    /// An indirect call through a table with 64-bit indices: found by a service, then called.
    private mutating func callResolved(
        _ typeIndex: UInt32,
        _ table: UInt32,
        _ type: FunctionType,
        _ index: inout Operand
    ) throws(ModuleError) {
        let place = resolve(typeIndex, table, &index)
        try callReference(type, place)
    }

    /// The function that an indirect call would call, in a slot above the arguments.
    private mutating func resolve(
        _ typeIndex: UInt32,
        _ table: UInt32,
        _ index: inout Operand
    ) -> UInt32 {
        let source = slot(&index)
        let place = index.home
        _ = beginService(.resolveIndirect)
        appendSlot(place)
        appendSlot(source)
        code.append32(table)
        code.append32(typeID(typeIndex))
        forgetAccumulators()
        if place + 8 > topMax { topMax = place + 8 }
        return place
    }

    private mutating func callReference(_ type: FunctionType, _ place: UInt32) throws(ModuleError) {
        let base = try popArguments(type)
        _ = begin(isMetered ? Operation.paidCallReference : Operation.callReference)
        appendFrame(base)
        appendSlot(place)
        pushResults(type)
    }

    /// The type of a `call_ref`, and the reference in a slot.
    private mutating func referenceCallee() throws(ModuleError) -> (FunctionType, UInt32) {
        let start = reader.position
        let index = try reader.u32()
        let type = try functionType(ofType: index, at: start)
        let heap = HeapType.type(module.types.canonical(index))
        var operand = try pop(.reference(to: heap, isNullable: true))
        return (type, slot(&operand))
    }

    mutating func callRef() throws(ModuleError) {
        let (type, place) = try referenceCallee()
        try callReference(type, place)
    }

    private func checkTail(_ callee: FunctionType) throws(ModuleError) {
        guard module.types.matches(callee.results, type.results) else { throw mismatch() }
    }

    /// Ends the function with a call; `place` says where the callee is found (see `tailCall`).
    private mutating func emitTail(
        _ type: FunctionType,
        _ place: UInt16,
        _ operand: UInt32
    ) throws(ModuleError) {
        try checkTail(type)
        let base = try popArguments(type)
        _ = begin(Operation.tailCall)
        appendSlot(linkOffset)
        appendSlot(base)
        code.append(UInt16(truncatingIfNeeded: type.parameters.slotCount))
        code.append(wide.bytes == 0 ? place : place | TailCallPlace.wide)
        if wide.bytes > 0 {
            code.append32(operand)
            code.append32(wide.bytes)
        } else if place == TailCallPlace.reference {
            appendSlot(operand)
        } else {
            code.append32(operand)
        }
        becomeUnreachable()
    }

    mutating func returnCall() throws(ModuleError) {
        let (index, type) = try functionIndex()
        let isOwn = index >= layout.importedFunctionCount
        let place = isOwn ? TailCallPlace.own : TailCallPlace.imported
        try emitTail(type, place, functionOperand(index))
    }

    mutating func returnCallIndirect() throws(ModuleError) {
        let (typeIndex, table, type) = try indirectCallee()
        var index = try pop(module.tables[Int(table)].type.limits.addressType)
        let place = resolve(typeIndex, table, &index)
        try emitTail(type, TailCallPlace.reference, place)
    }

    mutating func returnCallRef() throws(ModuleError) {
        let (type, place) = try referenceCallee()
        try emitTail(type, TailCallPlace.reference, place)
    }
}
