// Operators on vectors: all operands and results are in slots.

extension FunctionTranslator {
    /// The operator behind the prefix 0xFD.
    mutating func vectorOperator() throws(ModuleError) {
        let number = try reader.u32()
        guard let entry = VectorTable.entry(number) else {
            throw .malformed("illegal opcode fd \(String(number, radix: 16))", at: offset)
        }
        if number >= VectorTable.firstRelaxed { try need(.relaxedSIMD, "relaxed-simd") }
        let operation = entry.operation
        switch entry.shape {
        case .unary: try vector(operation, [.v128])
        case .binary: try vector(operation, [.v128, .v128])
        case .ternary: try vector(operation, [.v128, .v128, .v128])
        case .number: try vector(operation, [.v128], result: .i32)
        case .shift: try vector(operation, [.v128, .i32])
        case .splat(let type): try vector(operation, [type])
        case .extract(let type, let count):
            let lane = try laneIndex(count)
            try vector(operation, [.v128], [lane], result: type)
        case .replace(let type, let count):
            let lane = try laneIndex(count)
            try vector(operation, [.v128, type], [lane])
        case .shuffle: try vector(operation, [.v128, .v128], try shuffleIndices())
        case .constant:
            var words: [UInt16] = []
            for _ in 0..<4 { words += Self.words(try reader.fixed32()) }
            try vector(operation, [], words)
        case .load, .loadLane, .store, .storeLane: try vectorAccess(entry)
        }
    }

    private static func words(_ value: UInt32) -> [UInt16] {
        [UInt16(truncatingIfNeeded: value), UInt16(truncatingIfNeeded: value >> 16)]
    }

    private mutating func laneIndex(_ count: UInt8) throws(ModuleError) -> UInt16 {
        let lane = try reader.byte()
        guard lane < count else { throw .invalid("invalid lane index", at: offset) }
        return UInt16(lane)
    }

    /// 16 bytes, two in each word.
    private mutating func shuffleIndices() throws(ModuleError) -> [UInt16] {
        var words: [UInt16] = []
        for _ in 0..<8 {
            let low = try laneIndex(32)
            words.append(low | (try laneIndex(32)) << 8)
        }
        return words
    }

    /// An operator: slots of the operands, its immediates, the slot of the result.
    private mutating func vector(
        _ operation: UInt16,
        _ operands: [ValueType],
        _ immediates: [UInt16] = [],
        result: ValueType = .v128
    ) throws(ModuleError) {
        let places = try popSlots(operands)
        _ = begin(operation)
        for place in places { appendSlot(place) }
        for word in immediates { code.append(word) }
        appendSlot(top)
        pushWritten(result)
    }

    /// The result of the last instruction is in its slot and, if it is no vector, in its accumulator.
    mutating func pushWritten(_ type: ValueType) {
        held.forget(top)
        if type == .v128 { held.forget(top + 8) }
        held[AccumulatorClass(type)] = top
        push(type)
    }

    /// A load or store: the address, then the vector and the lane where there are any.
    private mutating func vectorAccess(_ entry: VectorEntry) throws(ModuleError) {
        let natural: UInt8
        var access = VectorAccess(entry: entry)
        switch entry.shape {
        case .load(let alignment): (natural, access.hasVector) = (alignment, false)
        case .loadLane(let alignment): (natural, access.hasLane) = (alignment, true)
        case .store(let alignment): (natural, access.isLoad) = (alignment, false)
        case .storeLane(let alignment):
            (natural, access.hasLane, access.isLoad) = (alignment, true, false)
        case .unary, .binary, .ternary, .number, .shift, .splat, .extract, .replace, .shuffle,
            .constant:
            return
        }
        access.alignment = Int(natural)
        let argument = try memoryArgument(UInt32(natural))
        if access.hasLane { access.lane = try laneIndex(16 >> natural) }
        let places = try popSlots(
            access.hasVector ? [argument.addressType, .v128] : [argument.addressType]
        )
        guard argument.isNear else { return farVectorAccess(access, argument, places) }
        _ = begin(entry.operation)
        appendSlot(places[0])
        code.append32(UInt32(truncatingIfNeeded: argument.offset))
        if access.hasVector { appendSlot(places[1]) }
        if access.hasLane { code.append(access.lane) }
        guard access.isLoad else { return }
        appendSlot(top)
        pushWritten(.v128)
    }
}

/// What kind of access an operator on vectors is.
struct VectorAccess {
    var entry: VectorEntry
    /// The logarithm of the bytes that it touches.
    var alignment = 0
    var hasVector = true
    var hasLane = false
    var isLoad = true
    var lane: UInt16 = 0
}
