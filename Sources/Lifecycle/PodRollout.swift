internal import Documents
public import KubeModel

/// A new version of a pod that has to show that it works.
struct PodRollout: Equatable, Sendable {
    /// When it must be ready; nil until the clock of this boot was seen.
    var until: Int64?
}

/// A version that did not become ready in time.
struct RolledBack: Equatable, Sendable {
    var message: String
    var since: Timestamp
}

extension PodLifecycle {
    /// The last version that was ready, while a newer one might have to give way to it.
    public var versionToGoBackTo: Pod? { isGuarded ? lastGood : nil }

    private var isGuarded: Bool {
        annotations.progressDeadlineSeconds != nil
            || lastGood.map { PodAnnotations($0.metadata.annotations) }?.progressDeadlineSeconds
                != nil
    }

    // Why: what has no readiness probe is ready the moment it starts, and may crash a second later.
    static let provenNanoseconds: Int64 = 10_000_000_000

    /// Whether all that runs is of the present version, and serves.
    private var serves: Bool {
        status.condition(ConditionType.ready)?.status == .yes
            && containers.allSatisfy { !$0.isToChange }
            || status.phase == .succeeded
    }

    /// When what serves now has served long enough to be gone back to.
    private var provenAt: Int64 {
        let starts = pod.spec.containers.compactMap { spec -> Int64? in
            guard case .running(let since, _)? = container(spec.name)?.state else { return nil }
            return since
        }
        let (time, isNever) = (starts.max() ?? 0).addingReportingOverflow(Self.provenNanoseconds)
        return isNever ? .max : status.phase == .succeeded ? 0 : time
    }

    private var isLastGoodOld: Bool {
        lastGood?.metadata.resourceVersion != pod.metadata.resourceVersion
    }

    /// When the newest version must be ready, or has proved itself; nil while nothing hangs on it.
    var rolloutAt: Int64? {
        if isDeleting || isHeld || settlement.isDue || verdict != nil || status.phase.isTerminal {
            return nil
        }
        guard serves else { return rollout?.until }
        let isOpen = isGuarded && rolledBack == nil && (isLastGoodOld || rollout != nil)
        return isOpen ? provenAt : nil
    }

    /// Begins to watch over a version that has just replaced `older`.
    ///
    /// One that served when it was replaced is good as far as anybody knows, if none was better.
    mutating func beginRollout(after older: Pod? = nil) {
        if let older, lastGood == nil, rolledBack == nil, serves { lastGood = older }
        rolledBack = nil
        rollout = nil
        guard annotations.progressDeadlineSeconds != nil, lastGood != nil else { return }
        rollout = PodRollout()
    }

    /// Notes what is good, and goes back when what is new is not, in time.
    mutating func watchRollout(at now: Moment) -> [Action] {
        guard !isDeleting, verdict == nil, !isHeld, !settlement.isDue else { return [] }
        if serves, rolledBack == nil, provenAt <= now.monotonicNanoseconds {
            rollout = nil
            if isLastGoodOld { lastGood = pod }
            return []
        }
        guard let rollout, let limit = annotations.progressDeadlineSeconds else { return [] }
        guard let until = rollout.until else {
            self.rollout?.until = now.after(nanoseconds(ofSeconds: limit))
            return []
        }
        // What has ended for good cannot be run again, by whatever version.
        guard !serves, !status.phase.isTerminal, until <= now.monotonicNanoseconds,
            let good = lastGood
        else { return [] }
        return goBack(to: good, limit, at: now)
    }

    private mutating func goBack(to good: Pod, _ limit: Int64, at now: Moment) -> [Action] {
        let message =
            "version \(pod.metadata.resourceVersion) was not ready within \(limit) s; version "
            + "\(good.metadata.resourceVersion) runs again"
        rollout = nil
        rolledBack = RolledBack(message: message, since: now.wall)
        let grace = nanoseconds(ofSeconds: pod.spec.terminationGracePeriodSeconds)
        pod = pod.withMeaning(of: good)
        let note = PodNote(.warning, "RolledBack", message)
        return [.note(note)] + takeOverSpec(grace, at: now) + advance(at: now)
    }

    /// Says of a version that it did not work, until another comes.
    mutating func showRollback() {
        status.conditions.removeAll { $0.type == ConditionType.rolledBack && rolledBack == nil }
        guard let rolledBack else { return }
        status.set(
            PodCondition(
                type: ConditionType.rolledBack,
                status: .yes,
                reason: "ProgressDeadlineExceeded",
                message: rolledBack.message,
                lastTransitionTime: rolledBack.since
            )
        )
    }

    /// What a later life of the daemon must know of versions; nil where none is watched over.
    var rolloutRecord: Document? {
        guard isGuarded, let lastGood else { return nil }
        var object = ObjectBuilder()
        object.set("lastGood", lastGood.document)
        object.set("isUnderWay", rollout != nil)
        object.set("until", rollout?.until)
        object.set("message", rolledBack?.message)
        object.set("since", rolledBack?.since.nanosecondsSinceEpoch)
        return object.document
    }

    /// Reads what ``rolloutRecord`` wrote, before anything is done with the pod.
    ///
    /// A version that does not read any more is none to go back to.
    mutating func restoreRollout(
        _ record: DocumentReader,
        isSameVersion: Bool,
        isSameBoot: Bool
    ) throws(FieldError) {
        guard let good = record.document["lastGood"], let lastGood = try? Pod(good) else { return }
        self.lastGood = lastGood
        guard isSameVersion else { return beginRollout() }
        if let message = try record.optional("message")?.string() {
            let since = try record.required("since").timestamp()
            rolledBack = RolledBack(message: message, since: since)
        } else if try record.required("isUnderWay").bool() {
            let until = try record.optional("until")?.integer()
            // Why anew after a reboot: the time before it is not known, and a start costs some.
            rollout = PodRollout(until: isSameBoot ? until : nil)
        }
    }
}

extension Pod {
    /// This version, with all that another says of how it is run: spec, annotations and labels.
    func withMeaning(of other: Pod) -> Pod {
        var pod = other
        pod.metadata.resourceVersion = metadata.resourceVersion
        pod.metadata.generation = metadata.generation
        pod.metadata.deletionTimestamp = metadata.deletionTimestamp
        return pod
    }
}
