// From nothing to a birth message.
extension UplinkSession {
    mutating func number(at now: Nanoseconds) -> [SessionAction] {
        state = .numbering
        return report(.connecting, at: now) + [.nextSession]
    }

    mutating func numbered(
        _ number: UInt64,
        lastAcknowledged: UInt64?,
        wall: UInt64,
        _ counts: StatusCounts
    ) -> [SessionAction] {
        guard state == .numbering else { return [] }
        session = number
        self.lastAcknowledged = lastAcknowledged
        sinceWallNanoseconds = wall
        self.counts = counts
        confirmAt = nil
        presence = nil
        connectedAt = nil
        state = .opening
        return [.open(session: number, will: payload(.offline))]
    }

    mutating func connected(isResumed: Bool, at now: Nanoseconds) -> [SessionAction] {
        switch state {
        case .opening, .greeting: break
        case .idle, .numbering, .presence, .subscribing, .announcing, .online, .stopping, .waiting,
            .stopped:
            return []
        }
        self.isResumed = isResumed
        connectedAt = now
        lastHeardAt = now
        probeSentAt = nil
        correctedAt = nil
        needsCorrection = false
        state = .presence(until: now + Self.answerWithin)
        return [
            // Why QoS 0: what we said about ourselves must not queue up while we are away, and the
            // broker sends it before it answers the next packet, whatever its window.
            .subscribe(
                .presence,
                filter: TopicName.connection.path,
                qualityOfService: 0,
                .always
            ),
            .subscribe(.requests, filter: "requests/+", qualityOfService: 1, .never),
        ]
    }

    mutating func subscribed(
        _ token: Token,
        code: Int,
        at now: Nanoseconds,
        using random: inout some RandomNumberGenerator
    ) -> [SessionAction] {
        lastHeardAt = now
        guard code < 0x80 else {
            return abandon(
                reason: "the broker refused a subscription with code \(code): look at its ACL",
                at: now,
                using: &random
            )
        }
        switch (state, token) {
        case (.presence, .requests): return judgePresence(at: now, using: &random)
        case (.subscribing(_, let handling), .desired):
            if handling == .always { hasEverything = true }
            state = .announcing(until: now + Self.answerWithin)
            return announce(at: now)
        case (.online, .desired):
            hasEverything = askAgainAt == nil
            return []
        case (_, _): return []
        }
    }

    /// What the broker remembers of us decides what it must be told, and asked, again (rules 5, 6).
    private mutating func judgePresence(
        at now: Nanoseconds,
        using random: inout some RandomNumberGenerator
    ) -> [SessionAction] {
        if let seen = presence, hasBeenOnline, seen.state == .online, seen.bootID != bootID {
            // Why: Mosquitto 2.0 takes a session over without a word, so reason 0x8E is not enough.
            let reason = "another machine, with boot id \(seen.bootID), is online with our name"
            return abandon(reason: reason, isSomebodyElse: true, at: now, using: &random)
        }
        var actions: [SessionAction] = []
        if let seen = presence?.session, seen >= session {
            // Our counter was lost: a birth with an older number would say nothing (rule 7).
            state = .waiting(until: now + ReconnectPolicy.delayMin)
            hasEverything = false
            connectedAt = nil
            return [.raiseSession(to: seen), .forgetAcknowledgements, .close(isGraceful: true)]
        }
        var brokerForgot = false
        if let lastAcknowledged {
            brokerForgot =
                presence.map { $0.session < lastAcknowledged || isBehind($0) } ?? true
        }
        if brokerForgot {
            actions.append(.forgetAcknowledgements)
        } else if presence?.state == .online, counts.acknowledged > counts.confirmed {
            // It was told the count before the last statuses came: a snapshot may lie in between.
            actions.append(.forgetUnconfirmed)
        }
        let wasAway = lostAt.map { now.since($0) > Self.absenceMax } ?? true
        if brokerForgot || wasAway || !isResumed { hasEverything = false }
        let handling = hasEverything ? RetainHandling.ifNew : .always
        state = .subscribing(until: now + Self.answerWithin, handling)
        return actions + [
            .subscribe(.desired, filter: "desired/#", qualityOfService: 1, handling)
        ]
    }

    /// Whether the broker was restored from a snapshot that is older than what it confirmed.
    ///
    /// A will says nothing about that: it was written when the session began. But it was published after
    /// everything else, so a broker that has it has all.
    private func isBehind(_ seen: Presence) -> Bool {
        guard seen.session == lastAcknowledged, seen.state == .online,
            let count = seen.acknowledgedCount
        else { return false }
        return count < counts.confirmed
    }

    mutating func announce(at now: Nanoseconds) -> [SessionAction] {
        correctedAt = now
        confirmAt = nil
        announcedCount = counts.acknowledged
        needsCorrection = false
        pacer.countSend(at: now)
        return [.publish(.birth, message(.online))]
    }

    func message(_ state: Presence.State) -> OutboundMessage {
        OutboundMessage(
            topic: TopicName.connection.path,
            payload: payload(state),
            isRetained: true,
            isUrgent: true
        )
    }

    func payload(_ state: Presence.State) -> [UInt8] {
        Presence(
            state: state,
            session: session,
            bootID: bootID,
            sinceNanoseconds: sinceWallNanoseconds,
            acknowledgedCount: state == .offline || counts.acknowledged == 0
                ? nil : counts.acknowledged
        )
        .payload
    }
}
