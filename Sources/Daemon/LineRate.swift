/// How fast a log may grow: a bucket of lines that fills by some a second.
///
/// A broker that flaps or a thousand pods that crash must not wear out the flash that the journal is on,
/// nor push out of it what came before.
struct LineRate: Equatable, Sendable {
    /// Lines at once: a boot with a thousand pods tells of each.
    static let lineCountMax: Int64 = 2_000
    /// Lines a second for good: fifty pods in their longest back-off tell one in two seconds.
    static let linesPerSecond: Int64 = 10

    private var left = Self.lineCountMax
    /// Until when the bucket was filled, in monotonic nanoseconds; nil before the first line.
    private var filledAt: Int64?
    private var leftOutCount = 0

    /// Takes one line; answers how many were left out before it, or nil when it is to be left out, too.
    mutating func take(at now: Int64) -> Int? {
        fill(at: now)
        guard left > 0 else {
            leftOutCount += 1
            return nil
        }
        left -= 1
        defer { leftOutCount = 0 }
        return leftOutCount
    }

    private mutating func fill(at now: Int64) {
        guard let since = filledAt, since <= now else { return filledAt = now }
        let nanosecondsPerLine = 1_000_000_000 / Self.linesPerSecond
        let count = (now - since) / nanosecondsPerLine
        left = min(Self.lineCountMax, left + count)
        filledAt = since + count * nanosecondsPerLine
    }
}
