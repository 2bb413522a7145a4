/// What a block takes and gives.
enum BlockType {
    case empty
    case value(ValueType)
    case function(FunctionType)

    @inline(__always)
    var parameterCount: Int {
        if case .function(let type) = self { return type.parameters.count }
        return 0
    }

    @inline(__always)
    var resultCount: Int {
        switch self {
        case .empty: 0
        case .value: 1
        case .function(let type): type.results.count
        }
    }

    @inline(__always)
    func parameter(_ index: Int) -> ValueType {
        if case .function(let type) = self { return type.parameters[index] }
        return .unknown
    }

    @inline(__always)
    func result(_ index: Int) -> ValueType {
        switch self {
        case .empty: .unknown
        case .value(let type): type
        case .function(let type): type.results[index]
        }
    }
}

/// A block that is open.
struct ControlFrame {
    enum Kind {
        case function, block, loop, then, otherwise, tryTable
    }

    var kind: Kind
    var type: BlockType
    /// Operands below the block's parameters.
    var height: Int
    /// Byte offset of the slot where the block's parameters and results begin.
    var base: UInt32
    /// Of a loop: the word of its first instruction.
    var start = 0
    /// Of a loop: what was counted of the code around it.
    var outerPrice: UInt32 = 0
    /// Forward branches to the end, as a list in `FunctionTranslator.fixups`; -1 for none.
    var fixup = -1
    /// Of an `if`: the branch to the other arm.
    var elseFixup = -1
    /// Whether the code that follows cannot be reached.
    var isUnreachable = false
    /// Whether the block itself can be reached.
    var isEntryReachable: Bool
    /// Locals without a first value that were set before the block.
    var setLocalCount: Int

    /// Types that a branch to this block carries.
    @inline(__always)
    var labelCount: Int { kind == .loop ? type.parameterCount : type.resultCount }

    @inline(__always)
    func labelType(_ index: Int) -> ValueType {
        kind == .loop ? type.parameter(index) : type.result(index)
    }
}

/// A 32-bit operand that waits for the address of a label.
struct Fixup {
    /// The word where it begins.
    var word: Int
    /// The word of the instruction that it is relative to.
    var origin: Int
    /// The next one for the same label, or -1.
    var next: Int
}
