/// How the link to the broker is, for conditions and for people.
public struct LinkState: Equatable, Sendable {
    /// The link in one word.
    public var phase: Phase
    /// When it became so, in nanoseconds of CLOCK_BOOTTIME.
    public var sinceNanoseconds: UInt64
    /// The session's number while there is one (rule 7).
    public var session: UInt64?
    /// Why, in one sentence without secrets; empty when all is well.
    public var detail: String

    /// What a link can be.
    public enum Phase: String, Sendable, CaseIterable {
        /// No connection; the next try is timed.
        case offline
        /// The first connection is being made. Later ones are made while `offline`.
        case connecting
        /// Subscribed, and the birth message is acknowledged.
        case online
        /// Somebody else uses our client id: condition `DuplicateClientID` (rule 9).
        case duplicateClientID
        /// Stopped on purpose.
        case stopped
    }

    /// A state of the link.
    public init(phase: Phase, sinceNanoseconds: UInt64, session: UInt64? = nil, detail: String = "")
    {
        self.phase = phase
        self.sinceNanoseconds = sinceNanoseconds
        self.session = session
        self.detail = detail
    }
}
