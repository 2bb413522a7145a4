// Branches back to a loop's start that pay for its next round.

extension Operation {
    /// Words of the instruction that a loop begins with when fuel is counted: the code, and the price.
    static let fuelWordCount = 3

    /// The handler that branches as `operation` does and pays on the way, where there is one.
    ///
    /// Tables have none, nor what hardly ends a loop, comparisons of floats and of i64s among it: they go to the
    /// instruction at the loop's start.
    static func paying(_ operation: UInt16) -> UInt16? {
        switch operation {
        case br..<brTable: operation - br + paidBr
        case brI32Eq..<brI32Eq + comparisonCount: operation - brI32Eq + paidBrI32Eq
        case brCountNe..<brCountNe + counterCount: operation - brCountNe + paidBrCountNe
        default: nil
        }
    }

    /// Conditions, by their places in the generator's table, that a counter's branch may have.
    static let countingConditions: Range<UInt16> = 1..<9

    /// Seven conditions with four choices of places; eight with two.
    private static let comparisonCount: UInt16 = 28
    private static let counterCount: UInt16 = 16
}
