/// When to try again: contract, rules 9 and 10, as a value.
///
/// Full jitter keeps a fleet from coming back in one wave after a broker's restart; the reset only
/// after a stable minute keeps a client that is accepted and thrown out from hammering.
struct ReconnectPolicy: Equatable, Sendable {
    /// What to do after a connection has ended.
    struct Verdict: Equatable, Sendable {
        /// When to try again.
        var retryAt: Nanoseconds
        /// Whether somebody else seems to use our client id.
        var isDuplicate: Bool
    }

    static let delayMin = Nanoseconds.seconds(1)
    static let delayMax = Nanoseconds.seconds(300)
    static let stableAfter = Nanoseconds.seconds(60)
    static let quickDropWithin = Nanoseconds.seconds(2)
    static let quickDropsMax = 3
    static let duplicateDelayMin = Nanoseconds.seconds(60)
    /// MQTT 5, 4.13: another client has connected with the same client id.
    static let sessionTakenOver = 0x8E

    /// Ends in a row without a stable session between them.
    private(set) var failures = 0
    /// Drops that each came at once after a CONNACK, since the last stable session.
    private(set) var quickDrops = 0

    /// A connection, or the try to make one, has ended.
    ///
    /// `connectedAt` is when its CONNACK came, `nil` when none did. `wasDropped` says whether the
    /// other side ended it: our own giving up says nothing about thieves. `code` is the broker's
    /// reason, if it gave one. `isSomebodyElse`: another machine has said that it is us.
    mutating func ended(
        connectedAt: Nanoseconds?,
        wasDropped: Bool,
        code: Int?,
        isSomebodyElse: Bool = false,
        at now: Nanoseconds,
        using random: inout some RandomNumberGenerator
    ) -> Verdict {
        let lasted = connectedAt.map { now.since($0) }
        if let lasted, lasted >= Self.stableAfter {
            failures = 0
            quickDrops = 0
        }
        // Why: 2^9 s is past the ceiling; counting on could only overflow some day.
        failures = min(failures + 1, 9)
        if let lasted, wasDropped, lasted <= Self.quickDropWithin { quickDrops += 1 }
        let isDuplicate =
            isSomebodyElse || code == Self.sessionTakenOver || quickDrops >= Self.quickDropsMax
        let ceiling = min(Self.delayMax, .seconds(1 << UInt64(failures)))
        var delay = Nanoseconds.random(in: Self.delayMin...ceiling, using: &random)
        if isDuplicate {
            // Why: both sides wait, each for another time, so that one of them gets a quiet minute.
            delay = Self.duplicateDelayMin + delay
            quickDrops = 0
        }
        return Verdict(retryAt: now + delay, isDuplicate: isDuplicate)
    }
}
