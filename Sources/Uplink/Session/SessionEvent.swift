/// What happened, told to an ``UplinkSession``.
///
/// Events of a connection carry its session number: one of an older connection is old news.
enum SessionEvent: Equatable, Sendable {
    /// Begin.
    case start
    /// The store's answer to ``SessionAction/nextSession``; `wallNanoseconds` is for people to read.
    case numbered(
        session: UInt64,
        lastAcknowledged: UInt64?,
        wallNanoseconds: UInt64,
        counts: StatusCounts = StatusCounts()
    )
    /// TCP is connected and CONNECT is on its way; name look-up and SYN are behind us.
    case transportReady(session: UInt64)
    /// CONNACK: accepted.
    case connected(session: UInt64, isResumed: Bool)
    /// The connection, or the try to make one, is over. `code` is the broker's reason, if any.
    case closed(session: UInt64, code: Int?, reason: String)
    /// SUBACK; 0x80 and above are refusals.
    case subscribed(session: UInt64, Token, code: Int)
    /// PUBACK; 0x80 and above are refusals.
    case published(session: UInt64, Token, code: Int)
    /// A message.
    case message(session: UInt64, InboundMessage)
    /// The store's answer to ``UplinkSession/wantsOutbox``.
    case outbox([OutboundMessage])
    /// The outbox holds something.
    case ring
    /// A delivered message could not be stored, and will not come again by itself.
    case notStored
    /// Time has passed.
    case tick
    /// Connect anew, with what is configured now.
    case renew
    /// Leave in good order.
    case stop
}

/// What the uplink must do now.
enum SessionAction: Equatable, Sendable {
    /// Ask the store for the next session number and the last acknowledged one.
    case nextSession
    /// Connect, with this will.
    case open(session: UInt64, will: [UInt8])
    /// Subscribe below our node.
    case subscribe(Token, filter: String, qualityOfService: Int, RetainHandling)
    /// Publish below our node, QoS 1.
    case publish(Token, OutboundMessage)
    /// End the connection; gracefully means with DISCONNECT, so without the will.
    case close(isGraceful: Bool)
    /// Hand a message to the store.
    case deliver(InboundMessage)
    /// Tell the store that the broker has a message.
    case acknowledged(OutboundMessage)
    /// Tell the store that the broker has the birth of this session.
    case sessionAcknowledged(UInt64)
    /// Tell the store that the broker has seen this session number.
    case raiseSession(to: UInt64)
    /// Tell the store that the broker has a presence with this count of statuses.
    case statusesConfirmed(UInt64)
    /// Tell the store that the broker may have lost what it acknowledged last.
    case forgetUnconfirmed
    /// Tell the store that the broker has lost its memory.
    case forgetAcknowledgements
    /// Tell everybody how the link is.
    case report(LinkState)
}

/// What the broker does about retained messages when we subscribe (MQTT 5, 3.8.3.1).
enum RetainHandling: Int, Sendable {
    /// Send all.
    case always = 0
    /// Send them if we were not subscribed yet.
    case ifNew = 1
    /// Send none.
    case never = 2
}
