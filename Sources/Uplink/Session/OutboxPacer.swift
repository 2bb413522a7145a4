/// Which rows of the outbox may go now: contract, rule 6, as a value.
///
/// Twenty messages in any one second; a second between two about one thing unless it is urgent; one
/// in flight for each retained topic, so that the last one sent is the last one kept; a bounded
/// number in flight at all.
struct OutboxPacer: Equatable, Sendable {
    /// What may be sent now, and when to look again.
    struct Admission: Equatable, Sendable {
        var sendable: [(token: Token, message: OutboundMessage)] = []
        /// When a held-back row may go; `nil` when none is held back by time.
        var retryAt: Nanoseconds?

        static func == (left: Admission, right: Admission) -> Bool {
            left.retryAt == right.retryAt
                && left.sendable.elementsEqual(right.sendable) { $0 == $1 }
        }
    }

    static let window = Nanoseconds.seconds(1)
    /// How long a topic rests after the broker has refused it: an ACL is not mended in seconds.
    static let refusalRest = Nanoseconds.seconds(60)

    private struct Flight: Equatable {
        var message: OutboundMessage
        var sentAt: Nanoseconds
    }

    private var inFlight: [Token: Flight] = [:]
    /// When each topic may be sent again after the last time; what is past is dropped.
    private var restsUntil: [String: Nanoseconds] = [:]
    /// When each topic may be sent again after a refusal; what is past is dropped.
    private var refusedUntil: [String: Nanoseconds] = [:]
    /// The last sends, oldest first; never more than the rate allows.
    private var recentSends: [Nanoseconds] = []
    private var nextToken = Token.firstOfOutbox

    /// How many rows to ask for: what the broker refused lately must not hide the rows behind it.
    var batch: Int { UplinkLimits.outboxBatch + refusedUntil.count }

    /// When the oldest message without a PUBACK was sent.
    var oldestSentAt: Nanoseconds? { inFlight.values.map(\.sentAt).min() }

    /// Chooses from rows that are due, oldest first.
    mutating func admit(_ rows: [OutboundMessage], at now: Nanoseconds) -> Admission {
        forgetThePast(at: now)
        var admission = Admission()
        var taken = Set(inFlight.values.map { identity(of: $0.message) })
        for row in rows {
            guard inFlight.count < UplinkLimits.inFlightMax else { break }
            guard !taken.contains(identity(of: row)) else { continue }
            if let restsUntil = rest(of: row) {
                admission.retryAt = min(admission.retryAt ?? restsUntil, restsUntil)
                continue
            }
            if let oldest = recentSends.first,
                recentSends.count >= UplinkLimits.messagesPerSecondMax
            {
                let freeAt = oldest + Self.window
                admission.retryAt = min(admission.retryAt ?? freeAt, freeAt)
                break
            }
            taken.insert(identity(of: row))
            admission.sendable.append((send(row, at: now), row))
        }
        return admission
    }

    /// A message of our own (birth, probe) goes out: it counts for the rate.
    mutating func countSend(at now: Nanoseconds) {
        forgetThePast(at: now)
        if recentSends.count >= UplinkLimits.messagesPerSecondMax { recentSends.removeFirst() }
        recentSends.append(now)
    }

    /// A PUBACK has come; the message it is about, or `nil` for one we do not know.
    mutating func acknowledged(_ token: Token) -> OutboundMessage? {
        inFlight.removeValue(forKey: token)?.message
    }

    /// The broker has refused a message: its row stays, and rests.
    mutating func refused(_ token: Token, at now: Nanoseconds) -> OutboundMessage? {
        guard let message = inFlight.removeValue(forKey: token)?.message else { return nil }
        refusedUntil[message.topic] = now + Self.refusalRest
        return message
    }

    /// The connection is gone: what was in flight is due again.
    mutating func connectionEnded() { inFlight = [:] }

    private mutating func send(_ row: OutboundMessage, at now: Nanoseconds) -> Token {
        let token = nextToken
        nextToken = token.next
        inFlight[token] = Flight(message: row, sentAt: now)
        recentSends.append(now)
        if row.isRetained { restsUntil[row.topic] = now + Self.window }
        return token
    }

    private func rest(of row: OutboundMessage) -> Nanoseconds? {
        if let refused = refusedUntil[row.topic] { return refused }
        return row.isUrgent ? nil : restsUntil[row.topic]
    }

    private mutating func forgetThePast(at now: Nanoseconds) {
        recentSends.removeAll { now.since($0) >= Self.window }
        restsUntil = restsUntil.filter { $0.value > now }
        refusedUntil = refusedUntil.filter { $0.value > now }
    }

    // State is one thing a topic; two events on one topic are two things.
    private func identity(of message: OutboundMessage) -> OutboundMessage {
        guard message.isRetained else { return message }
        return OutboundMessage(topic: message.topic, payload: [], isRetained: true, isUrgent: false)
    }
}

/// Our own name for a subscription or a publish, until the broker has answered it.
struct Token: Hashable, Sendable {
    var number: UInt64

    static let presence = Token(number: 1)
    static let requests = Token(number: 2)
    static let desired = Token(number: 3)
    static let birth = Token(number: 4)
    static let probe = Token(number: 5)
    static let farewell = Token(number: 6)
    static let firstOfOutbox = Token(number: 16)

    /// Whether it stands for a row of the outbox.
    var isOfOutbox: Bool { number >= Self.firstOfOutbox.number }

    var next: Token { Token(number: number + 1) }
}
