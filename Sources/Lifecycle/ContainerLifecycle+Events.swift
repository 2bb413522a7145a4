public import KubeModel

extension ContainerLifecycle {
    /// What happened to a container.
    public enum Event: Equatable, Sendable {
        /// Its image is on disk under this identity.
        ///
        /// `of` names the image that was asked for: an answer about another one is old news. `nil` is for
        /// callers that never ask for two.
        case imageReady(imageID: String, of: String? = nil)
        /// Its image cannot be had now; `of` is as above.
        case imageFailed(Problem, of: String? = nil)
        /// Its process runs since then.
        case started(attempt: Int64, at: Timestamp)
        /// No process could be started.
        case startFailed(attempt: Int64, Problem)
        /// Its process ended.
        case exited(attempt: Int64, Ending)
        /// A process of an earlier life of the daemon was found running.
        case found(attempt: Int64, startedAt: Timestamp)
        /// What came of a question.
        case checked(Check, Check.Answer)
        /// No process of this attempt ever existed: the daemon ended before it could start one.
        case neverStarted(attempt: Int64)
    }

    /// How a run ended.
    public struct Ending: Equatable, Sendable {
        /// As the status shows it.
        public var termination: ContainerState.Termination
        /// Whether it ended because the machine did, which is not the container's fault.
        public var isReboot: Bool
        /// Whether the module was refused, so that it never ran.
        public var isLoadError: Bool

        /// An end.
        public init(
            _ termination: ContainerState.Termination,
            isReboot: Bool = false,
            isLoadError: Bool = false
        ) {
            self.termination = termination
            self.isReboot = isReboot
            self.isLoadError = isLoadError
        }
    }

    // Why: long enough for a look at the status to see which error it was.
    static let announceNanoseconds: Int64 = 3_000_000_000

    /// Starts it if nothing has been asked for yet.
    mutating func start() -> [Action] {
        guard state == .waiting else { return [] }
        state = .wantingImage
        return [.ensureImage]
    }

    /// Takes one event; `policy` is what holds for this container.
    mutating func handle(_ event: Event, at now: Moment, policy: RestartPolicy) -> [Action] {
        switch event {
        case .imageReady(let imageID, let image): imageReady(imageID, of: image, at: now)
        case .imageFailed(let problem, let image): imageFailed(problem, of: image, at: now)
        case .started(let attempt, let time): started(attempt, time, at: now)
        case .startFailed(let attempt, let problem): startFailed(attempt, problem, at: now)
        case .exited(let attempt, let ending): exited(attempt, ending, at: now, policy: policy)
        case .found(let attempt, let time): found(attempt, time, at: now)
        case .neverStarted(let attempt): neverStarted(attempt)
        case .checked(let check, let answer): checked(check, answer, at: now)
        }
    }

    private mutating func imageReady(
        _ imageID: String,
        of image: String?,
        at now: Moment
    ) -> [Action] {
        guard isAskedFor(image) else { return [] }
        guard state == .wantingImage else { return upgradeReady(at: now) }
        self.imageID = imageID
        if problem?.isAboutImage == true {
            problem = nil
            failureCount = 0
        }
        isProblemOld = false
        if isAttemptUsed || attempt == 0 { attempt += 1 }
        isAttemptUsed = false
        state = .starting(stopGrace: nil)
        return [.start(attempt: attempt)]
    }

    /// Whether the image is the one that was asked for last.
    private func isAskedFor(_ image: String?) -> Bool {
        image == nil || image == (state == .wantingImage ? self.image : upgrade?.image)
    }

    private mutating func imageFailed(
        _ problem: Problem,
        of image: String?,
        at now: Moment
    ) -> [Action] {
        guard isAskedFor(image) else { return [] }
        guard state == .wantingImage else { return upgradeFailed(problem, at: now) }
        failureCount += 1
        if self.problem?.isAboutImage != true {
            isProblemOld = false
            announcedUntil = now.after(Self.announceNanoseconds)
        }
        self.problem = problem
        self.problem?.isAboutImage = true
        state = .imageFailed(problem, until: now.after(BackOff.afterFailures(failureCount)))
        let note = PodNote(.warning, "Failed", "\(problem.reason): \(problem.message)", name)
        return [.note(note)]
    }

    private mutating func started(_ attempt: Int64, _ time: Timestamp, at now: Moment) -> [Action] {
        guard attempt == self.attempt, case .starting(let grace) = state else { return [] }
        isAttemptUsed = true
        problem = nil
        state = .running(since: now.monotonicNanoseconds, startedAt: time)
        let note = Action.note(PodNote(.normal, "Started", "Started container \(name)", name))
        guard let grace else { return [note] + beginRun(at: now) }
        return [note] + stop(graceNanoseconds: grace, at: now)
    }

    private mutating func startFailed(
        _ attempt: Int64,
        _ problem: Problem,
        at now: Moment
    ) -> [Action] {
        guard attempt == self.attempt, case .starting(let grace) = state else { return [] }
        guard grace == nil else {
            state = afterStop()
            return []
        }
        failureCount += 1
        self.problem = problem
        state = .startFailed(problem, until: now.after(BackOff.afterFailures(failureCount)))
        return [.note(PodNote(.warning, "Failed", "\(problem.reason): \(problem.message)", name))]
    }

    private mutating func neverStarted(_ attempt: Int64) -> [Action] {
        guard attempt == self.attempt, mayHaveProcess else { return [] }
        if case .starting(nil) = state { state = .waiting } else { state = afterStop() }
        return []
    }

    private mutating func found(
        _ attempt: Int64,
        _ startedAt: Timestamp,
        at now: Moment
    ) -> [Action] {
        guard attempt >= self.attempt else { return [] }
        let isKnown = attempt == self.attempt
        self.attempt = attempt
        isAttemptUsed = true
        problem = nil
        switch state {
        case .stopping where isKnown: return [.terminate(attempt: attempt)]
        case .running where isKnown: return resumeRun(at: now)
        case .starting(let grace?):
            state = .running(since: now.monotonicNanoseconds, startedAt: startedAt)
            return stop(graceNanoseconds: grace, at: now)
        case .waiting, .wantingImage, .imageFailed, .starting, .startFailed, .running, .stopping,
            .backingOff, .finished:
            state = .running(since: now.monotonicNanoseconds, startedAt: startedAt)
            return beginRun(at: now)
        }
    }

    /// Where a stop that is over leads.
    func afterStop() -> State { startsAfterStop ? .waiting : .finished }
}
