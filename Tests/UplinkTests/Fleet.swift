import Dispatch
import Glibc
import TestKit

@testable import Uplink

/// Many nodes in one thread: each a session and a handle of the real library, on a clock that jumps
/// over the waits that all of them wait.
final class Fleet: @unchecked Sendable {
    // Safety: everything happens on `queue`; the tests look in between.
    private(set) var members: [FleetMember]
    private let queue = DispatchQueue(label: "fleet")
    private var extra = Nanoseconds.zero

    var now: Nanoseconds { .boottime() + extra }

    init(count: Int, port: UInt16) throws {
        let url = try BrokerURL("mqtt://127.0.0.1:\(port)")
        members = (0..<count).map { number in
            FleetMember(
                UplinkConfiguration(url: url, nodeName: "gw-\(number)", bootID: "b\(number)"),
                seed: UInt64(number)
            )
        }
    }

    /// Runs all until the condition holds.
    func run(_ what: String, until condition: @escaping @Sendable (Fleet) -> Bool) async throws {
        let isDone = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.go(until: condition)) }
        }
        guard isDone else { throw TestKitError(message: "the fleet did not get there: \(what)") }
    }

    /// Ends every connection without a word.
    func vanish() { for member in members { member.handle = nil } }

    private func go(until condition: (Fleet) -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .seconds(90)
        while !condition(self) {
            guard ContinuousClock.now < deadline else { return false }
            let hasHappened = look()
            for member in members { member.settle(at: now) }
            if !hasHappened { jump() }
        }
        return true
    }

    /// Reads and writes what can be.
    private func look() -> Bool {
        let connected = members.filter { $0.handle.map { $0.socket >= 0 } ?? false }
        var watched = connected.map { member in
            pollfd(
                fd: member.handle?.socket ?? -1,
                events: Int16(POLLIN) | (member.handle?.wantsWrite == true ? Int16(POLLOUT) : 0),
                revents: 0
            )
        }
        guard poll(&watched, nfds_t(watched.count), 10) > 0 else { return false }
        for (member, seen) in zip(connected, watched) where seen.revents != 0 {
            member.step(
                canRead: seen.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0,
                canWrite: seen.revents & Int16(POLLOUT) != 0
            )
        }
        return true
    }

    /// Where nobody waits for an answer, time passes to where somebody wants to do something.
    private func jump() {
        guard members.allSatisfy(\.isPatient),
            let next = members.compactMap(\.wakeAt).min(), next > now
        else { return }
        // Why never past a second: keep-alives are the library's, on the real clock.
        extra = extra + min(next.since(now), .seconds(1))
    }
}

/// One node of the fleet.
final class FleetMember: @unchecked Sendable {
    // Safety: used on the queue of its fleet only, and by tests while that rests.
    private(set) var machine: UplinkSession
    /// When it wants to do something, as of the last time it did.
    private(set) var wakeAt: Nanoseconds?
    var handle: MosquittoHandle?
    var outbox: [OutboundMessage] = []
    /// When each connection was begun, and each message sent.
    private(set) var openedAt: [Nanoseconds] = []
    private(set) var sentAt: [Nanoseconds] = []
    private(set) var acknowledgedCount = 0
    private let configuration: UplinkConfiguration
    private var events: [SessionEvent] = [.start]
    private var counter: UInt64 = 0
    private var lastAcknowledged: UInt64?
    private var random: SeededGenerator

    init(_ configuration: UplinkConfiguration, seed: UInt64) {
        self.configuration = configuration
        random = SeededGenerator(seed: seed &+ 1)
        machine = UplinkSession(
            bootID: configuration.bootID,
            connectionTopic: "swiftlet/v1/\(configuration.nodeName)/status/connection"
        )
    }

