internal import Host
internal import KubeModel
internal import Lifecycle
internal import Logging

/// Fetches what pods ask for in advance, one image after the other, so that it is here when it is needed.
public actor PrePuller {
    // Why: nobody waits for these; a look costs next to nothing.
    private static let lookAgain = Duration.seconds(10)

    private enum State: Equatable {
        case here
        case failed(count: Int, nextTry: Int64)
    }

    private let wanted: @Sendable () async -> Set<String>
    private let pull: @Sendable (String) async throws(ImageProblem) -> Void
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private var states: [String: State] = [:]

    /// A fetcher for what the pods of a supervisor ask for.
    public init(_ supervisor: Supervisor) {
        self.init(
            wanted: { await supervisor.prePulls() },
            pull: { reference async throws(ImageProblem) in
                _ = try await supervisor.desk.ensure(
                    reference,
                    policy: .ifNotPresent,
                    secrets: await supervisor.pullSecrets(ofPrePull: reference)
                )
            },
            now: { Clock.boottimeNanoseconds() }
        )
    }

    init(
        wanted: @escaping @Sendable () async -> Set<String>,
        pull: @escaping @Sendable (String) async throws(ImageProblem) -> Void,
        now: @escaping @Sendable () -> Int64,
        logger: Logger = Logger(label: "images")
    ) {
        self.wanted = wanted
        self.pull = pull
        self.now = now
        self.logger = logger
    }

    /// Looks until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await look()
            try? await Task.sleep(for: Self.lookAgain)
        }
    }

    /// Fetches what is wanted, not here and due; what fails waits as a pod's own pull does.
    func look() async {
        let wanted = await wanted()
        states = states.filter { wanted.contains($0.key) }
        for reference in wanted.sorted() where isDue(reference) && !Task.isCancelled {
            do throws(ImageProblem) {
                try await pull(reference)
                states[reference] = .here
            } catch {
                let count = failureCount(reference) + 1
                let (next, overflow) = now().addingReportingOverflow(BackOff.afterFailures(count))
                states[reference] = .failed(count: count, nextTry: overflow ? .max : next)
                // Once: it would be said every five minutes for as long as the link is down.
                if count == 1 {
                    logger.warning("image \(reference) cannot be fetched in advance yet: \(error)")
                }
            }
        }
    }

    private func isDue(_ reference: String) -> Bool {
        switch states[reference] {
        case nil: true
        case .here: false
        case .failed(_, let nextTry): nextTry <= now()
        }
    }

    private func failureCount(_ reference: String) -> Int {
        if case .failed(let count, _) = states[reference] { count } else { 0 }
    }
}
