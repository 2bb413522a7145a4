internal import Host

/// The times of a day at which images may be fetched over the network, in UTC.
public struct PullWindows: Equatable, Sendable {
    /// Windows that an operator may write.
    public static let countMax = 16
    private static let minutesOfDay = 24 * 60

    /// From a minute of the day up to, and without, another; past midnight where that is not later.
    public struct Window: Equatable, Sendable {
        /// Minute of the day.
        public let start: Int
        /// Minute of the day.
        public let end: Int

        /// Reads `01:30-05:00`; `nil` when it is no window, or an empty one.
        public init?(_ text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let start = Self.minute(parts[0]),
                let end = Self.minute(parts[1]), start != end
            else { return nil }
            (self.start, self.end) = (start, end)
        }

        private static func minute(_ text: Substring) -> Int? {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
                let hour = UInt8(parts[0]), let minute = UInt8(parts[1]), hour < 24, minute < 60
            else { return nil }
            return Int(hour) * 60 + Int(minute)
        }

        func contains(_ minute: Int) -> Bool {
            start < end ? (start..<end).contains(minute) : minute >= start || minute < end
        }
    }

    /// The windows; none for always.
    public var windows: [Window] = []

    /// Always.
    public init() {}

    /// Why images may not be fetched now; `nil` when they may.
    ///
    /// A clock that was never set opens all windows: a gateway that does not know the time would wait
    /// for ever.
    ///
    /// - Parameter wallNanoseconds: Nanoseconds since 1970.
    /// - Returns: When the next window opens, in words.
    func refusal(at wallNanoseconds: Int64) -> String? {
        guard !windows.isEmpty, wallNanoseconds >= Self.earliestNanoseconds else { return nil }
        let minute = Int(wallNanoseconds / 60_000_000_000 % Int64(Self.minutesOfDay))
        guard !windows.contains(where: { $0.contains(minute) }) else { return nil }
        let waits = windows.map { ($0.start - minute + Self.minutesOfDay) % Self.minutesOfDay }
        let next = (minute + (waits.min() ?? 0)) % Self.minutesOfDay
        return "images are fetched from \(Self.text(next)) UTC on (images.pullWindows)"
    }

    private static func text(_ minute: Int) -> String {
        let (hour, rest) = (minute / 60, minute % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }

    // 2025-01-01: no clock that was ever set is before this program was written.
    private static let earliestNanoseconds: Int64 = 1_735_689_600 * 1_000_000_000
}
