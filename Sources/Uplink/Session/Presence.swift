/// What `status/connection` says: contract, rule 7.
struct Presence: Equatable, Sendable {
    /// The node's state in one word.
    enum State: String, Sendable {
        case online
        /// Said by the broker, as our will.
        case offline
        case stopped
    }

    var state: State
    var session: UInt64
    var bootID: String
    /// When the session began, by the wall clock, in nanoseconds since 1970.
    var sinceNanoseconds: UInt64

    init(state: State, session: UInt64, bootID: String, sinceNanoseconds: UInt64) {
        self.state = state
        self.session = session
        self.bootID = bootID
        self.sinceNanoseconds = sinceNanoseconds
    }

    /// The JSON text.
    var payload: [UInt8] {
        let boot = bootID.filter { $0.isHexDigit || $0 == "-" }
        let since = RFC3339.text(nanosecondsSince1970: sinceNanoseconds)
        let text =
            #"{"state":"\#(state.rawValue)","session":\#(session),"#
            + #""bootID":"\#(boot)","since":"\#(since)"}"#
        return Array(text.utf8)
    }

    /// Reads the JSON text; `nil` when a node of ours did not write it.
    init?(payload: [UInt8]) {
        var rest = Substring(decoding: payload.prefix(1_024), as: UTF8.self)
        func take(after start: String, before end: Character) -> Substring? {
            guard rest.hasPrefix(start) else { return nil }
            let value = rest.dropFirst(start.count).prefix { $0 != end }
            rest = rest.dropFirst(start.count + value.count)
            return value
        }
        guard
            let state = take(after: #"{"state":""#, before: "\"").flatMap({
                State(rawValue: String($0))
            }),
            let session = take(after: #"","session":"#, before: ",").flatMap({ UInt64($0) }),
            let boot = take(after: #","bootID":""#, before: "\"")
        else { return nil }
        self.init(state: state, session: session, bootID: String(boot), sinceNanoseconds: 0)
    }
}

/// Points in time as people and Kubernetes write them.
enum RFC3339 {
    /// `2026-11-23T07:15:00Z`.
    ///
    /// Source: the civil calendar from a day count, H. Hinnant, "chrono-compatible low-level date
    /// algorithms".
    static func text(nanosecondsSince1970 nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        let (days, second) = (seconds / 86_400, seconds % 86_400)
        let shifted = days + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
            + "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
    }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
