/// What an atomic operator does to its memory.
///
/// A guest has one thread, so that each access is whole as it is; nobody waits and nobody is woken.
///
/// Source: the threads proposal of WebAssembly, instructions 0xFE 0x00 to 0x4E.
struct AtomicAccess {
    enum Kind {
        case notify
        case wait
        case load
        case store
        case modify(Change)
        case compareExchange
    }

    /// What a value in memory and an operand become.
    enum Change: UInt32 {
        case add, subtract, and, or, exclusiveOr, exchange

        func apply(_ old: UInt64, _ operand: UInt64) -> UInt64 {
            switch self {
            case .add: old &+ operand
            case .subtract: old &- operand
            case .and: old & operand
            case .or: old | operand
            case .exclusiveOr: old ^ operand
            case .exchange: operand
            }
        }
    }

    var kind: Kind
    /// Of the value that is loaded, stored or expected.
    var type: ValueType
    /// The logarithm of the bytes that it touches; addresses must be multiples of these.
    var alignment: UInt32

    /// The seven choices of type and size that loads, stores and changes have, in the order of their opcodes.
    private static let shapes: [(type: ValueType, alignment: UInt32)] = [
        (.i32, 2), (.i64, 3), (.i32, 0), (.i32, 1), (.i64, 0), (.i64, 1), (.i64, 2),
    ]

    /// The access behind the prefix 0xFE; `nil` for a fence and for what there is not.
    init?(_ opcode: UInt32) {
        switch opcode {
        case 0: (kind, type, alignment) = (.notify, .i32, 2)
        case 1: (kind, type, alignment) = (.wait, .i32, 2)
        case 2: (kind, type, alignment) = (.wait, .i64, 3)
        case 0x10...0x4E:
            let shape = Self.shapes[Int((opcode - 0x10) % 7)]
            (type, alignment) = (shape.type, shape.alignment)
            switch (opcode - 0x10) / 7 {
            case 0: kind = .load
            case 1: kind = .store
            case let family:
                kind = Change(rawValue: family - 2).map { .modify($0) } ?? .compareExchange
            }
        default: return nil
        }
    }

    /// What it takes behind the address.
    var operands: [ValueType] {
        switch kind {
        case .load: []
        case .notify: [.i32]
        case .store, .modify: [type]
        case .compareExchange: [type, type]
        case .wait: [type, .i64]
        }
    }

    /// What it leaves; `nil` for a store.
    var result: ValueType? {
        switch kind {
        case .store: nil
        case .notify, .wait: .i32
        case .load, .modify, .compareExchange: type
        }
    }
}

extension FunctionTranslator {
    /// The operator behind the prefix 0xFE.
    mutating func atomicOperator() throws(ModuleError) {
        let opcode = try reader.u32()
        if opcode == 3 {
            let start = reader.position
            guard try reader.byte() == 0 else { throw .malformed("zero byte expected", at: start) }
            return
        }
        guard let access = AtomicAccess(opcode) else {
            throw .malformed("illegal opcode fe \(String(opcode, radix: 16))", at: offset)
        }
        let flags = reader.next ?? 0
        let argument = try memoryArgument(access.alignment)
        guard UInt32(flags & 0x3F) == access.alignment else {
            throw .invalid("atomic alignment must be equal to natural", at: offset)
        }
        let places = try popSlots([argument.addressType] + access.operands)
        _ = beginService(.atomic)
        code.append(UInt16(truncatingIfNeeded: opcode))
        code.append(UInt16(truncatingIfNeeded: argument.memory))
        code.append64(argument.offset)
        appendSlot(top)
        for index in 0..<3 { appendSlot(index < places.count ? places[index] : top) }
        forgetAccumulators()
        if let result = access.result { push(result) }
    }
}
