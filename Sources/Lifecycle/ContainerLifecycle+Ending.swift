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
            return ended(ending, ranNanoseconds: ran, at: now, policy: policy)
        case .stopping:
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
    mutating func stop(graceNanoseconds: Int64, at now: Moment) -> [Action] {
        switch state {
        case .waiting, .wantingImage, .imageFailed, .startFailed, .backingOff:
            state = afterStop()
            return []
        case .starting(let earlier):
            state = .starting(stopGrace: min(graceNanoseconds, earlier ?? .max))
            return []
        case .running(_, let startedAt):
            let note = Action.note(
                PodNote(.normal, "Killing", "Stopping container \(name)", name)
            )
            guard graceNanoseconds > 0 else {
                state = .stopping(
                    startedAt: startedAt,
                    killAt: now.after(Self.killAgainNanoseconds)
                )
                return [note, .kill(attempt: attempt)]
            }
            state = .stopping(startedAt: startedAt, killAt: now.after(graceNanoseconds))
            return [note, .terminate(attempt: attempt)]
        case .stopping(let startedAt, let killAt):
            // A later request may only bring the end nearer.
            let earlier = now.after(max(0, graceNanoseconds))
            if earlier < killAt { state = .stopping(startedAt: startedAt, killAt: earlier) }
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
        case .stopping: return wakeStopping(at: now)
        case .waiting, .wantingImage, .starting, .running, .finished: return []
        }
    }

    private mutating func wakeStopping(at now: Moment) -> [Action] {
        guard case .stopping(let startedAt, let killAt) = state,
            killAt <= now.monotonicNanoseconds
        else { return [] }
        state = .stopping(startedAt: startedAt, killAt: now.after(Self.killAgainNanoseconds))
        return [.kill(attempt: attempt)]
    }
}
