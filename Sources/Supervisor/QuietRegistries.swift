internal import Images
internal import Synchronization

/// Registries that want to be left alone for longer than a pull waits, until when.
///
/// Why here: the back-off of a container begins with ten seconds, and a registry that counts by the hour
/// counts each of its questions.
final class QuietRegistries: Sendable {
    /// Why no longer: a server's mistake must not keep a gateway from its updates for ever.
    static let secondsMax: Int64 = 86_400
    // Why: a gateway knows a handful; who forgets one asks once too often.
    private static let countMax = 64

    private let until = Mutex<[String: Int64]>([:])
    private let now: @Sendable () -> Int64

    /// None yet, on a clock that also runs while the machine sleeps, in nanoseconds.
    init(now: @escaping @Sendable () -> Int64) { self.now = now }

    /// Takes up what a pull says of its registry.
    func hear(_ line: String, of reference: ImageReference) {
        guard case .registry(let host, _) = reference.place,
            case .retryAfter(let seconds)? = PullReport(line: line), seconds > 0
        else { return }
        let (end, overflow) = now().addingReportingOverflow(
            min(seconds, Self.secondsMax) * 1_000_000_000
        )
        guard !overflow else { return }
        until.withLock { until in
            if until.count >= Self.countMax, until[host] == nil { until = [:] }
            until[host] = end
        }
    }

    /// Nothing, or that the registry is not to be asked yet.
    func check(_ reference: ImageReference) throws(ImageProblem) {
        guard case .registry(let host, _) = reference.place else { return }
        let time = now()
        let left = until.withLock { until -> Int64 in
            guard let end = until[host] else { return 0 }
            if end <= time { until[host] = nil }
            return max(0, end - time)
        }
        guard left > 0 else { return }
        throw .unavailable(
            "registry \(host) asks to be left alone for \((left - 1) / 1_000_000_000 + 1) s more"
        )
    }
}
