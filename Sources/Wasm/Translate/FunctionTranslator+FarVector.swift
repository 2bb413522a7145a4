// Vectors in other memories than the first, or at 64-bit addresses.

// Why: they are rare, and handlers of their own would take the room of many that are not. A number is loaded or
// stored, and an operator makes the vector of it, or it of the vector.
extension FunctionTranslator {
    /// Loads of bits by the logarithm of their bytes, and stores.
    private static let farLoads = [
        Operation.farLoad8U, Operation.farLoad16U, Operation.farLoad32, Operation.farLoad64,
    ]
    private static let farStores = [
        Operation.farStore8, Operation.farStore16, Operation.farStore32, Operation.farStore64,
    ]

    /// `places`: slots of the address and, where there is one, of the vector.
    mutating func farVectorAccess(
        _ access: VectorAccess,
        _ argument: MemoryArgument,
        _ places: [UInt32]
    ) {
        if access.alignment == 4 {
            farWhole(access, argument, places)
        } else if access.hasLane {
            farLane(access, argument, places)
        } else {
            farLoad(access, argument, places[0])
        }
        forgetAccumulators()
        if access.isLoad { pushWritten(.v128) }
    }

    /// All 16 bytes, the higher half first: where it is in the memory, the other is, too, and where it is not,
    /// nothing was stored yet and the address is still where it was.
    private mutating func farWhole(
        _ access: VectorAccess,
        _ argument: MemoryArgument,
        _ places: [UInt32]
    ) {
        var high = argument
        let (offset, isOver) = argument.offset.addingReportingOverflow(8)
        // No memory has the lower half either then.
        if !isOver { high.offset = offset }
        let number = access.isLoad ? Self.farLoads[3] : Self.farStores[3]
        let value = access.isLoad ? top : places[1]
        _ = beginFar(number, places[0], high)
        appendSlot(value + 8)
        _ = beginFar(number, places[0], argument)
        appendSlot(value)
    }

    private mutating func farLane(
        _ access: VectorAccess,
        _ argument: MemoryArgument,
        _ places: [UInt32]
    ) {
        // Above the address and the vector.
        let number = top + 24
        if number + 8 > topMax { topMax = number + 8 }
        if access.isLoad {
            _ = beginFar(Self.farLoads[access.alignment], places[0], argument)
            appendSlot(number)
            _ = begin(access.entry.number)
            appendSlot(places[1])
            appendSlot(number)
            code.append(access.lane)
            appendSlot(top)
        } else {
            _ = begin(access.entry.number)
            appendSlot(places[1])
            code.append(access.lane)
            appendSlot(number)
            _ = beginFar(Self.farStores[access.alignment], places[0], argument)
            appendSlot(number)
        }
    }

    /// What all lanes are made of.
    private mutating func farLoad(
        _ access: VectorAccess,
        _ argument: MemoryArgument,
        _ address: UInt32
    ) {
        _ = beginFar(Self.farLoads[access.alignment], address, argument)
        appendSlot(top)
        if access.entry.number == 0 {
            _ = begin(Operation.zero1)
            appendSlot(top + 8)
        } else {
            _ = begin(access.entry.number)
            appendSlot(top)
            appendSlot(top)
        }
    }
}
