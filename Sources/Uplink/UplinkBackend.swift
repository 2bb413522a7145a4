/// What the uplink needs from the rest of the daemon: the store, in fact.
///
/// The uplink calls one method at a time, in the order in which things happened, and waits for each
/// before it reads on: a slow disk slows the broker down instead of filling memory.
public protocol UplinkBackend: Sendable {
    /// A message on `desired/#` or `requests/#` of this node. To be stored before this returns; the
    /// status that says so goes into the outbox (rule 1). Messages may come twice and in any order
    /// (rule 4), and their absence means nothing (rule 2).
    func received(_ message: InboundMessage) async

    /// As ``received(_:)``, and whether the message is stored, or refused for good.
    ///
    /// After a `false`, of a full disk say, everything retained is asked for again a minute later:
    /// the broker has its PUBACK and would never send it by itself. The uplink calls this one.
    func stored(_ message: InboundMessage) async -> Bool

    /// The next number of the session counter on disk: one more for each connection (rule 7).
    func nextSession() async -> UInt64

    /// Makes the counter on disk at least `session`: the broker has seen that number, so ours was lost.
    func raiseSession(to session: UInt64) async

    /// The session whose birth the broker last acknowledged, from disk; `nil` before the first (rule 6).
    func lastAcknowledgedSession() async -> UInt64?

    /// The broker has acknowledged the birth of `session`: keep the number on disk.
    func sessionAcknowledged(_ session: UInt64) async

    /// How many statuses the broker has acknowledged so far, and how many of those it has confirmed.
    func statusCounts() async -> StatusCounts

    /// The broker has acknowledged a presence that says this count: what came before it is with it.
    func statusesConfirmed(_ count: UInt64) async

    /// What was acknowledged after the last confirmed count may be lost with a broker that was restored
    /// from a snapshot: it is due again.
    func forgetUnconfirmed() async

    /// Up to `limit` messages that wait to be sent, oldest first; the same ones again until they are
    /// acknowledged or replaced.
    func due(limit: Int) async -> [OutboundMessage]

    /// `message` goes out now; what the broker holds on its topic is unknown until the PUBACK.
    ///
    /// To be kept on disk for retained messages: if the link or the daemon dies before the PUBACK and
    /// the state returns to what was acknowledged before, that must be sent again.
    func sending(_ message: OutboundMessage) async

    /// The broker has acknowledged `message`: its row goes, unless it holds newer bytes by now.
    func acknowledged(_ message: OutboundMessage) async

    /// The broker has lost its memory: all that was acknowledged is due again (rule 6).
    func forgetAcknowledgements() async

    /// The link has changed.
    func linkChanged(_ state: LinkState) async
}

/// How far the broker's memory of a node is known to reach (rule 6).
public struct StatusCounts: Equatable, Sendable {
    /// Statuses that the broker has acknowledged, ever.
    public var acknowledged: UInt64
    /// As many as the last acknowledged `status/connection` said.
    public var confirmed: UInt64

    /// Counts; none at first.
    public init(acknowledged: UInt64 = 0, confirmed: UInt64 = 0) {
        self.acknowledged = acknowledged
        self.confirmed = confirmed
    }
}

extension UplinkBackend {
    /// None, for stores that count nothing.
    public func statusCounts() async -> StatusCounts { StatusCounts() }

    /// Does nothing, for stores that count nothing.
    public func statusesConfirmed(_ count: UInt64) async {}

    /// Does nothing, for stores that count nothing.
    public func forgetUnconfirmed() async {}

    /// Does nothing, for stores that keep no digest of what was acknowledged.
    public func sending(_ message: OutboundMessage) async {}

    /// Takes what ``received(_:)`` returns from for stored.
    public func stored(_ message: InboundMessage) async -> Bool {
        await received(message)
        return true
    }
}
