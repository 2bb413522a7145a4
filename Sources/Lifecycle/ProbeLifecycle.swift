internal import KubeModel

/// One probe of one run, as a value: when it is put, and what its answers mean together.
///
/// Source: Kubernetes, "Configure Liveness, Readiness and Startup Probes"; the kubelet's worker: an
/// answer counts once it came as often in a row as its threshold says.
struct ProbeLifecycle: Equatable, Sendable {
    // Why: a probe waits for its turn among others; one that is not answered long after its time-out
    // never will be.
    private static let lossNanoseconds: Int64 = 60_000_000_000

    let kind: Check.Kind
    let spec: Probe
    /// When it is put next, or, while it is being asked, when its answer counts as lost.
    private(set) var nextAt: Int64
    private(set) var isAsking = false
    /// What its answers mean by now: at first that it lives, that it cannot serve, has not started.
    private(set) var holds: Bool
    /// When it was put last.
    private var askedAt: Int64
    /// The last answer, and how often it came in a row.
    private var last: Bool?
    private var count: Int64 = 0

    init(_ kind: Check.Kind, _ spec: Probe, startedAt: Int64) {
        self.kind = kind
        self.spec = spec
        let (first, overflow) = startedAt.addingReportingOverflow(
            nanoseconds(ofSeconds: spec.initialDelaySeconds)
        )
        nextAt = overflow ? .max : first
        askedAt = startedAt
        holds = kind == .liveness
    }

    /// What a run that an earlier life of the daemon knew is believed to be until it is asked.
    mutating func assume(_ holds: Bool) { self.holds = holds }

    /// Puts it, if its time has come.
    mutating func ask(at now: Moment) -> Bool {
        guard !isAsking, nextAt <= now.monotonicNanoseconds else { return false }
        isAsking = true
        askedAt = now.monotonicNanoseconds
        let patience = nanoseconds(ofSeconds: spec.timeoutSeconds)
        let (sum, overflow) = patience.addingReportingOverflow(Self.lossNanoseconds)
        nextAt = overflow ? .max : now.after(sum)
        return true
    }

    /// Whether an answer that should have come is lost.
    func isLost(at now: Moment) -> Bool { isAsking && nextAt <= now.monotonicNanoseconds }

    /// Takes an answer.
    ///
    /// - Returns: Whether what holds has just been decided: for the first time in a row that is long
    ///   enough. A failure of a run that is to be ended is so each time.
    mutating func answered(_ isGood: Bool, at now: Moment) -> Bool {
        guard isAsking else { return false }
        isAsking = false
        let period = nanoseconds(ofSeconds: spec.periodSeconds)
        let (next, overflow) = askedAt.addingReportingOverflow(period)
        // Why not at once when it took longer than a period: it must not be asked without a pause.
        nextAt = overflow ? .max : max(next, now.monotonicNanoseconds)
        if last == isGood { count = min(count + 1, .max - 1) } else { count = 1 }
        last = isGood
        guard count >= (isGood ? spec.successThreshold : spec.failureThreshold) else {
            return false
        }
        holds = isGood
        return true
    }
}
