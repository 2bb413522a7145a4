/// The node's side of one link to one broker, as a value.
///
/// Events go in, actions come out; nothing here waits, reads a clock or touches the network.
///
///     idle ─▶ numbering ─▶ opening ─▶ greeting ─▶ presence ─▶ subscribing ─▶ announcing ─▶ online
///                 ▲                                                                          │
///                 └───────────────── waiting ◀── a connection ends anywhere ─────────────────┘
///
/// Source: `mqtt-contract`, rules 5, 6, 7, 9 and 10.
struct UplinkSession: Equatable, Sendable {
    /// A place in the diagram above.
    enum State: Equatable, Sendable {
        case idle
        /// The store is asked for a session number.
        case numbering
        /// A name is looked up, TCP connects. No deadline: the kernel has one, and the thread that
        /// waits can do nothing else anyway.
        case opening
        /// CONNECT is on its way.
        case greeting(until: Nanoseconds)
        /// Subscribed to our own `status/connection` and, behind it, to requests: when the second
        /// SUBACK is here, what the broker remembers of us has come before it.
        case presence(until: Nanoseconds)
        /// Subscribing to `desired/#`.
        case subscribing(until: Nanoseconds, RetainHandling)
        /// The birth message is on its way.
        case announcing(until: Nanoseconds)
        case online
        /// `stopped` is on its way, then DISCONNECT.
        case stopping(until: Nanoseconds)
        case waiting(until: Nanoseconds)
        case stopped
    }

    /// How long the broker may take to answer one packet before the link counts as half-open.
    static let answerWithin = Nanoseconds.seconds(30)
    /// A longer absence than this asks for all retained messages again (rule 5).
    static let absenceMax = Nanoseconds.seconds(600)
    /// Silence after which a QoS 1 probe looks for a half-open link (rule 6).
    static let probeAfter = Nanoseconds.seconds(600)
    /// How long after a message that could not be stored everything is asked for again.
    static let askAgainAfter = Nanoseconds.seconds(60)
    /// At most this often is a foreign or late word on `status/connection` corrected.
    static let correctionEvery = Nanoseconds.seconds(60)
    /// How long after a status the broker is told how many it has, once for all of them.
    static let confirmAfter = Nanoseconds.seconds(30)
    /// How long ``SessionEvent/stop`` may take.
    static let farewellWithin = Nanoseconds.seconds(5)

    /// Where the link is now.
    var state = State.idle
    /// The number of this connection, or of the last one.
    var session: UInt64 = 0
    let bootID: String
    let connectionTopic: String

    var policy = ReconnectPolicy()
    var pacer = OutboxPacer()
    var presence: Presence?
    var lastAcknowledged: UInt64?
    var counts = StatusCounts()
    /// The count that the presence on its way says.
    var announcedCount: UInt64 = 0
    /// When the broker is to be told the count anew.
    var confirmAt: Nanoseconds?
    var sinceWallNanoseconds: UInt64 = 0
    var connectedAt: Nanoseconds?
    var isResumed = false
    /// Whether a birth of this process was ever acknowledged: from then on no other boot is us.
    var hasBeenOnline = false
    /// When the link was last lost; `nil` before the first connection of this process.
    var lostAt: Nanoseconds?
    /// Whether everything retained has been asked for, and nothing happened since that asks again.
    var hasEverything = false
    /// When everything retained is asked for again on this connection.
    var askAgainAt: Nanoseconds?
    var lastHeardAt = Nanoseconds.zero
    var probeSentAt: Nanoseconds?
    var correctedAt: Nanoseconds?
    var needsCorrection = false
    var outboxIsRung = true
    var outboxRetryAt: Nanoseconds?
    var reported: LinkState?

    /// A link that is not started yet; `connectionTopic` is the whole topic of its presence.
    init(bootID: String, connectionTopic: String) {
        self.bootID = bootID
        self.connectionTopic = connectionTopic
    }

    /// Whether nothing will happen any more.
    var isStopped: Bool { state == .stopped }

    /// Whether the store should be asked for what is due.
    var wantsOutbox: Bool { state == .online && outboxIsRung }

    /// When a tick is wanted next; `nil` when only an event can change anything.
    var wakeAt: Nanoseconds? {
        switch state {
        case .greeting(let until), .presence(let until), .subscribing(let until, _),
            .announcing(let until), .stopping(let until), .waiting(let until):
            until
        case .online:
            [
                askAgainAt, outboxRetryAt, confirmAt,
                pacer.oldestSentAt.map { $0 + Self.answerWithin },
                probeSentAt.map { $0 + Self.answerWithin } ?? lastHeardAt + Self.probeAfter,
                needsCorrection ? correctedAt.map { $0 + Self.correctionEvery } : nil,
            ]
            .compactMap(\.self).min()
        case .idle, .numbering, .opening, .stopped: nil
        }
    }

    /// Takes one event and says what to do about it.
    ///
    /// `now` is on CLOCK_BOOTTIME, and never less than in the call before.
    mutating func handle(
        _ event: SessionEvent,
        at now: Nanoseconds,
        using random: inout some RandomNumberGenerator
    ) -> [SessionAction] {
        switch event {
        case .start:
            return state == .idle ? number(at: now) : []
        case .numbered(let session, let lastAcknowledged, let wall, let counts):
            return numbered(session, lastAcknowledged: lastAcknowledged, wall: wall, counts)
        case .transportReady(session) where state == .opening:
            state = .greeting(until: now + Self.answerWithin)
            return []
        case .connected(session, let isResumed):
            return connected(isResumed: isResumed, at: now)
        case .closed(session, let code, let reason):
            return ended(code: code, reason: reason, at: now, using: &random)
        case .subscribed(session, let token, let code):
            return subscribed(token, code: code, at: now, using: &random)
        case .published(session, let token, let code):
            return published(token, code: code, at: now, using: &random)
        case .message(session, let message):
            return received(message, at: now)
        case .outbox(let rows):
            return drain(rows, at: now)
        case .ring:
            outboxIsRung = true
            return []
        case .notStored:
            hasEverything = false
            if state == .online { askAgainAt = askAgainAt ?? now + Self.askAgainAfter }
            return []
        case .tick:
            return tick(at: now, using: &random)
        case .renew:
            return renew(at: now)
        case .stop:
            return stop(at: now)
        case .transportReady, .connected, .closed, .subscribed, .published:
            return []
        case .message(_, let message):
            // Why: its PUBACK is long sent, so the broker will not send it again to this session.
            return isOurs(message) ? [] : [.deliver(message)]
        }
    }
}
