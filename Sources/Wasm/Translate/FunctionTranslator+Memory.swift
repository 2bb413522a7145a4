// Loads, stores, and operators on whole memories.

/// A load or store as the translator sees it.
struct MemoryAccess {
    /// First handler of its family, in memory 0 with 32-bit addresses.
    var operation: UInt16
    /// The handler for other memories.
    var far: UInt16
    var type: ValueType
    /// The logarithm of the bytes that it touches.
    var alignment: UInt32
    /// The family that gives what was loaded its sign, in memory 0 and in others; 0 for none.
    var signing: UInt16
    var farSigning: UInt16

    private init(
        _ operation: UInt16,
        _ far: UInt16,
        _ type: ValueType,
        _ alignment: UInt32,
        signing: UInt16 = 0,
        farSigning: UInt16 = 0
    ) {
        self.operation = operation
        self.far = far
        self.type = type
        self.alignment = alignment
        self.signing = signing
        self.farSigning = farSigning
    }

    /// A load without a sign of its own anywhere.
    private static func signed(
        _ operation: UInt16,
        _ far: UInt16,
        _ type: ValueType,
        _ alignment: UInt32,
        _ signing: UInt16
    ) -> MemoryAccess {
        MemoryAccess(operation, far, type, alignment, signing: signing, farSigning: signing)
    }

    /// The load with the opcode 0x28 + `index`.
    static func load(_ index: UInt8) -> MemoryAccess {
        typealias O = Operation
        return switch index {
        case 0: MemoryAccess(O.load32, O.farLoad32, .i32, 2)
        case 1: MemoryAccess(O.load64, O.farLoad64, .i64, 3)
        case 2: MemoryAccess(O.f32Load, O.farLoad32, .f32, 2)
        case 3: MemoryAccess(O.f64Load, O.farLoad64, .f64, 3)
        case 4: MemoryAccess(O.i32Load8S, O.farLoad8U, .i32, 0, farSigning: O.i32Extend8S)
        case 5: MemoryAccess(O.load8U, O.farLoad8U, .i32, 0)
        case 6: MemoryAccess(O.i32Load16S, O.farLoad16U, .i32, 1, farSigning: O.i32Extend16S)
        case 7: MemoryAccess(O.load16U, O.farLoad16U, .i32, 1)
        case 8: signed(O.load8U, O.farLoad8U, .i64, 0, O.i64Extend8S)
        case 9: MemoryAccess(O.load8U, O.farLoad8U, .i64, 0)
        case 10: signed(O.load16U, O.farLoad16U, .i64, 1, O.i64Extend16S)
        case 11: MemoryAccess(O.load16U, O.farLoad16U, .i64, 1)
        case 12: MemoryAccess(O.i64Load32S, O.farLoad32, .i64, 2, farSigning: O.i64ExtendI32S)
        default: MemoryAccess(O.load32, O.farLoad32, .i64, 2)
        }
    }

    /// The store with the opcode 0x36 + `index`.
    static func store(_ index: UInt8) -> MemoryAccess {
        typealias O = Operation
        return switch index {
        case 0: MemoryAccess(O.store32, O.farStore32, .i32, 2)
        case 1: MemoryAccess(O.store64, O.farStore64, .i64, 3)
        case 2: MemoryAccess(O.store32, O.farStore32, .f32, 2)
        case 3: MemoryAccess(O.store64, O.farStore64, .f64, 3)
        case 4: MemoryAccess(O.store8, O.farStore8, .i32, 0)
        case 5: MemoryAccess(O.store16, O.farStore16, .i32, 1)
        case 6: MemoryAccess(O.store8, O.farStore8, .i64, 0)
        case 7: MemoryAccess(O.store16, O.farStore16, .i64, 1)
        default: MemoryAccess(O.store32, O.farStore32, .i64, 2)
        }
    }
}

extension MemoryAccess {
    /// The family that adds a constant to a slot by itself.
    var summed: UInt16 {
        typealias O = Operation
        return switch operation {
        case O.load8U: O.summedLoad8U
        case O.load16U: O.summedLoad16U
        case O.load32: O.summedLoad32
        case O.load64: O.summedLoad64
        case O.i32Load8S: O.summedI32Load8S
        case O.i32Load16S: O.summedI32Load16S
        case O.i64Load32S: O.summedI64Load32S
        case O.f32Load: O.summedF32Load
        case O.f64Load: O.summedF64Load
        case O.store8: O.summedStore8
        case O.store16: O.summedStore16
        case O.store32: O.summedStore32
        default: O.summedStore64
        }
    }

