internal import Documents
internal import KubeModel

/// Why the node ended a pod, or never began it: the pod has failed, and stays so.
public struct PodVerdict: Error, Equatable, Sendable {
    /// One word: `Evicted`, `OutOfcpu`.
    public var reason: String
    /// For people.
    public var message: String
    /// How long the end may take, in seconds, if that is less than the pod's own grace; nil for the
    /// pod's own.
    public var graceSeconds: Int64?
    /// Whether the pod had begun, so that controllers count it as disturbed from outside.
    public var isDisruption: Bool
    /// Whether the pod begins again with the next life of the daemon: the machine went down, and the
    /// pod did nothing wrong.
    public var isTemporary: Bool

    /// A verdict.
    public init(
        reason: String,
        message: String,
        graceSeconds: Int64? = nil,
        isDisruption: Bool = false,
        isTemporary: Bool = false
    ) {
        self.reason = reason
        self.message = message
        self.graceSeconds = graceSeconds
        self.isDisruption = isDisruption
        self.isTemporary = isTemporary
    }
}

extension PodVerdict {
    var record: Document {
        [
            "reason": .string(reason), "message": .string(message),
            "isDisruption": .bool(isDisruption), "isTemporary": .bool(isTemporary),
        ]
    }

    init(_ reader: DocumentReader) throws(FieldError) {
        self.init(
            reason: try reader.required("reason").string(),
            message: try reader.required("message").string(),
            isDisruption: try reader.required("isDisruption").bool(),
            isTemporary: try reader.required("isTemporary").bool()
        )
    }
}

extension PodLifecycle {
    /// Ends the pod by the node's own decision: containers stop, and it has failed.
    ///
    /// The first verdict stays; a later one may only shorten the grace. What has ended already, or is
    /// to go anyway, is not judged.
    public mutating func fail(_ verdict: PodVerdict, at now: Moment) -> [Action] {
        guard !status.phase.isTerminal, !isDeleting else { return [] }
        let own = pod.spec.terminationGracePeriodSeconds
        let grace = nanoseconds(ofSeconds: max(0, min(verdict.graceSeconds ?? own, own)))
        var actions: [Action] = []
        if self.verdict == nil {
            self.verdict = verdict
            let kind: PodNote.Kind = verdict.isTemporary ? .normal : .warning
            actions.append(.note(PodNote(kind, verdict.reason, verdict.message)))
        }
        let mayBeginAgain = self.verdict?.isTemporary == true
        for index in containers.indices {
            let name = containers[index].name
            containers[index].startsAfterStop =
                mayBeginAgain && restartPolicy(ofContainer: name) != .never
            actions += wrap(containers[index].stop(graceNanoseconds: grace, at: now), name)
        }
        return actions + advance(at: now)
    }

    /// Lets a pod begin again whose verdict was for a time only.
    public mutating func lift(at now: Moment) -> [Action] {
        guard verdict?.isTemporary == true else { return [] }
        verdict = nil
        return advance(at: now)
    }

    /// Whether none of its containers has a process, or is about to.
    public var isAtRest: Bool { containers.allSatisfy { !$0.mayHaveProcess } }

    /// Shows the verdict; the words of a verdict that was lifted go.
    mutating func showVerdict(at now: Moment) {
        status.reason = verdict?.reason
        status.message = verdict?.message
        status.conditions.removeAll { $0.type == ConditionType.disruptionTarget && verdict == nil }
        guard let verdict, verdict.isDisruption else { return }
        status.set(
            PodCondition(
                type: ConditionType.disruptionTarget,
                status: .yes,
                reason: "TerminationByKubelet",
                message: verdict.message,
                lastTransitionTime: now.wall
            )
        )
    }
}
