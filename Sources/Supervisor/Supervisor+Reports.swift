internal import Documents
internal import Host
internal import KubeModel
internal import Lifecycle
internal import Logging
public import StateStore

/// What was last said upstream about a pod, as far as urgency depends on it.
struct Published: Equatable, Sendable {
    var phase: PodPhase
    var isReady: Bool
    var acceptedVersion: String
    var accepted: PodCondition?
}

extension Supervisor {
    /// Keeps what is known of a pod, and says it upstream if it is news.
    ///
    /// When the disk is full nothing is kept and everything goes on; the next change tries again, and after
    /// an end, which may be the last change of all, a timer.
    func save(_ uid: String) async {
        guard let pod = node.pods[uid] else { return }
        timers.set(uid, at: pod.wakeAt)
        let report = report(of: pod)
        let record: Document = [
            "graceSeconds": .integer(pod.pod.spec.terminationGracePeriodSeconds),
            "lifecycle": pod.record(bootID: configuration.bootID),
        ]
        let observed = ObservedPod(
            uid: uid,
            namespace: pod.pod.metadata.namespace,
            name: pod.pod.metadata.name,
            record: record.json(),
            status: PodReport(metadata: pod.pod.reportMetadata, status: report.status)
                .document.json()
        )
        do throws(StoreError) {
            // An end is safe before anybody is told of it: its runner did not wait for the disk.
            try await store.saveObserved(observed, outlivesPowerCut: untoldEnds.contains(uid))
            if speaks(pod) { try await publish(report, uid) }
            untoldEnds.remove(uid)
        } catch {
            note(error: error.description, reason: "DatabaseFailed")
            guard untoldEnds.contains(uid) else { return }
            // Nothing else may ever happen to this pod.
            let again = clock().monotonicNanoseconds &+ Self.saveAgainNanoseconds
            timers.set(uid, at: min(again, pod.wakeAt ?? .max))
        }
    }

    // Why: a full disk is not freed within seconds.
    private static let saveAgainNanoseconds: Int64 = 5_000_000_000

    /// Whether a pod speaks for its name: the one that is wanted; where none is, the last that came.
    func speaks(_ pod: PodLifecycle) -> Bool {
        (wantedUIDs[pod.nameKey] ?? node.uids(ofName: pod.nameKey).last) == pod.uid
    }

    private func publish(
        _ report: PodReport,
        _ uid: String,
        isFinal: Bool = false
    ) async throws(StoreError) {
        let accepted = report.status.condition(ConditionType.accepted)
        let now = Published(
            phase: report.status.phase,
            isReady: report.status.condition(ConditionType.ready)?.status == .yes,
            acceptedVersion: report.metadata.resourceVersion,
            accepted: accepted
        )
        let isUrgent = published[uid] != now
        published[uid] = now
        try await store.enqueue(
            OutboxMessage(
                topic: Self.statusTopic(report.metadata),
                payload: report.document.json(),
                isUrgent: isUrgent || isFinal,
                isFinal: isFinal
            )
        )
    }

    static func statusTopic(_ metadata: ObjectMetadata) -> String {
        "status/pods/\(metadata.namespace)/\(metadata.name)"
    }

    // Why: a status is read by people, and a pod has at most some fields of each container.
    private static let remarkCountMax = 16

    /// A pod's status with the answer to the last version that arrived.
    func report(of pod: PodLifecycle) -> PodReport {
        var report = PodReport(metadata: pod.pod.reportMetadata, status: pod.status)
        report.status.podIP = podAddress(of: pod.pod)?.description
        report.status.hostIP = InternetAddress.ofThisHost()?.description
        var accepted = PodCondition(
            type: ConditionType.accepted,
            status: .yes,
            reason: "Stored",
            lastTransitionTime: clock().wall
        )
        if let refusal = refusals[pod.nameKey] {
            // The answer is about what was refused; the status is that of the last good version.
            if !refusal.reference.uid.isEmpty { report.metadata.uid = refusal.reference.uid }
            report.metadata.resourceVersion = refusal.resourceVersion
            accepted.status = .no
            accepted.reason = refusal.reason
            accepted.message = refusal.message
        } else if !pod.pod.remarks.isEmpty {
            // What is taken without an effect is never passed over in silence.
            let remarks = pod.pod.remarks.prefix(Self.remarkCountMax).map(\.description)
            accepted.message = remarks.joined(separator: "; ")
        }
        let before = published[pod.uid]?.accepted
        if before?.status == accepted.status {
            accepted.lastTransitionTime = before?.lastTransitionTime
        }
        report.status.set(accepted)
        return report
    }

