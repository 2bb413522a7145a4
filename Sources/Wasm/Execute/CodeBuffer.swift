// This file is a fence: code under construction lies where no array would have it.

/// Words of code under construction; its owner frees them.
struct CodeBuffer {
    private var pile = Pile<UInt16>()

    /// The words so far.
    // Safety: both read the pile within its count.
    var words: [UInt16] { unsafe Array(pile.elements) }
    /// Their bytes, until the next change.
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(pile.elements) }

    func free() { pile.free() }

    /// Words so far.
    @inline(__always)
    var count: Int { pile.count }

    @inline(__always)
    mutating func append(_ word: UInt16) {
        pile.append(word)
    }

    @inline(__always)
    mutating func append32(_ value: UInt32) {
        pile.append(UInt16(truncatingIfNeeded: value))
        pile.append(UInt16(truncatingIfNeeded: value >> 16))
    }

    @inline(__always)
    mutating func append64(_ value: UInt64) {
        append32(UInt32(truncatingIfNeeded: value))
        append32(UInt32(truncatingIfNeeded: value >> 32))
    }

    /// The word at `index`.
    @inline(__always)
    subscript(_ index: Int) -> UInt16 {
        get { pile[index] }
        nonmutating set { pile[index] = newValue }
    }

    mutating func write32(_ value: UInt32, at index: Int) {
        pile[index] = UInt16(truncatingIfNeeded: value)
        pile[index + 1] = UInt16(truncatingIfNeeded: value >> 16)
    }

    mutating func write64(_ value: UInt64, at index: Int) {
        write32(UInt32(truncatingIfNeeded: value), at: index)
        write32(UInt32(truncatingIfNeeded: value >> 32), at: index + 2)
    }

    func read32(at index: Int) -> UInt32 {
        UInt32(pile[index]) | UInt32(pile[index + 1]) << 16
    }

    /// Takes words back from the end.
    @inline(__always)
    mutating func truncate(to count: Int) {
        pile.truncate(to: count)
    }

    /// Takes all words off, and gives the memory back if it is more than `byteCountMax`.
    mutating func removeAll(keeping byteCountMax: Int) {
        pile.removeAll(keeping: byteCountMax)
    }

    /// Returns with the results already in the frame's first slots.
    ///
    /// A single one goes into its accumulator too, where callers expect it.
    mutating func appendReturn(of type: FunctionType, linkOffset: UInt16) {
        let form: UInt16
        switch type.results.count == 1 ? type.results[0] : .unknown {
        case .unknown, .v128: form = ReturnForm.nothing
        case .f32: form = ReturnForm.f32Slot
        case .f64: form = ReturnForm.f64Slot
        default: form = ReturnForm.slot
        }
        append(Operation.ret + form)
        append(linkOffset)
        if form != ReturnForm.nothing { append(0) }
    }
}

/// The order of `Operation.ret`'s handlers.
enum ReturnForm {
    static let nothing: UInt16 = 0
    static let accumulator: UInt16 = 1
    static let slot: UInt16 = 2
    static let immediate: UInt16 = 3
    static let f32Accumulator: UInt16 = 4
    static let f64Accumulator: UInt16 = 5
    static let f32Slot: UInt16 = 6
    static let f64Slot: UInt16 = 7
}
