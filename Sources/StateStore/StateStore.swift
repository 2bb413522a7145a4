public import KubeModel

/// The one owner of the database file: what is wanted, what was seen, and what is still to be said.
///
/// SQLite calls block, so this actor runs on a queue of its own and never on the pool that the rest of
/// the daemon shares. No method awaits, so each is a transaction in the plain sense: nothing else runs
/// between its first line and its last. What a method has returned from is on disk; desired objects
/// and the session counter survive a power cut, the rest a killed process.
public actor StateStore {
    private let thread = DatabaseThread()
    let connection: Connection
    let limits: StoreLimits
    /// Whether the connection keeps a list of changed pods; see ``takePodChanges()``.
    var isWatchingPods = false
    /// How the file was found.
    public nonisolated let opening: StoreOpening
    /// Rings after desired objects have changed.
    public nonisolated let desiredBell = Doorbell()
    /// Rings after messages or events have been added to what is to be sent.
    public nonisolated let outboxBell = Doorbell()

    // Safety: the executor lives as long as the actor.
    /// The queue that every method of this actor runs on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe thread.asUnownedSerialExecutor()
    }

    /// Opens the database, or makes it and brings its tables up to date.
    ///
    /// A damaged file is set aside as `PATH.corrupt-N`, what can be read of its desired objects is
    /// taken over into a new one, and ``opening`` says so. Blocks; for the start of a program.
    ///
    /// - Parameters:
    ///   - path: The file; its folder must exist.
    ///   - readOnly: Whether to read what is there, also while the daemon runs. Writing then fails with
    ///     ``StoreError/readOnly(path:)``.
    ///   - limits: How much is held.
    /// - Throws: Why the file cannot be used.
    public init(
        path: String,
        readOnly: Bool = false,
        limits: StoreLimits = StoreLimits()
    ) throws(StoreError) {
        self.limits = limits
        (connection, opening) =
            try readOnly
            ? DatabaseOpening.forReading(path, limits) : DatabaseOpening.forWriting(path, limits)
    }

    /// What is wanted and what was last seen, from one moment.
    ///
    /// - Throws: ``StoreError/corrupt(path:detail:)`` and what only an operator can mend.
    public func snapshot() throws(StoreError) -> StoreSnapshot {
        StoreSnapshot(desired: try desired(), observed: try observed())
    }
}

/// How a database file was found when it was opened.
public struct StoreOpening: Equatable, Sendable {
    /// Whether there was none, or none that could be used.
    public var isNew = false
    /// The version that its tables had; nil for a new file.
    public var migratedFrom: Int64?
    /// Where a damaged file was moved to; nil when nothing was damaged.
    public var setAside: String?
    /// What was wrong with it.
    public var damage: String?
    /// Desired objects that were taken over from it.
    public var rescuedObjectCount: Int64 = 0
}

/// What is wanted and what was last seen.
public struct StoreSnapshot: Equatable, Sendable {
    /// All desired objects, by kind, namespace and name.
    public var desired: [DesiredObject]
    /// All that runs or has run and is not forgotten yet.
    public var observed: [ObservedPod]

    /// A snapshot made in code.
    public init(desired: [DesiredObject], observed: [ObservedPod]) {
        self.desired = desired
        self.observed = observed
    }
}
