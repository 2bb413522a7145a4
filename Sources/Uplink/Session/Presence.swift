import Documents
import KubeModel

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
    /// How many statuses the broker had acknowledged, ever, when this was said; nil in a will.
    var acknowledgedCount: UInt64?

    /// Ours have a tenth of this; more is not worth reading.
    private static let payloadBytesMax = 1_024
    /// What every JSON reader keeps exactly.
    ///
    /// A larger one is no counter of ours, and following it
    /// would leave no room to count on.
    private static let sessionMax: Int64 = 1 << 53

    init(
        state: State,
        session: UInt64,
        bootID: String,
        sinceNanoseconds: UInt64,
        acknowledgedCount: UInt64? = nil
    ) {
        self.acknowledgedCount = acknowledgedCount
        self.state = state
        self.session = session
        self.bootID = bootID
        self.sinceNanoseconds = sinceNanoseconds
    }

    /// The JSON text.
    var payload: [UInt8] {
        let since = Timestamp(nanosecondsSinceEpoch: Int64(clamping: sinceNanoseconds))
        var body = ObjectBuilder()
        body.set("state", state.rawValue)
        body.set("session", Int64(clamping: session))
        body.set("bootID", bootID)
        body.set("since", since.rfc3339)
        body.set("acknowledged", acknowledgedCount.map { Int64(clamping: $0) })
        return body.document.json()
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
        acknowledgedCount = Self.acknowledgedCount(document)
    }

    // Why apart: inlined above, the optimiser of 6.3.1 gives the document up too early and crashes.
    @inline(never)
    private static func acknowledgedCount(_ document: Document) -> UInt64? {
        guard let count = document["acknowledged"]?.integer else { return nil }
        return UInt64(clamping: count)
    }
}
