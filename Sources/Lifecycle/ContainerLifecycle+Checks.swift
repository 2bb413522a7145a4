internal import KubeModel

extension ContainerLifecycle {
    /// A hook that is being carried out.
    struct PendingHook: Equatable, Sendable {
        var kind: Check.Kind
        /// When it is over: a sleep is done then, another hook has failed then.
        var until: Int64
    }

    /// What was known of a run, until it is asked again.
    ///
    /// It takes no part in comparing containers.
    struct Belief: Equatable, Sendable {
        /// Whether it was read from a record, and the run was not met since.
        var isUnmet = false
        var isHookDone = false
        var hasStarted = false
        var isReady = false
        /// Whether it waited for the image of a newer spec.
        var isToChange = false

        static func == (left: Belief, right: Belief) -> Bool { true }
    }

    // Why: Kubernetes waits for ever; nobody waits an hour for a container to start.
    private static let postStartNanosecondsMax: Int64 = 3_600_000_000_000
    // Source: the kubelet gives a container two seconds after a hook that took all the time there was.
    private static let graceAfterHookNanosecondsMin: Int64 = 2_000_000_000
    // Why: the kubelet says nothing of the length; a status and an event are read by people.
    private static let answerBytesMax = 1_024

    /// Whether it runs, is through with its post-start hook and has passed its startup probe.
    public var hasStarted: Bool {
        isRunning && pendingHook == nil && !probes.contains { $0.kind == .startup && !$0.holds }
    }

    /// Whether its post-start hook is not through yet.
    var isBeingStarted: Bool { isRunning && pendingHook?.kind == .postStart }

    /// Whether it has started and can serve.
    public var isReady: Bool {
        hasStarted && !probes.contains { $0.kind == .readiness && !$0.holds }
    }

    /// Begins with a run: its hook first, then its probes.
    mutating func beginRun(at now: Moment) -> [Action] {
        pendingHook = nil
        probes = []
        unhealthySince = nil
        switch checks.postStart {
        case nil: beginProbes(at: now)
        case .sleep(let seconds)?:
            pendingHook = PendingHook(
                kind: .postStart,
                until: now.after(nanoseconds(ofSeconds: seconds))
            )
        case .ask(let action)?:
            pendingHook = PendingHook(
                kind: .postStart,
                until: now.after(Self.postStartNanosecondsMax)
            )
            return [ask(.postStart, action, Self.postStartNanosecondsMax)]
        }
        return askDue(at: now)
    }

    private mutating func beginProbes(at now: Moment) {
        probes = checks.probes(startedAt: now.monotonicNanoseconds)
    }

    /// Goes on with a run of an earlier life of the daemon; what it was is believed until it is asked.
    mutating func resumeRun(at now: Moment) -> [Action] {
        // A run of this life that was only lost from sight goes on as it was.
        guard belief.isUnmet else { return [] }
        belief.isUnmet = false
        guard belief.isHookDone else { return beginRun(at: now) }
        pendingHook = nil
        unhealthySince = nil
        probes = checks.probes(startedAt: now.monotonicNanoseconds)
        for index in probes.indices {
            switch probes[index].kind {
            case .startup: probes[index].assume(belief.hasStarted)
            case .readiness: probes[index].assume(belief.isReady)
            case .liveness, .postStart, .preStop: break
            }
        }
        return askDue(at: now)
    }

    private func ask(_ kind: Check.Kind, _ action: Probe.Action, _ patience: Int64) -> Action {
        .check(Check(attempt: attempt, kind: kind), action, timeoutNanoseconds: patience)
    }

    /// Whether a probe is put at all just now.
    private func isAsked(_ probe: ProbeLifecycle) -> Bool {
        guard isRunning, pendingHook == nil else { return false }
        return probe.kind == .startup ? !probe.holds : hasStarted
    }

    /// Puts the probes whose time has come.
    mutating func askDue(at now: Moment) -> [Action] {
        var actions: [Action] = []
        for index in probes.indices where isAsked(probes[index]) {
            guard probes[index].ask(at: now) else { continue }
            let spec = probes[index].spec
            let patience = nanoseconds(ofSeconds: spec.timeoutSeconds)
            actions.append(ask(probes[index].kind, spec.action, patience))
        }
        return actions
    }

    /// When the next probe or the end of a hook is due; nil for never.
    var checkAt: Int64? {
        guard mayHaveProcess else { return nil }
        let next = probes.filter { isAsked($0) }.map(\.nextAt).min()
        guard let until = pendingHook?.until else { return next }
        return min(until, next ?? .max)
    }

