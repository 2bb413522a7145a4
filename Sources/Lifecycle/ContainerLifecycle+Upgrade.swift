internal import KubeModel

extension ContainerLifecycle {
    /// A newer spec whose image is fetched while the container still runs by the old one.
    struct Upgrade: Equatable, Sendable {
        var fingerprint: UInt64
        var image: String
        var graceNanoseconds: Int64
        var failureCount = 0
        /// When it is tried again; nil while it is being tried.
        var retryAt: Int64?
    }

    /// Whether its present run is not the one that is wanted.
    var isToChange: Bool { upgrade != nil || startsAfterStop }

    /// Makes the next run one of another spec; what runs goes on until its image is there.
    mutating func change(
        _ fingerprint: UInt64,
        _ wanted: Container,
        _ grace: Int64,
        at now: Moment
    ) -> [Action] {
        guard isRunning, !image.isEmpty, image != wanted.image else {
            upgrade = nil
            return replace(fingerprint, grace, at: now)
        }
        upgrade = Upgrade(
            fingerprint: fingerprint,
            image: wanted.image,
            graceNanoseconds: grace
        )
        return [.ensureImage]
    }

    /// The image of the newer spec is there: now the old run can end.
    mutating func upgradeReady(at now: Moment) -> [Action] {
        guard isRunning, let upgrade, upgrade.retryAt == nil else { return [] }
        self.upgrade = nil
        return replace(upgrade.fingerprint, upgrade.graceNanoseconds, at: now)
    }

    /// It is not: the old run goes on.
    mutating func upgradeFailed(_ problem: Problem, at now: Moment) -> [Action] {
        guard isRunning, var upgrade, upgrade.retryAt == nil else { return [] }
        upgrade.failureCount += 1
        upgrade.retryAt = now.after(BackOff.afterFailures(upgrade.failureCount))
        self.upgrade = upgrade
        let text = "\(problem.reason): \(problem.message)"
        return [.note(PodNote(.warning, "Failed", text, name))]
    }

    /// Tries again, when it is time.
    mutating func wakeUpgrade(at now: Moment) -> [Action] {
        guard let time = upgrade?.retryAt, time <= now.monotonicNanoseconds else { return [] }
        upgrade?.retryAt = nil
        return [.ensureImage]
    }

    /// The old run ended by itself: the next is one of the newer spec.
    mutating func upgradeAtEnd() {
        guard let upgrade else { return }
        self.upgrade = nil
        fingerprint = upgrade.fingerprint
        crashCount = 0
        failureCount = 0
    }
}
