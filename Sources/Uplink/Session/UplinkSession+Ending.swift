// How a connection ends, and what comes after.
extension UplinkSession {
    mutating func ended(
        code: Int?,
        reason: String,
        at now: Nanoseconds,
        using random: inout some RandomNumberGenerator
    ) -> [SessionAction] {
        switch state {
        case .opening, .greeting, .presence, .subscribing, .announcing, .online:
            return rest(End(code: code, reason: reason), at: now, using: &random)
        case .stopping:
            state = .stopped
            return report(.stopped, at: now)
        case .idle, .numbering, .waiting, .stopped:
            return []
        }
    }

    /// Gives up a connection that still stands.
    mutating func abandon(
        reason: String,
        isSomebodyElse: Bool = false,
        at now: Nanoseconds,
        using random: inout some RandomNumberGenerator
    ) -> [SessionAction] {
        switch state {
        case .greeting, .presence, .subscribing, .announcing, .online:
            let end = End(reason: reason, isSomebodyElse: isSomebodyElse, wasDropped: false)
            return [.close(isGraceful: false)] + rest(end, at: now, using: &random)
        case .idle, .numbering, .opening, .stopping, .waiting, .stopped:
            return []
        }
    }

    /// Leaves without a farewell, and comes back at once: certificates or passwords have changed.
    mutating func renew(at now: Nanoseconds) -> [SessionAction] {
        switch state {
        case .greeting, .presence, .subscribing, .announcing, .online:
            switch state {
            case .announcing, .online: lostAt = now
            case .idle, .numbering, .opening, .greeting, .presence, .subscribing, .stopping,
                .waiting, .stopped:
                break
            }
            connectedAt = nil
            pacer.connectionEnded()
            outboxRetryAt = nil
            // Why graceful: an end without DISCONNECT would have the broker say that we are gone.
            return [.close(isGraceful: true)] + number(at: now)
        case .waiting: return number(at: now)
        case .idle, .numbering, .opening, .stopping, .stopped: return []
        }
    }

    mutating func stop(at now: Nanoseconds) -> [SessionAction] {
        switch state {
        case .announcing, .online:
            state = .stopping(until: now + Self.farewellWithin)
            return [.publish(.farewell, message(.stopped))]
        case .opening, .greeting, .presence, .subscribing:
            state = .stopped
            return [.close(isGraceful: false)] + report(.stopped, at: now)
        case .idle, .numbering, .waiting:
            state = .stopped
            return report(.stopped, at: now)
        case .stopping, .stopped:
            return []
        }
    }

    mutating func report(
        _ phase: LinkState.Phase,
        at now: Nanoseconds,
        detail: String = ""
    ) -> [SessionAction] {
        // Why: a node that keeps trying is offline since the first failure, and with a reason.
        if phase == .connecting, reported != nil { return [] }
        let since = reported?.phase == phase ? reported?.sinceNanoseconds : nil
        let link = LinkState(
            phase: phase,
            sinceNanoseconds: since ?? now.count,
            session: phase == .online ? session : nil,
            detail: detail
        )
        guard link != reported else { return [] }
        reported = link
        return [.report(link)]
    }

    /// Why a connection is over.
    private struct End {
        var code: Int?
        var reason: String
        var isSomebodyElse = false
        var wasDropped = true
    }

    private mutating func rest(
        _ end: End,
        at now: Nanoseconds,
        using random: inout some RandomNumberGenerator
    ) -> [SessionAction] {
        // Why: a connection that ended before it was subscribed has not ended our absence.
        switch state {
        case .announcing, .online: lostAt = now
        case .idle, .numbering, .opening, .greeting, .presence, .subscribing, .stopping, .waiting,
            .stopped:
            break
        }
        let verdict = policy.ended(
            connectedAt: connectedAt,
            wasDropped: end.wasDropped,
            code: end.code,
            isSomebodyElse: end.isSomebodyElse,
            at: now,
            using: &random
        )
        connectedAt = nil
        confirmAt = nil
        pacer.connectionEnded()
        outboxRetryAt = nil
        state = .waiting(until: verdict.retryAt)
        return report(
            verdict.isDuplicate ? .duplicateClientID : .offline,
            at: now,
            detail: end.reason
        )
    }
}
