internal import Documents
internal import KubeModel

/// How long a pod has been active, for its deadline: on the clock that no one can set.
///
/// Over a reboot the time counts that was written down last.
struct PodActivity: Equatable, Sendable {
    /// When this boot's part of it began.
    var since: Int64
    /// What earlier boots had of it, in nanoseconds.
    var before: Int64 = 0
    /// When it was looked at last.
    var seen: Int64

    func elapsed(at now: Int64) -> Int64 {
        let (sum, overflow) = (now - since).addingReportingOverflow(before)
        return overflow ? .max : sum
    }

    var record: Document {
        [
            "since": .integer(since), "before": .integer(before),
            "elapsed": .integer(elapsed(at: seen)),
        ]
    }
}

extension PodLifecycle {
    /// When its deadline is; nil for none that can still come.
    var deadlineAt: Int64? {
        guard let limit = pod.spec.activeDeadlineSeconds, let activity, verdict == nil,
            !isDeleting, !status.phase.isTerminal
        else { return nil }
        let (left, overflow) = nanoseconds(ofSeconds: limit)
            .subtractingReportingOverflow(activity.before)
        guard !overflow else { return nil }
        let (time, isNever) = activity.since.addingReportingOverflow(left)
        return isNever ? nil : time
    }

    /// Notes that it is active.
    mutating func noteActivity(at now: Moment) {
        guard pod.spec.activeDeadlineSeconds != nil, startTime != nil else { return }
        if activity == nil {
            activity = PodActivity(
                since: now.monotonicNanoseconds,
                before: activeBefore,
                seen: now.monotonicNanoseconds
            )
        }
        activity?.seen = now.monotonicNanoseconds
    }

    /// Ends it when its deadline has passed; nil when it has not.
    mutating func endAtDeadline(at now: Moment) -> [Action]? {
        guard let deadlineAt, deadlineAt <= now.monotonicNanoseconds else { return nil }
        let verdict = PodVerdict(
            reason: "DeadlineExceeded",
            message: "Pod was active on the node longer than the specified deadline"
        )
        return fail(verdict, at: now)
    }

    /// Ends a pod whose container has failed more often than its annotation allows.
    mutating func endAtBackoffLimit(_ name: String, at now: Moment) -> [Action] {
        guard let limit = annotations.backoffLimit, !isSidecar(name),
            let container = container(name),
            container.retryCount > limit
        else { return [] }
        let verdict = PodVerdict(
            reason: "BackoffLimitExceeded",
            message: "container \(name) has failed \(container.retryCount) times, and "
                + "\(PodAnnotations.backoffLimit) is \(limit)"
        )
        return fail(verdict, at: now)
    }

    var annotations: PodAnnotations { PodAnnotations(pod.metadata.annotations) }

    /// Reads the time that was spent.
    mutating func restoreActivity(_ reader: DocumentReader, isSameBoot: Bool) throws(FieldError) {
        guard let record = try reader.optional("activity") else { return }
        guard isSameBoot else {
            activeBefore = max(0, try record.required("elapsed").integer())
            return
        }
        let since = try record.required("since").integer()
        activity = PodActivity(
            since: since,
            before: max(0, try record.required("before").integer()),
            seen: since
        )
    }
}