    /// The family that scales an index and adds a base by itself.
    var indexed: UInt16? {
        typealias O = Operation
        return switch operation {
        case O.load8U: O.indexedLoad8U
        case O.load16U: O.indexedLoad16U
        case O.load32: O.indexedLoad32
        case O.load64: O.indexedLoad64
        case O.f32Load: O.indexedF32Load
        case O.f64Load: O.indexedF64Load
        default: nil
        }
    }
}

/// Where an access goes, as the instruction says.
struct MemoryArgument {
    var memory: Int
    var offset: UInt64
    var is64: Bool

    /// Whether the fast handlers can do it.
    var isNear: Bool { memory == 0 && !is64 }
    var addressType: ValueType { is64 ? .i64 : .i32 }
}

extension FunctionTranslator {
    /// Alignment, memory and offset of an access to `1 << natural` bytes.
    @inline(__always)
    mutating func memoryArgument(_ natural: UInt32) throws(ModuleError) -> MemoryArgument {
        if isPlainMemory, let alignment = reader.next, alignment <= natural {
            _ = try reader.byte()
            let place = reader.position
            let offset = try reader.u64()
            guard offset <= UInt64(UInt32.max) else {
                throw .invalid("offset out of range", at: place)
            }
            return MemoryArgument(memory: 0, offset: offset, is64: false)
        }
        return try longMemoryArgument(natural)
    }

    /// Of any memory, or wrong.
    @inline(never)
    private mutating func longMemoryArgument(
        _ natural: UInt32
    ) throws(ModuleError) -> MemoryArgument {
        let start = reader.position
        var alignment = try reader.u32()
        var memory = 0
        if alignment & 0x40 != 0, module.features.contains(.multipleMemories) {
            alignment &= ~0x40
            memory = Int(try reader.u32())
        }
        guard alignment < 64 else { throw .malformed("malformed memop flags", at: start) }
        let type = try memoryType(memory)
        guard alignment <= natural else {
            throw .invalid("alignment must not be larger than natural", at: start)
        }
        let is64 = type.limits.is64
        let place = reader.position
        let offset = try reader.u64()
        guard is64 || offset <= UInt64(UInt32.max) else {
            throw .invalid("offset out of range", at: place)
        }
        return MemoryArgument(memory: memory, offset: offset, is64: is64)
    }

    func memoryType(_ index: Int) throws(ModuleError) -> MemoryType {
        guard index < module.memories.count else {
            throw .invalid("unknown memory \(index)", at: offset)
        }
        return module.memories[index]
    }

    mutating func load(_ access: MemoryAccess) throws(ModuleError) {
        let argument = try memoryArgument(access.alignment)
        try load(access, argument)
        let signing = argument.isNear ? access.signing : access.farSigning
        guard signing > 0 else { return }
        let start = emitUnary(signing, popAny())
        pushResident(access.type, start, isZeroExtended: access.type == .i32)
    }

    @inline(__always)
    private mutating func load(
        _ access: MemoryAccess,
        _ argument: MemoryArgument
    ) throws(ModuleError) {
        if argument.isNear, loadAtScaled(access, argument) { return }
        var address = try popAddress(argument.addressType)
        if address.place == .sum, argument.isNear, argument.offset == 0 {
            let start = begin(access.summed)
            appendSlot(address.slot)
            code.append32(UInt32(truncatingIfNeeded: address.bits))
            return pushResident(access.type, start, isZeroExtended: access.type == .i32)
        }
        if address.place == .sum { _ = slot(&address) }
        guard argument.isNear else {
            let place = slot(&address)
            _ = beginFar(access.far, place, argument)
            appendSlot(top)
            forgetAccumulators()
            return push(access.type)
        }
        if address.place == .constant {
            emitTake(address)
            address.place = .accumulator
        }
        let isHeld = address.place == .accumulator || held.integer == address.slot
        let start = begin(access.operation + (isHeld ? 2 : 0))
        if !isHeld { appendSlot(address.slot) }
        code.append32(UInt32(truncatingIfNeeded: argument.offset))
        pushResident(access.type, start, isZeroExtended: access.type == .i32)
    }

