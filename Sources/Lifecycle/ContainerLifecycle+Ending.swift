internal import KubeModel

extension ContainerLifecycle {
    // Why: a process that survives SIGKILL is stuck in the kernel; asking again is cheap.
    private static let killAgainNanoseconds: Int64 = 10_000_000_000

    mutating func exited(
        _ attempt: Int64,
        _ ending: Ending,
        at now: Moment,
        policy: RestartPolicy
    ) -> [Action] {
        guard attempt == self.attempt else { return [] }
        switch state {
        case .starting(let grace):
            // It ended before anybody could say that it had started.
            isAttemptUsed = true
            guard grace == nil else {
                record(ending.termination)
                state = afterStop()
                return []
            }
            return ended(ending, ranNanoseconds: 0, at: now, policy: policy)
        case .running(let since, _):
            let ran = now.monotonicNanoseconds - since
            upgradeAtEnd()
            return ended(ending, ranNanoseconds: ran, at: now, policy: policy)
        case .stopping:
            pendingHook = nil
            if let since = unhealthySince {
                unhealthySince = nil
                // Source: the kubelet starts anew what it ended itself, whatever its exit code.
                let ran = now.monotonicNanoseconds - since
                let wanted: RestartPolicy = policy == .never ? .never : .always
                return ended(ending, ranNanoseconds: ran, at: now, policy: wanted)
            }
            record(ending.termination)
            state = afterStop()
            crashCount = 0
            return []
        case .waiting, .wantingImage, .imageFailed, .startFailed, .backingOff, .finished:
            return []
        }
    }

    private mutating func record(_ termination: ContainerState.Termination) {
        endedBefore = ended
        ended = termination
    }

    private mutating func ended(
        _ ending: Ending,
        ranNanoseconds: Int64,
        at now: Moment,
        policy: RestartPolicy
    ) -> [Action] {
        let isWanted =
            switch policy {
            case .always: true
            case .onFailure: ending.termination.exitCode != 0
            case .never: false
            }
        // A module that was refused has never run: there is no end of it to show, only a reason.
        if !isWanted || !ending.isLoadError { record(ending.termination) }
        guard isWanted else {
            state = .finished
            return []
        }
        if !ending.isReboot, ending.termination.exitCode != 0 { retryCount += 1 }
        if ending.isReboot {
            crashCount = 0
            state = .waiting
            return []
        }
        let message = ending.termination.message ?? ""
        if ending.isLoadError {
            failureCount += 1
            let problem = Problem(reason: "RunContainerError", message: message)
            self.problem = problem
            state = .startFailed(problem, until: now.after(BackOff.afterFailures(failureCount)))
            return [.note(PodNote(.warning, "Failed", "Error: \(message)", name))]
        }
        failureCount = 0
        crashCount = ranNanoseconds >= BackOff.resetNanoseconds ? 1 : min(crashCount + 1, 1_000)
        let delay = BackOff.afterCrashes(crashCount)
        guard delay > 0 else {
            state = .waiting
            return []
        }
        state = .backingOff(until: now.after(delay))
        let text = "Back-off restarting failed container \(name)"
        return [.note(PodNote(.warning, "BackOff", text, name))]
    }

    /// Asks it to end, and sees to it that it does.
    mutating func stop(
        graceNanoseconds: Int64,
        at now: Moment,
        message: String? = nil
    ) -> [Action] {
        unhealthySince = nil
        upgrade = nil
        switch state {
        case .waiting, .wantingImage, .imageFailed, .startFailed, .backingOff:
            state = afterStop()
            return []
        case .starting(let earlier):
            state = .starting(stopGrace: min(graceNanoseconds, earlier ?? .max))
            return []
        case .running(_, let startedAt):
            let note = Action.note(
                PodNote(.normal, "Killing", message ?? "Stopping container \(name)", name)
            )
            guard graceNanoseconds > 0 else {
                pendingHook = nil
                state = .stopping(
                    startedAt: startedAt,
                    killAt: now.after(Self.killAgainNanoseconds)
                )
                return [note, .kill(attempt: attempt)]
            }
            state = .stopping(startedAt: startedAt, killAt: now.after(graceNanoseconds))
            if let hook = beginPreStop(graceNanoseconds, at: now) { return [note] + hook }
            return [note, .terminate(attempt: attempt)]
        case .stopping(let startedAt, let killAt):
            // A later request may only bring the end nearer.
            let earlier = now.after(max(0, graceNanoseconds))
            guard earlier < killAt else { return wakeStopping(at: now) }
            state = .stopping(startedAt: startedAt, killAt: earlier)
            if let hook = pendingHook { pendingHook?.until = min(hook.until, earlier) }
            // Who gives no time at all does not want the hook waited for either.
            if graceNanoseconds <= 0 { pendingHook = nil }
            return wakeStopping(at: now)
        case .finished:
            return []
        }
    }

    /// Does what has become due.
    mutating func wake(at now: Moment) -> [Action] {
        switch state {
        case .imageFailed(_, let until):
            if announcedUntil <= now.monotonicNanoseconds { isProblemOld = true }
            if until <= now.monotonicNanoseconds { state = .waiting }
            return []
        case .startFailed(_, let until), .backingOff(let until):
            if until <= now.monotonicNanoseconds { state = .waiting }
            return []
        case .running: return wakeUpgrade(at: now) + wakeChecks(at: now)
        case .stopping: return wakeStopping(at: now)
        case .waiting, .wantingImage, .starting, .finished: return []
        }
    }

    private mutating func wakeStopping(at now: Moment) -> [Action] {
        if pendingHook != nil {
            let actions = wakeChecks(at: now)
            if !actions.isEmpty { return actions }
        }
        guard case .stopping(let startedAt, let killAt) = state,
            killAt <= now.monotonicNanoseconds
        else { return [] }
        state = .stopping(startedAt: startedAt, killAt: now.after(Self.killAgainNanoseconds))
        return [.kill(attempt: attempt)]
    }
}
