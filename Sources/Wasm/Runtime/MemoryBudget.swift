/// The bytes that one store may use for everything that a guest can make grow.
///
/// All that ``MemoryShare`` names is counted here before it is made.
final class MemoryBudget {
    /// Bytes in all.
    let limit: UInt64
    /// Bytes given out now.
    private(set) var used: UInt64 = 0
    /// The most that was ever given out.
    private(set) var peak: UInt64 = 0

    /// How often there was not enough left.
    private(set) var refusals: UInt64 = 0
    // Of each share.
    private var usedBy = [UInt64](repeating: 0, count: MemoryShare.allCases.count)
    private var peakOf = [UInt64](repeating: 0, count: MemoryShare.allCases.count)

    /// A budget of `limit` bytes.
    init(limit: UInt64) {
        self.limit = limit
    }

    /// Bytes left.
    var left: UInt64 { limit - used }

    /// The most that ever went to `share`; the shares need not have had their peaks together.
    func peak(_ share: MemoryShare) -> UInt64 { peakOf[share.rawValue] }

    /// Takes `byteCount` bytes; false when there are not so many left, and then nothing is taken.
    func reserve(_ byteCount: UInt64, for share: MemoryShare = .translatedCode) -> Bool {
        guard byteCount <= left else {
            refusals += 1
            return false
        }
        used += byteCount
        peak = max(peak, used)
        usedBy[share.rawValue] += byteCount
        peakOf[share.rawValue] = max(peakOf[share.rawValue], usedBy[share.rawValue])
        return true
    }

    /// Gives back what was taken.
    ///
    /// - Precondition: `byteCount` bytes were taken for `share`.
    func release(_ byteCount: UInt64, for share: MemoryShare = .translatedCode) {
        precondition(byteCount <= usedBy[share.rawValue])
        usedBy[share.rawValue] -= byteCount
        used -= byteCount
    }
}
