// What goes on while the link is up.
extension UplinkSession {
    func isOurs(_ message: InboundMessage) -> Bool { message.topic == connectionTopic }

    mutating func received(_ message: InboundMessage, at now: Nanoseconds) -> [SessionAction] {
        lastHeardAt = now
        guard isOurs(message) else { return [.deliver(message)] }
        let seen = Presence(payload: message.payload)
        switch state {
        case .presence:
            if message.isRetained { presence = seen }
            return []
        case .announcing, .online:
            // Why: a will can overtake a birth, and stays retained; whoever comes later would read
            // that we are away.
            let isRight = seen?.session == session && seen?.state == .online
            if !isRight, state == .online { needsCorrection = true }
            return correct(at: now)
        case .idle, .numbering, .opening, .greeting, .subscribing, .stopping, .waiting, .stopped:
            return []
        }
    }

    mutating func published(
        _ token: Token,
        code: Int,
        at now: Nanoseconds,
        using random: inout some RandomNumberGenerator
    ) -> [SessionAction] {
        lastHeardAt = now
        switch (state, token) {
        case (.announcing, .birth):
            guard code < 0x80 else {
                let reason = "the broker refused our birth with code \(code): look at its ACL"
                return abandon(reason: reason, at: now, using: &random)
            }
            state = .online
            askAgainAt = hasEverything ? nil : now + Self.askAgainAfter
            hasBeenOnline = true
            outboxIsRung = true
            return [.sessionAcknowledged(session)] + confirm() + report(.online, at: now)
        case (.online, .birth): return code < 0x80 ? confirm() : []
        case (.stopping, .farewell):
            return [.close(isGraceful: true)]
        case (_, .probe):
            probeSentAt = nil
            return []
        case (_, .birth), (_, .farewell), (_, .presence), (_, .requests), (_, .desired):
            return []
        case (_, _):
            outboxIsRung = true
            guard code < 0x80 else {
                _ = pacer.refused(token, at: now)
                return []
            }
            guard let message = pacer.acknowledged(token) else { return [] }
            if message.isRetained {
                counts.acknowledged &+= 1
                confirmAt = confirmAt ?? now + Self.confirmAfter
            }
            return [.acknowledged(message)]
        }
    }

    /// The broker has the presence with the count that was announced.
    private mutating func confirm() -> [SessionAction] {
        guard announcedCount != counts.confirmed else { return [] }
        counts.confirmed = announcedCount
        return [.statusesConfirmed(announcedCount)]
    }

    mutating func drain(_ rows: [OutboundMessage], at now: Nanoseconds) -> [SessionAction] {
        guard state == .online else { return [] }
        let admission = pacer.admit(rows, at: now)
        outboxIsRung = false
        outboxRetryAt = admission.retryAt
        return admission.sendable.map { .publish($0.token, $0.message) }
    }

    mutating func tick(
        at now: Nanoseconds,
        using random: inout some RandomNumberGenerator
    ) -> [SessionAction] {
        switch state {
        case .greeting(let until), .presence(let until), .subscribing(let until, _),
            .announcing(let until):
            guard until <= now else { return [] }
            return abandon(
                reason: "the broker did not answer within 30 s",
                at: now,
                using: &random
            )
        case .stopping(let until):
            guard until <= now else { return [] }
            state = .stopped
            return [.close(isGraceful: false)] + report(.stopped, at: now)
        case .waiting(let until):
            return until <= now ? number(at: now) : []
        case .online:
            return tickOnline(at: now, using: &random)
        case .idle, .numbering, .opening, .stopped:
            return []
        }
    }

    private mutating func tickOnline(
        at now: Nanoseconds,
        using random: inout some RandomNumberGenerator
    ) -> [SessionAction] {
        let oldest = [pacer.oldestSentAt, probeSentAt].compactMap(\.self).min()
        if let oldest, now.since(oldest) >= Self.answerWithin {
            let reason = "no PUBACK within 30 s: the link is half-open"
            return abandon(reason: reason, at: now, using: &random)
        }
        if let retryAt = outboxRetryAt, retryAt <= now {
            outboxRetryAt = nil
            outboxIsRung = true
        }
        var actions = correct(at: now)
        if let confirmAt, confirmAt <= now {
            // What is on its way is counted the next time.
            actions += announce(at: now)
        }
        if let again = askAgainAt, again <= now {
            askAgainAt = nil
            actions.append(
                .subscribe(.desired, filter: "desired/#", qualityOfService: 1, .always)
            )
        }
        if probeSentAt == nil, now.since(lastHeardAt) >= Self.probeAfter {
            probeSentAt = now
            pacer.countSend(at: now)
            actions.append(.publish(.probe, Self.probe))
        }
        return actions
    }

    private mutating func correct(at now: Nanoseconds) -> [SessionAction] {
        guard state == .online, needsCorrection else { return [] }
        if let correctedAt, now.since(correctedAt) < Self.correctionEvery { return [] }
        return announce(at: now)
    }

    /// Empty, and kept by nobody: only its PUBACK matters.
    private static let probe = OutboundMessage(
        topic: TopicName.reply(id: "probe").path,
        payload: [],
        isRetained: false,
        isUrgent: true
    )
}
