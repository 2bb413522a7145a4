/// How fast answers may be sent: a bucket that fills at a steady rate, as a value.
///
/// A link that is paid by the byte must not be emptied by somebody who follows a log.
struct ReplyBudget: Equatable, Sendable {
    private let nanosecondsPerByte: Double
    private let burstNanoseconds: UInt64
    /// When the bucket would be full again, on the caller's clock.
    private var fullAt: UInt64 = 0

    // Why: nobody waits longer for one part; a rate that slow is a slip of the pen.
    private static let costMax: Double = 3_600_000_000_000

    /// A full bucket of `burstBytes` that gains `bytesPerSecond`.
    init(bytesPerSecond: UInt64, burstBytes: UInt64) {
        nanosecondsPerByte = 1_000_000_000 / Double(max(1, bytesPerSecond))
        burstNanoseconds = UInt64(min(Double(burstBytes) * nanosecondsPerByte, Self.costMax))
    }

    /// Takes so many bytes; answers how long to wait before they may go, in nanoseconds.
    ///
    /// `now` is on a clock that does not go back. More than the bucket holds may be taken at once:
    /// the next one then waits for it.
    mutating func take(_ byteCount: Int, at now: UInt64) -> UInt64 {
        let cost = UInt64(min(Double(max(0, byteCount)) * nanosecondsPerByte, Self.costMax))
        let free = now &+ burstNanoseconds
        fullAt = max(fullAt, now) &+ cost
        return fullAt > free ? fullAt &- free : 0
    }
}
