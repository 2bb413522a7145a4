import Documents

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

    /// Ours have a tenth of this; more is not worth reading.
    private static let payloadBytesMax = 1_024
    /// What every JSON reader keeps exactly.
    ///
    /// A larger one is no counter of ours, and following it
    /// would leave no room to count on.
    private static let sessionMax: Int64 = 1 << 53

    init(state: State, session: UInt64, bootID: String, sinceNanoseconds: UInt64) {
        self.state = state
        self.session = session
        self.bootID = bootID
        self.sinceNanoseconds = sinceNanoseconds
    }

    /// The JSON text.
    var payload: [UInt8] {
        let document: Document = [
            "state": .string(state.rawValue), "session": .integer(Int64(clamping: session)),
            "bootID": .string(bootID),
            "since": .string(RFC3339.text(nanosecondsSince1970: sinceNanoseconds)),
        ]
        return document.json()
    }

    /// Reads the JSON text; `nil` when a node of ours did not write it.
    init?(payload: [UInt8]) {
        guard payload.count <= Self.payloadBytesMax, let document = try? Document(json: payload),
            let state = document["state"]?.string.flatMap(State.init(rawValue:)),
            let session = document["session"]?.integer, (0...Self.sessionMax).contains(session),
            let bootID = document["bootID"]?.string
        else { return nil }
        self.init(
            state: state,
            session: UInt64(session),
            bootID: bootID,
            sinceNanoseconds: 0
        )
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
