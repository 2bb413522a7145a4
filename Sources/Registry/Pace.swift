/// How often a request is tried, and how long is waited in between.
public struct Pace: Sendable {
    /// Tries without a new byte, after which the daemon's longer waits are the better ones.
    public static let triesMax = 6
    /// The first wait; each further one is twice as long.
    static let firstWaitMilliseconds: Int64 = 500
    /// Longest wait inside one process; a server that wants more is left to the daemon's back-off.
    static let waitMillisecondsMax: Int64 = 30_000

    /// Tries of a mirror, behind which its registry waits.
    public static let mirrorTriesMax = 2

    let triesMax: Int
    /// Waits so many milliseconds.
    let wait: @Sendable (Int64) -> Void
    /// A number from 0 up to the argument, for the jitter.
    let random: @Sendable (Int64) -> Int64
    /// Told the seconds that a server wants to be left alone, where that is for longer than we stay.
    let leaves: @Sendable (Int64) -> Void

    /// With the clock and the chance of this machine, or a test's.
    public init(
        triesMax: Int = Pace.triesMax,
        wait: @escaping @Sendable (Int64) -> Void,
        random: @escaping @Sendable (Int64) -> Int64 = { Int64.random(in: 0...max(0, $0)) },
        leaves: @escaping @Sendable (Int64) -> Void = { _ in }
    ) {
        self.triesMax = triesMax
        self.wait = wait
        self.random = random
        self.leaves = leaves
    }

    /// The wait before try `number` (the first repetition is 1), or `nil` when it is given up.
    ///
    /// What the server asks for is kept, and never cut short: up to a quarter is added, so that a
    /// thousand gateways do not come back in the same second.
    func milliseconds(beforeTry number: Int, retryAfter seconds: Int64?) -> Int64? {
        guard number < triesMax else { return nil }
        if let seconds {
            guard seconds <= Self.waitMillisecondsMax / 1_000 else { return nil }
            return seconds * 1_000 + random(seconds * 250)
        }
        let doubled = Self.firstWaitMilliseconds << Int64(min(number - 1, 10))
        let base = min(doubled, Self.waitMillisecondsMax)
        return base / 2 + random(base)
    }
}