    mutating func store(_ access: MemoryAccess) throws(ModuleError) {
        let argument = try memoryArgument(access.alignment)
        guard argument.isNear else {
            let places = try popSlots([argument.addressType, access.type])
            _ = beginFar(access.far, places[0], argument)
            appendSlot(places[1])
            return forgetAccumulators()
        }
        var value = try pop(access.type)
        var address = try popAddress(argument.addressType)
        if address.place == .sum {
            if argument.offset == 0 { return storeAtSum(access, address, &value) }
            _ = slot(&address)
        }
        let kind = AccumulatorClass(access.type)
        if kind != .integer, isHeld(value, kind) {
            return storeFloat(access, argument, &address, kind)
        }
        let short = value.place == .constant ? shortImmediate(value) : nil
        if short == nil, value.place == .constant { _ = slot(&value) }
        let isValueHeld = kind == .integer && isHeld(value, kind)
        if address.place == .constant { _ = slot(&address) }
        let isAddressHeld = isHeld(address, .integer)
        let base = access.operation
        // SS SI AS AI SA
        if isValueHeld, !(isAddressHeld && value.place == .slot) {
            _ = slot(&address)
            _ = begin(base + 4)
            appendSlot(address.slot)
            code.append32(UInt32(truncatingIfNeeded: argument.offset))
            return
        }
        _ = begin(base + (isAddressHeld ? 2 : 0) + (short == nil ? 0 : 1))
        if !isAddressHeld { appendSlot(address.slot) }
        code.append32(UInt32(truncatingIfNeeded: argument.offset))
        if let short { code.append32(short) } else { appendSlot(value.slot) }
    }

    /// A load whose address the last instruction has computed as a scaled sum.
    private mutating func loadAtScaled(_ access: MemoryAccess, _ argument: MemoryArgument) -> Bool {
        let index = stack.count - 1
        guard index >= floor, resident == index,
            stack[index].type == .i32, scaled.isSum, scaled.start == last,
            scaled.end == code.count, scaled.end > scaled.start, let family = access.indexed
        else { return false }
        _ = popAny()
        code.truncate(to: scaled.start)
        let start = begin(family + scaled.form * 2)
        appendScaled()
        code.append32(UInt32(truncatingIfNeeded: argument.offset))
        pushResident(access.type, start, isZeroExtended: access.type == .i32)
        scaled = Scaled()
        return true
    }

    /// A store at a slot plus a constant.
    private mutating func storeAtSum(
        _ access: MemoryAccess,
        _ address: Operand,
        _ value: inout Operand
    ) {
        let kind = AccumulatorClass(access.type)
        var family = access.summed
        var form: UInt16 = 0
        if kind != .integer, isHeld(value, kind) {
            family = kind == .f32 ? Operation.summedF32Store : Operation.summedF64Store
            _ = begin(family)
        } else {
            let short = value.place == .constant ? shortImmediate(value) : nil
            if short == nil, value.place == .constant { _ = slot(&value) }
            form = short != nil ? 1 : isHeld(value, .integer) && kind == .integer ? 2 : 0
            _ = begin(family + form)
        }
        appendSlot(address.slot)
        code.append32(UInt32(truncatingIfNeeded: address.bits))
        if form == 1 {
            code.append32(UInt32(truncatingIfNeeded: value.bits))
        } else if form == 0, family == access.summed {
            appendSlot(value.slot)
        }
    }

    private func isHeld(_ operand: Operand, _ kind: AccumulatorClass) -> Bool {
        operand.place == .accumulator || (operand.place == .slot && held[kind] == operand.slot)
    }

    private mutating func storeFloat(
        _ access: MemoryAccess,
        _ argument: MemoryArgument,
        _ address: inout Operand,
        _ kind: AccumulatorClass
    ) {
        if address.place == .constant { _ = slot(&address) }
        let isAddressHeld = isHeld(address, .integer)
        let base = kind == .f32 ? Operation.f32Store : Operation.f64Store
        _ = begin(base + (isAddressHeld ? 1 : 0))
        if !isAddressHeld { appendSlot(address.slot) }
        code.append32(UInt32(truncatingIfNeeded: argument.offset))
    }