    /// Says no to what was refused and has no pod that could say so.
    func publishRefusedWithoutPod() async {
        for (key, refusal) in refusals where wantedUIDs[key] == nil {
            let now = clock().wall
            var status = PodStatus(phase: .failed, message: refusal.message, reason: refusal.reason)
            status.set(
                PodCondition(
                    type: ConditionType.accepted,
                    status: .no,
                    reason: refusal.reason,
                    message: refusal.message,
                    lastTransitionTime: now
                )
            )
            let reference = refusal.reference
            let known = published[key]?.acceptedVersion
            guard known != refusal.resourceVersion + refusal.message else { continue }
            let metadata = ObjectMetadata(
                name: reference.name,
                namespace: reference.namespace,
                uid: reference.uid,
                resourceVersion: refusal.resourceVersion
            )
            do throws(StoreError) {
                refusedWithoutPod.insert(key)
                try await publish(PodReport(metadata: metadata, status: status), key)
                published[key]?.acceptedVersion = refusal.resourceVersion + refusal.message
            } catch {
                note(error: error.description, reason: "DatabaseFailed")
            }
        }
        for key in refusedWithoutPod where refusals[key] == nil {
            published[key] = nil
            refusedWithoutPod.remove(key)
        }
    }

    /// The pod is gone: says so, forgets it, and lets the next of its name begin.
    func finish(_ uid: String) async {
        guard let pod = node.pods[uid], pod.hasEnded else { return }
        let metadata = pod.pod.metadata
        let reference = ObjectReference(
            kind: .pod,
            namespace: metadata.namespace,
            name: metadata.name,
            uid: uid
        )
        do throws(StoreError) {
            if speaks(pod) {
                var last = report(of: pod)
                last.status.set(
                    PodCondition(
                        type: ConditionType.deleted,
                        status: .yes,
                        reason: "Ended",
                        lastTransitionTime: clock().wall
                    )
                )
                try await publish(last, uid, isFinal: true)
            }
            try await store.remove(reference)
            try await store.removeObserved(uid: uid)
        } catch {
            // Why: forgetting it now would end it again after a restart, but never say so.
            note(error: error.description, reason: "DatabaseFailed")
            return retryRemoval(uid)
        }
        logger.info("pod removed", metadata: ["pod": "\(pod.nameKey)", "uid": "\(uid)"])
        timers.set(uid, at: nil)
        untoldEnds.remove(uid)
        addresses.release(uid)
        published[uid] = nil
        let logs = configuration.layout.podLogs(
            namespace: metadata.namespace,
            name: metadata.name,
            uid: uid
        )
        effects.append(.removeFiles(uid: uid, logs: logs))
        await carryOut(node.remove(uid, at: clock()), touching: [])
    }

    private func retryRemoval(_ uid: String) {
        effects.append(.retryRemoval(uid))
    }

    /// Remembers what went wrong, for people.
    func note(error: String, reason: String, _ namespace: String? = nil, _ name: String? = nil) {
        logger.error("\(error)", metadata: ["reason": "\(reason)"])
        recentErrors.add(
            .init(
                namespace: namespace,
                name: name,
                reason: reason,
                message: error,
                at: clock().wall
            )
        )
    }

    /// Writes an event about a pod.
    func report(_ note: PodNote, about uid: String) async {
        guard let metadata = node.pods[uid]?.pod.metadata else { return }
        let reference = ObjectReference(
            kind: .pod,
            namespace: metadata.namespace,
            name: metadata.name,
            uid: uid
        )
        await report(note, about: reference)
    }

    /// Writes an event about what was refused, under the name that its topic gave it (rule 8 of the
    /// contract).
    public func report(_ refusal: Refusal) async {
        await report(
            PodNote(.warning, refusal.reason, refusal.message),
            about: refusal.reference
        )
    }

    private func report(_ note: PodNote, about reference: ObjectReference) async {
        eventNumber &+= 1
        let now = clock()
        let suffix = String(
            UInt64(bitPattern: now.wall.nanosecondsSinceEpoch) &+ eventNumber,
            radix: 16
        )
        let key = EventTally.Key(
            object: reference,
            container: note.container,
            reason: note.reason,
            message: note.message
        )
        let name = "\(reference.name).\(suffix)"
        guard let entry = eventTally.add(key, named: name, at: now) else { return }
        let event = Event(
            metadata: ObjectMetadata(name: entry.name, namespace: reference.namespace),
            involvedObject: reference,
            reason: note.reason,
            message: note.message,
            severity: note.kind == .normal ? .normal : .warning,
            count: entry.count,
            firstTimestamp: entry.firstAt,
            lastTimestamp: now.wall,
            host: configuration.nodeName
        )
        if note.kind == .warning {
            self.note(
                error: note.message,
                reason: note.reason,
                reference.namespace,
                reference.name
            )
        }
        do throws(StoreError) {
            try await store.append(event: event.document.json(), isLocal: note.isLocal)
        } catch {
            self.note(error: error.description, reason: "DatabaseFailed")
        }
    }
}

extension PodLifecycle {
    /// `NAMESPACE/NAME`.
    var nameKey: String { "\(pod.metadata.namespace)/\(pod.metadata.name)" }
}

extension Pod {
    /// What a report says about which pod it is.
    fileprivate var reportMetadata: ObjectMetadata {
        ObjectMetadata(
            name: metadata.name,
            namespace: metadata.namespace,
            uid: metadata.uid,
            resourceVersion: metadata.resourceVersion,
            deletionTimestamp: metadata.deletionTimestamp
        )
    }
}
