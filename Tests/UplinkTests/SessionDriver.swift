import TestKit

@testable import Uplink

/// Plays broker, store and clock for an ``UplinkSession``: each call is one event and returns what
/// the session wants done.
struct SessionDriver {
    static let connectionTopic = "swiftlet/v1/gw-1/status/connection"
    var machine = UplinkSession(bootID: "b007", connectionTopic: connectionTopic)
    var now = Nanoseconds.seconds(1_000)
    var counter: UInt64 = 0
    var lastAcknowledged: UInt64?
    private var random = SeededGenerator(seed: 3)

    mutating func send(_ event: SessionEvent) -> [SessionAction] {
        machine.handle(event, at: now, using: &random)
    }

    mutating func after(_ span: Nanoseconds, _ event: SessionEvent) -> [SessionAction] {
        now = now + span
        return send(event)
    }

    /// Lets time pass to the moment the session has asked for.
    mutating func wake() -> [SessionAction] {
        if let wakeAt = machine.wakeAt { now = max(now, wakeAt) }
        return send(.tick)
    }

    /// Answers the session's wish for a number.
    mutating func number() -> [SessionAction] {
        counter += 1
        return send(
            .numbered(session: counter, lastAcknowledged: lastAcknowledged, wallNanoseconds: 0)
        )
    }

    /// From a session that wants a number to one that has read its own presence.
    mutating func connect(isResumed: Bool, remembered: Presence?) -> [SessionAction] {
        _ = number()
        _ = send(.transportReady(session: counter))
        _ = send(.connected(session: counter, isResumed: isResumed))
        if let remembered { _ = send(presence(remembered, isRetained: true)) }
        _ = send(.subscribed(session: counter, .presence, code: 0))
        return send(.subscribed(session: counter, .requests, code: 1))
    }

    /// All the way up, with a broker that remembers what it should.
    mutating func online() {
        if machine.state == .idle { _ = send(.start) }
        let remembered = lastAcknowledged.map { Presence.online($0) }
        _ = connect(isResumed: lastAcknowledged != nil, remembered: remembered)
        _ = send(.subscribed(session: counter, .desired, code: 1))
        _ = send(.published(session: counter, .birth, code: 0))
        lastAcknowledged = counter
        _ = send(.outbox([]))
    }

    mutating func drop(code: Int? = nil) -> [SessionAction] {
        send(.closed(session: machine.session, code: code, reason: "cut"))
    }

    func presence(_ presence: Presence, isRetained: Bool) -> SessionEvent {
        .message(
            session: counter,
            InboundMessage(
                topic: Self.connectionTopic,
                prefix: "swiftlet/v1",
                payload: presence.payload,
                isRetained: isRetained
            )
        )
    }
}

extension Presence {
    static func online(_ session: UInt64) -> Presence {
        Presence(state: .online, session: session, bootID: "b007", sinceNanoseconds: 0)
    }
    static func offline(_ session: UInt64) -> Presence {
        Presence(state: .offline, session: session, bootID: "b007", sinceNanoseconds: 0)
    }
}

extension [SessionAction] {
    /// How retained desired objects are asked for, if they are.
    var desiredHandling: RetainHandling? {
        for case .subscribe(.desired, "desired/#", 1, let handling) in self { return handling }
        return nil
    }
    var forgets: Bool { contains(.forgetAcknowledgements) }
    var publishedTokens: [Token] {
        compactMap { if case .publish(let token, _) = $0 { token } else { nil } }
    }
    var reported: LinkState.Phase? {
        for case .report(let state) in self { return state.phase }
        return nil
    }
}
