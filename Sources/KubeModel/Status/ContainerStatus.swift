/// How a container is.
public struct ContainerStatus: Equatable, Sendable {
    /// The container's name.
    public var name: String
    /// The image as the spec names it.
    public var image: String
    /// The image with its digest; empty until it is known.
    public var imageID: String
    /// What tells this run from others: `swiftlet://…`; nil before the first.
    public var containerID: String?
    /// Whether it can serve.
    public var ready: Bool
    /// How often it was started again.
    public var restartCount: Int64
    /// Whether it runs and its start-up is over; nil where that is not known.
    public var started: Bool?
    /// What it does now.
    public var state: ContainerState
    /// How the run before this one ended; nil for the first.
    public var lastState: ContainerState?

    /// A status made in code.
    public init(
        name: String,
        image: String,
        imageID: String = "",
        containerID: String? = nil,
        ready: Bool = false,
        restartCount: Int64 = 0,
        started: Bool? = nil,
        state: ContainerState,
        lastState: ContainerState? = nil
    ) {
        self.name = name
        self.image = image
        self.imageID = imageID
        self.containerID = containerID
        self.ready = ready
        self.restartCount = restartCount
        self.started = started
        self.state = state
        self.lastState = lastState
    }
}

/// What a container does.
public enum ContainerState: Equatable, Sendable {
    /// It is about to start: `ContainerCreating`, `ImagePullBackOff`, `CrashLoopBackOff`.
    case waiting(reason: String, message: String?)
    /// It runs.
    case running(startedAt: Timestamp)
    /// It ended.
    case terminated(Termination)

    /// How a run ended.
    public struct Termination: Equatable, Sendable {
        /// What it said, or 128 and the signal.
        public var exitCode: Int32
        /// The signal that ended it; nil for none.
        public var signal: Int32?
        /// Why, in one word: `Completed`, `Error`, `OOMKilled`.
        public var reason: String
        /// Why, for people.
        public var message: String?
        /// When it began; nil where nobody knows.
        public var startedAt: Timestamp?
        /// When it ended; nil where nobody knows.
        public var finishedAt: Timestamp?
        /// Which run it was; nil where none had begun.
        public var containerID: String?

        /// An end made in code.
        public init(
            exitCode: Int32,
            signal: Int32? = nil,
            reason: String,
            message: String? = nil,
            startedAt: Timestamp? = nil,
            finishedAt: Timestamp? = nil,
            containerID: String? = nil
        ) {
            self.exitCode = exitCode
            self.signal = signal
            self.reason = reason
            self.message = message
            self.startedAt = startedAt
            self.finishedAt = finishedAt
            self.containerID = containerID
        }
    }
}
