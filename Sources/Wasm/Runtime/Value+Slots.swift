/// Values and the 64-bit slots of the interpreter's stack: a vector takes two, all else one.
extension Value {
    /// Whether this value has the type `type`, a reference seen loosely: by its kind.
    func has(_ type: ValueType, _ types: TypeTable) -> Bool {
        switch self {
        case .i32: type == .i32
        case .i64: type == .i64
        case .f32: type == .f32
        case .f64: type == .f64
        case .v128: type == .v128
        case .reference(nil): type.isReference && type.isNullable
        case .reference(.function?): types.matches(.reference(to: .noFunction), type)
        case .reference(.external?):
            types.matches(.reference(to: .noExternal), type)
                || type.heapType == .any
        case .reference(.i31?): types.matches(.reference(to: .i31), type)
        case .reference(.object?): types.matches(.reference(to: .none), type)
        }
    }

    /// Adds the value's slots.
    func append(to slots: inout [UInt64]) {
        switch self {
        case .i32(let bits), .f32(let bits): slots.append(UInt64(bits))
        case .i64(let bits), .f64(let bits): slots.append(bits)
        case .v128(let low, let high): slots += [low, high]
        case .reference(let reference): slots.append(ReferenceBits.bits(reference))
        }
    }

    /// The value of type `type` in the slots from `index` on; `index` then stands behind it.
    ///
    /// - Precondition: the slots hold values of this type: our own code made them.
    init(_ type: ValueType, _ slots: [UInt64], _ index: inout Int, _ types: TypeTable) {
        let low = slots[index]
        index += type.slotCount
        switch type {
        case .i32: self = .i32(UInt32(truncatingIfNeeded: low))
        case .i64: self = .i64(low)
        case .f32: self = .f32(bits: UInt32(truncatingIfNeeded: low))
        case .f64: self = .f64(bits: low)
        case .v128: self = .v128(low: low, high: slots[index - 1])
        default: self = .reference(ReferenceBits.reference(low, type, types))
        }
    }
}

extension ValueType {
    /// Slots of the interpreter's stack that a value of this type takes.
    @inline(__always)
    var slotCount: Int { self == .v128 ? 2 : 1 }

    /// A reference to `heap` that is not null.
    static func reference(to heap: HeapType) -> ValueType {
        .reference(to: heap, isNullable: false)
    }
}

extension FunctionType {
    /// Slots that the parameters take.
    var parameterSlotCount: Int { parameters.reduce(0) { $0 + $1.slotCount } }
    /// Slots that the results take.
    var resultSlotCount: Int { results.reduce(0) { $0 + $1.slotCount } }
}
