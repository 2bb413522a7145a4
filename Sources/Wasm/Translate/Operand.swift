/// A value on the operand stack, and where it is now.
struct Operand {
    /// Where a value is.
    enum Place: UInt8 {
        /// In the slot `slot`: its own (``Operand/home``) or, for now, that of a local.
        case slot
        /// Nowhere: its bits are in `bits`.
        case constant
        /// Only in the accumulator of its type; the last instruction has put it there.
        case accumulator
        /// Not computed yet: the slot's 32 bits plus `bits`. Most sums of a local and a constant are
        /// addresses, and accesses add by themselves.
        case sum
    }

    var type: ValueType
    var place: Place
    /// Whether an i32's upper half is known to be zero.
    var isZeroExtended = false
    /// Byte offset in the frame of the slot that belongs to this place of the stack.
    var home: UInt32
    /// Byte offset in the frame of the slot that the value is in.
    var slot: UInt32
    var bits: UInt64 = 0

    /// Whether it is the slot of a local, so that the local must not change under it.
    @inline(__always)
    var isLocal: Bool { place == .slot && slot != home }

    /// Whether anything is left to do before it is at home; constants never change.
    @inline(__always)
    var isDeferred: Bool { isLocal || place == .sum }
}

/// Which accumulator a type uses.
enum AccumulatorClass: UInt8 {
    case integer
    case f32
    case f64
    /// Vectors are always in slots.
    case none

    @inline(__always)
    init(_ type: ValueType) {
        switch type {
        case .f32: self = .f32
        case .f64: self = .f64
        case .v128: self = .none
        default: self = .integer
        }
    }
}

/// The slot whose value each accumulator also holds, or ``none``.
struct AccumulatorSlots {
    static let none = UInt32.max

    var integer = none
    var f32 = none
    var f64 = none

    @inline(__always)
    subscript(_ of: AccumulatorClass) -> UInt32 {
        get {
            switch of {
            case .integer: integer
            case .f32: f32
            case .f64: f64
            case .none: Self.none
            }
        }
        set {
            switch of {
            case .integer: integer = newValue
            case .f32: f32 = newValue
            case .f64: f64 = newValue
            case .none: break
            }
        }
    }

    /// A slot was written by something else.
    @inline(__always)
    mutating func forget(_ slot: UInt32) {
        if integer == slot { integer = Self.none }
        if f32 == slot { f32 = Self.none }
        if f64 == slot { f64 = Self.none }
    }
}

extension [ValueType] {
    /// Slots of 64 bits that values of these types take.
    var slotCount: Int { reduce(0) { $0 + $1.slotCount } }
}
