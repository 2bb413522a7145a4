public import Documents
public import KubeModel

// What must survive a restart of the daemon, as one opaque document in the database.

extension PodLifecycle {
    private static let recordVersion: Int64 = 1

    /// What ``init(_:record:status:at:)`` makes the same pod from again; `bootID` names this boot.
    public func record(bootID: String) -> Document {
        var object = ObjectBuilder()
        object.set("version", Self.recordVersion)
        object.set("bootID", bootID)
        object.set("resourceVersion", pod.metadata.resourceVersion)
        object.set("isHeld", isHeld)
        object.set("verdict", verdict?.record)
        object.set("startTime", startTime.map { $0.nanosecondsSinceEpoch })
        object.set("deletionGraceNanoseconds", deletion?.graceNanoseconds)
        object.set("deletionReason", deletion?.reason)
        object.set(
            "deletionTimestamp",
            deletion == nil ? nil : pod.metadata.deletionTimestamp?.nanosecondsSinceEpoch
        )
        object.set("activity", activity?.record)
        object.set("rollout", rolloutRecord)
        object.set("retired", retired.record)
        object.set("containers", containers) { $0.record }
        return object.document
    }

    /// The pod as an earlier life of the daemon left it.
    ///
    /// Containers that had a process are as they were then: the caller must find out what became of each
    /// and say so by an event. After a reboot all waits are over.
    ///
    /// - Parameters:
    ///   - pod: The pod as it is wanted now; perhaps a newer version.
    ///   - record: What ``record(bootID:)`` made.
    ///   - status: The status of that time, for the times of its transitions.
    ///   - bootID: This boot.
    /// - Throws: What is wrong with the record; the pod then has to begin anew.
    public init(
        _ pod: Pod,
        record: Document,
        status: PodStatus,
        bootID: String
    ) throws(FieldError) {
        let reader = DocumentReader(record)
        self.init(Self.effective(pod, reader))
        self.status = status
        let version = try reader.required("version").integer()
        guard version == Self.recordVersion else {
            throw reader.error("version", "record of version \(version) is not known")
        }
        let isSameBoot = try reader.required("bootID").string() == bootID
        let isSameVersion =
            try reader.required("resourceVersion").string() == pod.metadata.resourceVersion
        isHeld = try reader.required("isHeld").bool()
        if let verdict = try reader.optional("verdict") {
            // One for a time only is over: the machine that went down is up.
            let verdict = try PodVerdict(verdict)
            if !verdict.isTemporary { self.verdict = verdict }
        }
        startTime = try reader.optional("startTime")?.timestamp()
        try restoreActivity(reader, isSameBoot: isSameBoot)
        if let rollout = try reader.optional("rollout") {
            try restoreRollout(rollout, isSameVersion: isSameVersion, isSameBoot: isSameBoot)
        }
        if let grace = try reader.optional("deletionGraceNanoseconds") {
            let reason = try reader.optional("deletionReason")?.string() ?? "Deleted"
            deletion = Deletion(graceNanoseconds: try grace.integer(), reason: reason)
            self.pod.metadata.deletionTimestamp =
                try reader.optional("deletionTimestamp")?.timestamp()
                ?? pod.metadata.deletionTimestamp
        }
        var restored: [ContainerLifecycle] = []
        for element in try reader.optional("containers")?.elements() ?? [] {
            restored.append(try ContainerLifecycle(element, isSameBoot: isSameBoot))
        }
        settlement.isDue = true
        adopt(restored, isSameVersion: isSameVersion)
        if let runs = try reader.optional("retired") { retired = try RetiredRuns(runs) }
        for index in containers.indices { retired.revive(&containers[index]) }
    }

    /// The pod as it is run: of a version that was rolled back, the one before it.
    private static func effective(_ pod: Pod, _ reader: DocumentReader) -> Pod {
        let record = reader.document
        guard record["resourceVersion"]?.string == pod.metadata.resourceVersion,
            let rollout = record["rollout"], rollout["message"]?.string != nil,
            let document = rollout["lastGood"], let good = try? Pod(document)
        else { return pod }
        return pod.withMeaning(of: good)
    }

    /// Puts restored containers in the place of the new ones.
    private mutating func adopt(_ restored: [ContainerLifecycle], isSameVersion: Bool) {
        for var old in restored {
            guard let index = containers.firstIndex(where: { $0.name == old.name }) else {
                containers.append(old)
                continue
            }
            if isSameVersion, !old.belief.isToChange {
                // Why: another release of this program may see the same spec with other defaults.
                old.fingerprint = containers[index].fingerprint
            }
            old.checks = containers[index].checks
            containers[index] = old
        }
    }

    /// Brings containers in line with a version that arrived while the daemon was away; to be called
    /// once what became of their processes is known.
    public mutating func settle(at now: Moment) -> [Action] {
        settlement.isDue = false
        var actions: [Action] = []
        let grace = nanoseconds(ofSeconds: pod.spec.terminationGracePeriodSeconds)
        let names = Set((pod.spec.initContainers + pod.spec.containers).map(\.name))
        for index in containers.indices {
            let name = containers[index].name
            if isDeleting || !names.contains(name) {
                let ending = deletion?.graceNanoseconds ?? grace
                containers[index].startsAfterStop = false
                actions += wrap(containers[index].stop(graceNanoseconds: ending, at: now), name)
            } else {
                let wanted = pod.fingerprint(ofContainer: name)
                guard containers[index].fingerprint != wanted else { continue }
                guard
                    let spec = (pod.spec.initContainers + pod.spec.containers)
                        .first(where: { $0.name == name })
                else { continue }
                actions += wrap(containers[index].change(wanted, spec, grace, at: now), name)
            }
        }
        return actions + wake(at: now)
    }
}

extension DocumentReader {
    func timestamp() throws(FieldError) -> Timestamp {
        Timestamp(nanosecondsSinceEpoch: try integer())
    }
}
