internal import Host
internal import Images
internal import KubeModel
internal import Synchronization

/// The one place where images are asked for: one pull for each reference at a time, few at once.
actor ImageDesk {
    /// What was done to have the image.
    enum How: Sendable {
        case wasThere
        case pulled
        /// It could not be asked for again, and the one on disk is used.
        case pulledEarlier(ImageProblem)
    }

    // Why: a pull unpacks and validates; more than two at once starve the workloads of a small board.
    private static let pullsMax = 2

    private let source: any ImageSource
    private let windows: PullWindows
    private let wallNanoseconds: @Sendable () -> Int64
    private var waiting:
        [String: [CheckedContinuation<Result<any LocalImage, ImageProblem>, Never>]] =
            [:]
    private var secretsInUse: [String: PullSecrets] = [:]
    /// Who wants to hear how a pull goes.
    private var listeners: [String: PullListeners] = [:]
    private var freePulls = pullsMax
    private var queue: [CheckedContinuation<Void, Never>] = []

    init(
        source: any ImageSource,
        windows: PullWindows = PullWindows(),
        wallNanoseconds: @escaping @Sendable () -> Int64 = { Host.Clock.wallNanoseconds() }
    ) {
        self.source = source
        self.windows = windows
        self.wallNanoseconds = wallNanoseconds
    }

    /// Sees to it that the image is on disk.
    ///
    /// With `Always` an image that is on disk is used when asking for it again fails for reasons of the
    /// link: a gateway that starts without its registry must run what it has. Not so when `isExact`: who
    /// asks for a pull wants to know that it failed, and does not wait for a window of the day.
    func ensure(
        _ reference: String,
        policy: ImagePullPolicy,
        isExact: Bool = false,
        secrets: PullSecrets = PullSecrets(),
        progress: (@Sendable (String) -> Void)? = nil
    ) async throws(ImageProblem) -> (any LocalImage, How) {
        let pull = { () async throws(ImageProblem) in
            if !isExact { try self.checkWindow(reference) }
            return try await self.pull(reference, secrets, progress)
        }
        let present = try await source.find(reference)
        switch policy {
        case .never:
            guard let present else { throw .unavailable("image \(reference) is not on this node") }
            return (present, .wasThere)
        case .ifNotPresent:
            if let present { return (present, .wasThere) }
            return (try await pull(), .pulled)
        case .always:
            do throws(ImageProblem) {
                return (try await pull(), .pulled)
            } catch .unavailable(let text) {
                guard let present, !isExact else { throw .unavailable(text) }
                return (present, .pulledEarlier(.unavailable(text)))
            } catch {
                throw error
            }
        }
    }

    private func checkWindow(_ reference: String) throws(ImageProblem) {
        // What lies on this machine costs nobody's link.
        guard !reference.hasPrefix("oci:") else { return }
        if let refusal = windows.refusal(at: wallNanoseconds()) { throw .unavailable(refusal) }
    }

    private func pull(
        _ reference: String,
        _ secrets: PullSecrets,
        _ progress: (@Sendable (String) -> Void)?
    ) async throws(ImageProblem) -> any LocalImage {
        let listeners = listeners[reference] ?? PullListeners()
        self.listeners[reference] = listeners
        if let progress { listeners.add(progress) }
        if waiting[reference] != nil {
            let inUse = secretsInUse[reference]
            let result = await withCheckedContinuation { waiting[reference]?.append($0) }
            // Another's credentials may have been refused where these would do.
            guard case .failure = result, inUse != secrets else { return try result.get() }
            return try await pull(reference, secrets, nil)
        }
        waiting[reference] = []
        secretsInUse[reference] = secrets
        await takeTurn()
        let result: Result<any LocalImage, ImageProblem>
        do throws(ImageProblem) {
            result = .success(
                try await source.pull(reference, secrets: secrets) { listeners.tell($0) }
            )
        } catch {
            result = .failure(error)
        }
        self.listeners[reference] = nil
        secretsInUse[reference] = nil
        giveTurn()
        for waiter in waiting.removeValue(forKey: reference) ?? [] {
            waiter.resume(returning: result)
        }
        return try result.get()
    }

    /// The images that are on their way, by name, and how far each is; nil while it has not begun.
    func pulls() -> [(reference: String, progress: PullProgress?)] {
        listeners.sorted { $0.key < $1.key }.map { ($0.key, $0.value.progress) }
    }

    /// Removes what nothing needs, and nobody is waiting for.
    func prune(keeping needs: ImageNeeds) async throws(ImageProblem) -> [String] {
        var needs = needs
        for reference in waiting.keys { needs.users[reference, default: []].insert("a pull") }
        return try await source.prune(keeping: needs)
    }

    /// Keeps an image until somebody removes it.
    func keep(_ reference: String) async throws(ImageProblem) { try await source.keep(reference) }

    private func takeTurn() async {
        guard freePulls == 0 else {
            freePulls -= 1
            return
        }
        await withCheckedContinuation { queue.append($0) }
    }

    private func giveTurn() {
        // The turn passes from hand to hand; only when nobody waits is it free.
        if queue.isEmpty { freePulls += 1 } else { queue.removeFirst().resume() }
    }
}

/// Who wants to hear how one pull goes; the pull speaks from wherever its lines are read.
private final class PullListeners: Sendable {
    private let all = Mutex<[@Sendable (String) -> Void]>([])
    private let last = Mutex<PullProgress?>(nil)

    /// How far it was when it last said so.
    var progress: PullProgress? { last.withLock { $0 } }

    func add(_ listener: @escaping @Sendable (String) -> Void) {
        all.withLock { $0.append(listener) }
    }

    func tell(_ line: String) {
        if case .progress(let progress)? = PullReport(line: line) {
            last.withLock { $0 = progress }
        }
        for listener in all.withLock({ $0 }) { listener(line) }
    }
}
