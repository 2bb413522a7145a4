import KubeModel

/// How long ago something was, in the two largest units that matter, as kubectl writes it.
enum Age {
    /// What stands where no age can be told.
    static let unknown = "<unknown>"

    /// The first moment that a clock can be believed at, in nanoseconds since 1970.
    static let believableNanoseconds = Timestamp.believableMin.nanosecondsSinceEpoch

    /// The age of `moment` at `now`, both in nanoseconds since 1970.
    static func text(since moment: Int64?, now: Int64) -> String {
        guard let moment, moment >= believableNanoseconds, now >= believableNanoseconds else {
            return unknown
        }
        // Both lie after 2020, so the difference fits.
        return text(seconds: (now - moment) / 1_000_000_000)
    }

    /// A span in words; a small negative one is two clocks that differ, and counts as nothing.
    static func text(seconds: Int64) -> String {
        if seconds < -1 { return "<invalid>" }
        if seconds < 0 { return "0s" }
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<600: return pair(minutes, "m", seconds % 60, "s")
        case ..<(3 * 3_600): return "\(minutes)m"
        case ..<(8 * 3_600): return pair(hours, "h", minutes % 60, "m")
        case ..<(48 * 3_600): return "\(hours)h"
        case ..<(8 * 86_400): return pair(days, "d", hours % 24, "h")
        case ..<(2 * 365 * 86_400): return "\(days)d"
        case ..<(8 * 365 * 86_400): return pair(days / 365, "y", days % 365, "d")
        default: return "\(days / 365)y"
        }
    }

    private static func pair(
        _ large: Int64,
        _ unit: String,
        _ small: Int64,
        _ part: String
    ) -> String {
        small == 0 ? "\(large)\(unit)" : "\(large)\(unit)\(small)\(part)"
    }
}