    /// An access to another memory, or with a 64-bit address.
    mutating func beginFar(
        _ operation: UInt16,
        _ address: UInt32,
        _ argument: MemoryArgument
    ) -> Int {
        let start = begin(operation)
        appendSlot(address)
        code.append(UInt16(truncatingIfNeeded: argument.memory))
        code.append64(argument.offset)
        return start
    }

    /// Begins a call of a service; 16-bit operands follow.
    mutating func beginService(_ index: ServiceIndex) -> Int {
        let start = begin(Operation.service)
        code.append(index.rawValue)
        return start
    }

    private mutating func memoryIndex() throws(ModuleError) -> (Int, ValueType) {
        let start = reader.position
        if !module.features.contains(.multipleMemories) {
            guard try reader.byte() == 0 else { throw .malformed("zero byte expected", at: start) }
            return (0, try memoryType(0).limits.addressType)
        }
        let index = Int(try reader.u32())
        return (index, try memoryType(index).limits.addressType)
    }

    mutating func memorySizeOperator() throws(ModuleError) {
        let (index, type) = try memoryIndex()
        _ = beginService(.memorySize)
        appendSlot(top)
        code.append(UInt16(truncatingIfNeeded: index))
        forgetAccumulators()
        push(type)
    }

    mutating func memoryGrowOperator() throws(ModuleError) {
        let (index, type) = try memoryIndex()
        var pages = try pop(type)
        let place = slot(&pages)
        _ = beginService(.memoryGrow)
        appendSlot(top)
        code.append(UInt16(truncatingIfNeeded: index))
        appendSlot(place)
        forgetAccumulators()
        push(type)
    }

    mutating func memoryFillOperator() throws(ModuleError) {
        let (index, type) = try memoryIndex()
        let places = try popSlots([type, .i32, type])
        _ = beginService(.memoryFill)
        code.append(UInt16(truncatingIfNeeded: index))
        for place in places { appendSlot(place) }
        forgetAccumulators()
    }

    mutating func memoryCopyOperator() throws(ModuleError) {
        let (target, targetType) = try memoryIndex()
        let (source, sourceType) = try memoryIndex()
        let countType: ValueType = targetType == .i64 && sourceType == .i64 ? .i64 : .i32
        let places = try popSlots([targetType, sourceType, countType])
        _ = beginService(.memoryCopy)
        code.append(UInt16(truncatingIfNeeded: target))
        code.append(UInt16(truncatingIfNeeded: source))
        for place in places { appendSlot(place) }
        forgetAccumulators()
    }

    mutating func memoryInitOperator() throws(ModuleError) {
        let segment = try dataIndex()
        let (index, type) = try memoryIndex()
        let places = try popSlots([type, .i32, .i32])
        _ = beginService(.memoryInit)
        code.append(UInt16(truncatingIfNeeded: index))
        for place in places { appendSlot(place) }
        code.append32(segment)
        forgetAccumulators()
    }

    mutating func dataDropOperator() throws(ModuleError) {
        let segment = try dataIndex()
        _ = beginService(.dataDrop)
        code.append32(segment)
        forgetAccumulators()
    }

    func checkDataCount() throws(ModuleError) {
        guard module.dataCount != nil else {
            throw .malformed("data count section required", at: offset)
        }
    }

    mutating func dataIndex() throws(ModuleError) -> UInt32 {
        try checkDataCount()
        let index = try reader.u32()
        guard index < module.dataCount ?? 0 else {
            throw .invalid("unknown data segment \(index)", at: offset)
        }
        return index
    }

    /// Takes values of `types` off, the last one first, each in a slot.
    mutating func popSlots(_ types: [ValueType]) throws(ModuleError) -> [UInt32] {
        var operands: [Operand] = []
        operands.reserveCapacity(types.count)
        for type in types.reversed() {
            var operand = try pop(type)
            // As long as the instruction that made it is the last one.
            if operand.place == .accumulator { _ = slot(&operand) }
            operands.append(operand)
        }
        var places: [UInt32] = []
        for index in operands.indices.reversed() { places.append(slot(&operands[index])) }
        return places
    }
}