    /// Takes an answer.
    mutating func checked(_ check: Check, _ answer: Check.Answer, at now: Moment) -> [Action] {
        guard check.attempt == attempt else { return [] }
        switch check.kind {
        case .postStart, .preStop:
            guard pendingHook?.kind == check.kind else { return [] }
            return endHook(answer, at: now)
        case .startup, .readiness, .liveness: return probed(check.kind, answer, at: now)
        }
    }

    /// Does what has become due of hooks and probes.
    mutating func wakeChecks(at now: Moment) -> [Action] {
        var actions: [Action] = []
        if let hook = pendingHook, hook.until <= now.monotonicNanoseconds {
            actions += endHook(isSleeping(hook) ? .yes : .no("it took too long"), at: now)
        }
        for probe in probes where probe.isLost(at: now) {
            actions += probed(probe.kind, .no("there was no answer"), at: now)
        }
        return actions + askDue(at: now)
    }

    private func isSleeping(_ hook: PendingHook) -> Bool {
        let spec = hook.kind == .postStart ? checks.postStart : checks.preStop
        if case .sleep? = spec { return true }
        return false
    }

    private mutating func probed(
        _ kind: Check.Kind,
        _ answer: Check.Answer,
        at now: Moment
    ) -> [Action] {
        guard isRunning, let index = probes.firstIndex(where: { $0.kind == kind }),
            probes[index].isAsking
        else { return [] }
        var actions: [Action] = []
        let isDecided: Bool
        switch answer {
        case .yes:
            isDecided = probes[index].answered(true, at: now)
        case .no(let reason):
            isDecided = probes[index].answered(false, at: now)
            let text = "\(kind.title) probe failed: \(Self.cut(reason))"
            actions.append(.note(PodNote(.warning, "Unhealthy", text, name)))
        }
        guard isDecided, !probes[index].holds, kind != .readiness else {
            return actions + askDue(at: now)
        }
        let own = probes[index].spec.terminationGracePeriodSeconds
        let grace = own.map(nanoseconds(ofSeconds:)) ?? checks.graceNanoseconds
        let text = "Container \(name) failed \(kind.rawValue) probe, will be restarted"
        return actions + fail(text, grace, at: now)
    }

    /// Ends a run that is not well, so that it begins anew.
    private mutating func fail(_ message: String, _ grace: Int64, at now: Moment) -> [Action] {
        guard case .running(let since, _) = state else { return [] }
        let actions = stop(graceNanoseconds: grace, at: now, message: message)
        unhealthySince = since
        return actions
    }

    /// Begins the end of a run with its hook; nil when it has none.
    mutating func beginPreStop(_ graceNanoseconds: Int64, at now: Moment) -> [Action]? {
        // A start that is not over yet is over now.
        pendingHook = nil
        guard let hook = checks.preStop else { return nil }
        switch hook {
        case .sleep(let seconds):
            let wait = min(graceNanoseconds, nanoseconds(ofSeconds: seconds))
            pendingHook = PendingHook(kind: .preStop, until: now.after(wait))
            return []
        case .ask(let action):
            pendingHook = PendingHook(kind: .preStop, until: now.after(graceNanoseconds))
            return [ask(.preStop, action, graceNanoseconds)]
        }
    }

    private mutating func endHook(_ answer: Check.Answer, at now: Moment) -> [Action] {
        guard let hook = pendingHook else { return [] }
        pendingHook = nil
        var actions: [Action] = []
        if case .no(let reason) = answer {
            let word = hook.kind == .postStart ? "FailedPostStartHook" : "FailedPreStopHook"
            let title = hook.kind == .postStart ? "PostStart" : "PreStop"
            let text = "\(title) hook failed: \(Self.cut(reason))"
            actions.append(.note(PodNote(.warning, word, text, name)))
        }
        if hook.kind == .preStop { return actions + afterPreStop(at: now) }
        switch answer {
        case .yes:
            beginProbes(at: now)
            return actions + askDue(at: now)
        case .no: return actions + fail("FailedPostStartHook", checks.graceNanoseconds, at: now)
        }
    }

    private mutating func afterPreStop(at now: Moment) -> [Action] {
        guard case .stopping(let startedAt, let killAt) = state else { return [] }
        let least = now.after(Self.graceAfterHookNanosecondsMin)
        state = .stopping(startedAt: startedAt, killAt: max(killAt, least))
        return [.terminate(attempt: attempt)]
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= answerBytesMax
            ? text : String(decoding: text.utf8.prefix(answerBytesMax), as: UTF8.self)
    }
}

extension Check.Kind {
    fileprivate var title: String {
        switch self {
        case .startup: "Startup"
        case .readiness: "Readiness"
        case .liveness: "Liveness"
        case .postStart: "PostStart"
        case .preStop: "PreStop"
        }
    }
}
