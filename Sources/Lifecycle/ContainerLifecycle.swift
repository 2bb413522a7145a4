public import KubeModel

/// The life of one container, as a value: events go in, what is to be done comes out.
///
///     waiting ─▶ wantingImage ─▶ starting ─▶ running ──exited──▶ backingOff ─▶ waiting …
///                    │  ▲           │           │  └──────────▶ finished
///                    ▼  │           ▼           └──stop──▶ stopping ─▶ finished | waiting
///                imageFailed    startFailed
///
/// It waits for nothing and reads no clock. A run is known by its attempt, a number from 1 on; an
/// event about any other attempt is old news and changes nothing.
public struct ContainerLifecycle: Equatable, Sendable {
    /// Why a container waits, as `kubectl` shows it.
    public struct Problem: Error, Equatable, Sendable {
        /// One word: `ErrImagePull`.
        public var reason: String
        /// One sentence.
        public var message: String
        /// Whether another try shows it as `ImagePullBackOff`.
        var isAboutImage = false

        /// A problem.
        public init(reason: String, message: String) {
            self.reason = reason
            self.message = message
        }
    }

    /// A place in the diagram above; times are monotonic nanoseconds.
    public enum State: Equatable, Sendable {
        /// Nothing has been asked for.
        case waiting
        /// The image was asked for.
        case wantingImage
        /// The image could not be had; the next try is at `until`.
        case imageFailed(Problem, until: Int64)
        /// A process was asked for; `stopGrace` is set once it is to be stopped as soon as it is there.
        case starting(stopGrace: Int64?)
        /// No process could be started; the next try is at `until`.
        case startFailed(Problem, until: Int64)
        /// It runs.
        case running(since: Int64, startedAt: Timestamp)
        /// It was asked to end, and is killed at `killAt`.
        case stopping(startedAt: Timestamp, killAt: Int64)
        /// It ended, and starts again at `until`.
        case backingOff(until: Int64)
        /// It does not run and will not run again.
        case finished
    }

    /// What the caller must do now, in this order.
    public enum Action: Equatable, Sendable {
        /// Find or fetch the image; answer with ``Event/imageReady(imageID:)`` or
        /// ``Event/imageFailed(_:)``.
        case ensureImage
        /// Start a process; answer with ``Event/started(attempt:at:)`` or
        /// ``Event/startFailed(attempt:_:)``, and later ``Event/exited(attempt:_:)``.
        case start(attempt: Int64)
        /// Ask the process to end.
        case terminate(attempt: Int64)
        /// End the process.
        case kill(attempt: Int64)
        /// Put a question to the process, or to what it serves; answer with
        /// ``Event/checked(_:_:)``.
        case check(Check, Probe.Action, timeoutNanoseconds: Int64)
        /// Tell whoever watches.
        case note(PodNote)
    }

    /// The container's name.
    public let name: String
    /// Where it is.
    public internal(set) var state = State.waiting
    /// The present or last run; 0 before the first.
    public internal(set) var attempt: Int64 = 0
    /// The image of the present or last run, with its digest; empty until known.
    public internal(set) var imageID = ""
    /// How the last run ended; nil before the first end.
    public internal(set) var ended: ContainerState.Termination?
    /// How the run before that one ended.
    public internal(set) var endedBefore: ContainerState.Termination?
    /// What tells the spec it was started with from others.
    public internal(set) var fingerprint: UInt64 = 0
    /// Ends in a row, each within ``BackOff/resetNanoseconds`` of its start.
    var crashCount = 0
    /// Failures in a row to get the image or to start a process.
    var failureCount = 0
    /// Whether a process was seen under `attempt`, so that the next start gets a number of its own.
    var isAttemptUsed = false
    /// Whether it starts again after the stop that is under way: its spec has changed.
    var startsAfterStop = false
    /// What its run is asked, as the spec says that the run was started with.
    var checks = ContainerChecks()
    /// The probes of the run that goes on.
    var probes: [ProbeLifecycle] = []
    /// The hook that is being carried out.
    var pendingHook: PendingHook?
    /// The image that its run was started from, as the spec names it.
    var image = ""
    /// A newer spec that waits for its image.
    var upgrade: Upgrade?
    /// Ends that were failures, since it was first started by its present spec.
    var retryCount: Int64 = 0
    /// What an earlier life of the daemon knew of the run that goes on.
    var belief = Belief()
    /// Since when the run had gone on that is being ended because it is not well.
    var unhealthySince: Int64?
    /// Why it does not run, until it does; also while another try is under way.
    var problem: Problem?
    /// Whether the problem was already shown under its first name, `ErrImagePull`.
    var isProblemOld = false
    /// Until when it is shown so.
    var announcedUntil: Int64 = 0

    /// A container that has never been started.
    public init(name: String) { self.name = name }

    /// How often it was started again.
    public var restartCount: Int64 { max(0, attempt - 1) }
    /// Whether it has a process, or is about to.
    public var mayHaveProcess: Bool {
        switch state {
        case .starting, .running, .stopping: true
        case .waiting, .wantingImage, .imageFailed, .startFailed, .backingOff, .finished: false
        }
    }
    /// Whether it runs.
    public var isRunning: Bool {
        if case .running = state { true } else { false }
    }
    /// When the run that goes on began; nil where none does.
    public var startedAt: Timestamp? {
        switch state {
        case .running(_, let startedAt), .stopping(let startedAt, _): startedAt
        case .waiting, .wantingImage, .imageFailed, .starting, .startFailed, .backingOff, .finished:
            nil
        }
    }
    /// Whether it has ended for good with exit code 0.
    public var hasSucceeded: Bool { state == .finished && ended?.exitCode == 0 }

    /// When it wants to hear ``wake(at:)`` at the latest; nil for never.
    public var wakeAt: Int64? {
        switch state {
        case .waiting, .wantingImage, .starting, .finished: nil
        case .running: [checkAt, upgrade?.retryAt].compactMap { $0 }.min()
        case .imageFailed(_, let until): isProblemOld ? until : min(until, announcedUntil)
        case .startFailed(_, let until), .backingOff(let until): until
        case .stopping(_, let killAt): min(killAt, checkAt ?? .max)
        }
    }
}
