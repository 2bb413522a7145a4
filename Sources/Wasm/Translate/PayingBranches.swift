// Branches back to a loop's start that pay for its next round.

extension Operation {
    /// Words of the instruction that a loop begins with when fuel is counted: the code, and the price.
    static let fuelWordCount = 3

    /// The handler that branches as `operation` does and pays on the way, where there is one.
    ///
    /// Those that compare floats have none, and tables: they go to the instruction at the loop's start.
    static func paying(_ operation: UInt16) -> UInt16? {
        switch operation {
        case br..<brTable: operation - br + paidBr
        case brI32Eq..<brI32Eq + comparisonCount: operation - brI32Eq + paidBrI32Eq
        case brI64Eq..<brI64Eq + comparisonCount: operation - brI64Eq + paidBrI64Eq
        case brCountEq..<brCountEq + counterCount: operation - brCountEq + paidBrCountEq
        default: nil
        }
    }

    /// Ten conditions with four choices of places, and with two.
    private static let comparisonCount: UInt16 = 40
    private static let counterCount: UInt16 = 20
}
