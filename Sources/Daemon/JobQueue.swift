/// Work that goes on when the one who asked for it has left: a pull, an import.
///
/// Jobs run side by side, in ``run()``.
final class JobQueue: Sendable {
    typealias Job = @Sendable () async -> Void

    // Why: a person asks for one thing at a time; more than this wait is a script gone wild.
    private static let countMax = 8

    private let jobs: AsyncStream<Job>
    private let post: AsyncStream<Job>.Continuation

    init() {
        (jobs, post) = AsyncStream.makeStream(
            of: Job.self,
            bufferingPolicy: .bufferingOldest(Self.countMax)
        )
    }

    /// Does what comes until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask { await job() } }
            group.cancelAll()
        }
    }

    /// Takes a job; answers `false` when too many wait.
    func add(_ job: @escaping Job) -> Bool {
        if case .dropped = post.yield(job) { return false }
        return true
    }
}