    var isOnline: Bool { machine.state == .online }
    var isDrained: Bool { isOnline && outbox.isEmpty }
    /// Whether it waits for nobody's answer.
    var isPatient: Bool {
        switch machine.state {
        case .waiting, .stopped: true
        case .online: outbox.isEmpty || machine.pacer.oldestSentAt == nil
        case .idle, .numbering, .opening, .greeting, .presence, .subscribing, .announcing,
            .stopping:
            false
        }
    }

    func say(_ message: OutboundMessage) {
        outbox.append(message)
        events.append(.ring)
    }

    func forgetRecords() { (openedAt, sentAt, acknowledgedCount) = ([], [], 0) }

    func step(canRead: Bool, canWrite: Bool) {
        if let end = handle?.step(canRead: canRead, canWrite: canWrite) { closed(end) }
    }

    private func closed(_ end: MosquittoHandle.Outcome) {
        handle = nil
        events.append(.closed(session: machine.session, code: end.code, reason: end.reason))
    }

    /// Handles all that has happened.
    func settle(at now: Nanoseconds) {
        if let wakeAt, wakeAt <= now { events.append(.tick) }
        guard !events.isEmpty else { return }
        defer { wakeAt = machine.wakeAt }
        while !events.isEmpty || machine.wantsOutbox {
            let event = events.isEmpty ? .outbox(outbox) : events.removeFirst()
            for action in machine.handle(event, at: now, using: &random) { perform(action, now) }
        }
    }

    private func perform(_ action: SessionAction, _ now: Nanoseconds) {
        switch action {
        case .nextSession:
            counter += 1
            events.append(
                .numbered(
                    session: counter,
                    lastAcknowledged: lastAcknowledged,
                    wallNanoseconds: 0
                )
            )
        case .open(let session, let will): open(session, will, now)
        case .subscribe(let token, let filter, let quality, let handling):
            let whole = "swiftlet/v1/\(configuration.nodeName)/\(filter)"
            carryOut(.subscribe(token, filter: whole, qualityOfService: quality, handling))
        case .publish(let token, let message):
            sentAt.append(now)
            let publication = Publication(
                topic: "swiftlet/v1/\(configuration.nodeName)/\(message.topic)",
                payload: message.payload,
                isRetained: message.isRetained
            )
            carryOut(.publish(token, publication))
        case .close: handle = nil
        case .acknowledged(let message):
            acknowledgedCount += 1
            outbox.removeAll { $0 == message }
        case .sessionAcknowledged(let session): lastAcknowledged = session
        case .deliver, .raiseSession, .forgetAcknowledgements, .statusesConfirmed,
            .forgetUnconfirmed,
            .report:
            break
        }
    }

    private func carryOut(_ command: ConnectionCommand) {
        if let end = handle?.perform(command) { closed(end) }
    }

    private func open(_ session: UInt64, _ will: [UInt8], _ now: Nanoseconds) {
        openedAt.append(now)
        let request = ConnectRequest(
            configuration: configuration,
            isCleanStart: false,
            will: .init(topic: machine.connectionTopic, payload: will, delaySeconds: 30)
        )
        let made = MosquittoHandle(request, gate: InboundGate()) { [unowned self] event in
            switch event {
            case .transportReady, .closed: break
            case .connected(let isResumed):
                events.append(.connected(session: session, isResumed: isResumed))
            case .subscribed(let token, let code):
                events.append(.subscribed(session: session, token, code: code))
            case .published(let token, let code):
                events.append(.published(session: session, token, code: code))
            case .message(let message): events.append(.message(session: session, message))
            }
        }
        if let failure = made.connect() {
            events.append(
                .closed(session: session, code: failure.code, reason: failure.reason)
            )
            return
        }
        handle = made
        events.append(.transportReady(session: session))
    }
}

/// The most of these moments that lie within one second.
func peakPerSecond(_ moments: [Nanoseconds]) -> Int {
    let sorted = moments.sorted()
    var first = 0
    var peak = 0
    for (index, moment) in sorted.enumerated() {
        while moment.since(sorted[first]) >= .seconds(1) { first += 1 }
        peak = max(peak, index - first + 1)
    }
    return peak
}
