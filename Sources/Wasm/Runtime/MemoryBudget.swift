/// The bytes that one store may use for everything that a guest can make grow.
///
/// Linear memories, tables, stacks and translated code are counted here before they are made.
final class MemoryBudget {
    /// Bytes in all.
    let limit: UInt64
    /// Bytes given out now.
    private(set) var used: UInt64 = 0
    /// The most that was ever given out.
    private(set) var peak: UInt64 = 0

    /// How often there was not enough left.
    private(set) var refusals: UInt64 = 0

    /// A budget of `limit` bytes.
    init(limit: UInt64) {
        self.limit = limit
    }

    /// Bytes left.
    var left: UInt64 { limit - used }

    /// Takes `byteCount` bytes; false when there are not so many left, and then nothing is taken.
    func reserve(_ byteCount: UInt64) -> Bool {
        guard byteCount <= left else {
            refusals += 1
            return false
        }
        used += byteCount
        peak = max(peak, used)
        return true
    }

    /// Gives back what was taken.
    ///
    /// - Precondition: `byteCount` bytes were taken.
    func release(_ byteCount: UInt64) {
        precondition(byteCount <= used)
        used -= byteCount
    }
}
