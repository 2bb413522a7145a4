// Frames of more slots than 16 bits name.

/// How far a frame is moved so that short operands reach what they must.
///
/// Why: an operand of two bytes serves nearly every function there is; the others shall run, too.
///
/// Shape: parameters, results and the way back lie where any caller expects them, then the locals that are too
/// many, the *far* ones. The function's first operation moves the frame up behind these (``WideFrame/bytes``),
/// so that the near locals and the operand stack have small offsets, and all before them negative ones. A far
/// local has an instruction of its own, which copies it into the home of the operand, or from there.
struct WideFrame {
    /// How far the frame is moved up, a multiple of 8; 0 in a function that needs none of this.
    var bytes: UInt32 = 0

    /// The offset that was `offset` before the move.
    func slot(_ offset: UInt32) -> UInt32 { offset &- bytes }
}

extension FunctionTranslator {
    /// Whether a slot lies where only the instructions of this file reach it.
    @inline(__always)
    static func isFar(_ slot: UInt32) -> Bool { slot >= slotLimit }

    /// Gives the locals their slots, of which the first are near, and clears them.
    mutating func layOutWide(_ declarations: BinaryReader) throws(ModuleError) {
        let first = top
        try forEachLocalGroup(declarations) { (translator: inout Self, count, type) in
            let far = count - translator.nearCount(count, type)
            translator.topMax += UInt32((count - far) * type.slotCount * 8)
            translator.top += UInt32(far * type.slotCount * 8)
        }
        wide.bytes = top
        appendParameters()
        top = first
        topMax = 0
        try forEachLocalGroup(declarations) { (translator: inout Self, count, type) in
            let near = translator.nearCount(count, type)
            translator.locals.append(near, .init(type: type, slot: translator.topMax))
            let slot = translator.wide.slot(translator.top)
            translator.locals.append(count - near, .init(type: type, slot: slot))
            translator.topMax += UInt32(near * type.slotCount * 8)
            translator.top += UInt32((count - near) * type.slotCount * 8)
        }
        top = topMax
        code.append(Operation.wideEnter)
        code.append32(wide.bytes)
        _ = beginService(.clearFrame)
        code.append32(wide.slot(first))
        code.append32(wide.bytes - first + top)
    }

    /// How many of the next locals are near, when those up to `topMax` are.
    private func nearCount(_ count: Int, _ type: ValueType) -> Int {
        let room = nearBytesMax > topMax ? nearBytesMax - topMax : 0
        return min(count, Int(room) / (type.slotCount * 8))
    }

    /// Gives a far local its value.
    ///
    /// No operand is that local's slot, so that none must be preserved.
    mutating func setFar(_ type: ValueType, _ operand: Operand, _ target: UInt32) {
        var operand = operand
        let source = slot(&operand)
        emitCopy(type, from: source, to: target)
    }

    /// Returns with the top of the stack; a single result is in its accumulator, too.
    mutating func emitWideReturn() {
        let count = type.results.count
        settle(count)
        moveTop(count, to: wide.slot(0))
        if count == 1, type.results[0] != .v128 { emitTake(stack[stack.count - 1]) }
        _ = begin(Operation.wideReturn)
        code.append32(wide.bytes)
        appendSlot(linkOffset)
    }
}
