import Synchronization

@testable import Uplink

/// A store in memory that does with objects what the daemon's does, as far as the link can tell.
///
/// It outlives an ``Uplink`` as a database outlives a daemon: tests start a second one on it.
actor MemoryBackend: UplinkBackend {
    private(set) var messages: [InboundMessage] = []
    private(set) var links: [LinkState] = []
    private(set) var session: UInt64 = 0
    private(set) var lastAcknowledged: UInt64?
    private(set) var forgottenCount = 0
    private(set) var acknowledgedCount = 0
    private var outbox: [OutboundMessage] = []
    private var acknowledgedState: [String: OutboundMessage] = [:]
    /// Called for every message, before `received` returns: the place to be slow.
    private var onReceive: @Sendable (InboundMessage) async -> Void = { _ in }

    func received(_ message: InboundMessage) async {
        await onReceive(message)
        messages.append(message)
    }
    /// As a store does whose disk is full for a while.
    func stored(_ message: InboundMessage) async -> Bool {
        guard refusals == 0 else {
            refusals -= 1
            return false
        }
        await received(message)
        return true
    }
    private var refusals = 0
    func refuseNext(_ count: Int) { refusals = count }

    func nextSession() -> UInt64 {
        session += 1
        return session
    }
    func raiseSession(to number: UInt64) { session = max(session, number) }
    func lastAcknowledgedSession() -> UInt64? { lastAcknowledged }
    func sessionAcknowledged(_ number: UInt64) { lastAcknowledged = number }
    func due(limit: Int) -> [OutboundMessage] { Array(outbox.prefix(limit)) }
    func sending(_ message: OutboundMessage) {
        if message.isRetained { acknowledgedState[message.topic] = nil }
    }
    func acknowledged(_ message: OutboundMessage) {
        acknowledgedCount += 1
        if message.isRetained {
            acknowledgedState[message.topic] = message
            counts.acknowledged += 1
            numbers[message.topic] = counts.acknowledged
        }
        if let index = outbox.firstIndex(of: message) { outbox.remove(at: index) }
    }
    func forgetAcknowledgements() {
        forgottenCount += 1
        for message in acknowledgedState.values.sorted(by: { $0.topic < $1.topic })
        where !outbox.contains(where: { $0.topic == message.topic }) {
            outbox.append(message)
        }
        acknowledgedState = [:]
    }
    /// Only a store that counts can tell what came after a snapshot.
    var isCounting = false
    func countStatuses() { isCounting = true }
    private(set) var counts = StatusCounts()
    private var numbers: [String: UInt64] = [:]
    private(set) var unconfirmedCount = 0
    func statusCounts() -> StatusCounts { isCounting ? counts : StatusCounts() }
    func statusesConfirmed(_ count: UInt64) { counts.confirmed = count }
    func forgetUnconfirmed() {
        for message in acknowledgedState.values.sorted(by: { $0.topic < $1.topic })
        where numbers[message.topic] ?? 0 > counts.confirmed {
            unconfirmedCount += 1
            acknowledgedState[message.topic] = nil
            if !outbox.contains(where: { $0.topic == message.topic }) { outbox.append(message) }
        }
    }
    func linkChanged(_ state: LinkState) { links.append(state) }

    /// Puts a status into the outbox: one row a topic, and none for what the broker has already.
    func enqueue(_ message: OutboundMessage) {
        outbox.removeAll { message.isRetained && $0.topic == message.topic }
        if message.isRetained, acknowledgedState[message.topic]?.payload == message.payload {
            return
        }
        outbox.append(message)
    }
    func loseCounter() {
        session = 0
        lastAcknowledged = nil
    }
    func whenReceiving(_ action: @escaping @Sendable (InboundMessage) async -> Void) {
        onReceive = action
    }

    var phase: LinkState.Phase? { links.last?.phase }
    var outboxCount: Int { outbox.count }
    func payloads(on topic: String) -> [[UInt8]] {
        messages.filter { $0.topic.hasSuffix(topic) }.map(\.payload)
    }
}

extension OutboundMessage {
    /// The status of pod `name`.
    static func status(_ name: String, _ text: String, isUrgent: Bool = false) -> OutboundMessage {
        OutboundMessage(
            topic: TopicName.podStatus(namespace: "default", name: name).path,
            payload: Array(text.utf8),
            isRetained: true,
            isUrgent: isUrgent
        )
    }
}
