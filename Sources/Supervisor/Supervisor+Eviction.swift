internal import Glibc
internal import Host
internal import KubeModel
internal import Lifecycle
internal import Logging

/// How the measurements of the node go on.
struct Measuring {
    /// Whether one is under way.
    var isUnderWay = false
    /// The pod that was evicted last, and until when the next one waits for its end.
    var victim: (uid: String, until: Int64)?
    /// When the kernel's word was followed last.
    var pressedAt: Int64?
}

extension Supervisor {
    // Source: the kubelet's interval of its eviction loop.
    private static let lookAgainNanoseconds: Int64 = 10_000_000_000
    // Why: under steady pressure the kernel speaks every two seconds; each look reads some files.
    private static let pressedAgainNanoseconds: Int64 = 2_000_000_000
    // Source: the kubelet waits so long for an evicted pod to be gone before it evicts another.
    private static let victimPatienceNanoseconds: Int64 = 30_000_000_000

    /// Begins to watch what the node is short of; where nothing would be done, nobody looks.
    func beginMeasuring() {
        guard !configuration.node.eviction.thresholds.isEmpty else { return }
        gauge.watchPressure { [post] in post.yield(.pressed) }
        measure()
    }

    /// The kernel says that tasks wait for memory: looks before it is time.
    func pressed() {
        let now = clock().monotonicNanoseconds
        if let last = measuring.pressedAt, now - last < Self.pressedAgainNanoseconds { return }
        measuring.pressedAt = now
        measure()
    }

    func measure() {
        guard !measuring.isUnderWay else { return }
        measuring.isUnderWay = true
        effects.append(.measure)
    }

    /// Reads what is left; off the actor.
    nonisolated func readGauge() async {
        let reading = await workshop.run { [gauge] () -> NodeReading in gauge.reading() }
        post.yield(.measured(reading))
    }

    /// Decides what a measurement means.
    func measured(_ reading: NodeReading) async {
        guard let shortage = judge(reading), !isWaitingForVictim else { return nextMeasure() }
        logger.warning(
            "the node runs short",
            metadata: [
                "signal": "\(shortage.threshold.signal.rawValue)",
                "available": "\(shortage.available)", "threshold": "\(shortage.quantity)",
            ]
        )
        effects.append(.free(shortage, places(isAboutDisk: shortage.threshold.signal.isAboutDisk)))
    }

    /// Decides after what could be freed without a pod was freed: the next pod goes, one at a time.
    func freed(_ reading: NodeReading, _ usages: [String: PodUsage]) async {
        defer { nextMeasure() }
        guard let shortage = judge(reading) else { return }
        let candidates = usages.compactMap { uid, usage -> EvictionCandidate? in
            guard let pod = node.pods[uid], !pod.isAtRest, !pod.isDeleting, pod.verdict == nil
            else { return nil }
            return EvictionCandidate(pod: pod.pod, usage: usage)
        }
        guard let victim = shortage.victim(among: candidates) else {
            return note(
                error:
                    "the node is short of \(shortage.threshold.signal.resourceName), and there is "
                    + "no pod that may go",
                reason: "EvictionThresholdMet"
            )
        }
        let uid = victim.pod.metadata.uid
        let graceMax = configuration.node.eviction.podGraceSecondsMax
        let verdict = shortage.verdict(on: victim, podGraceSecondsMax: graceMax)
        let now = clock()
        measuring.victim = (uid, now.monotonicNanoseconds &+ Self.victimPatienceNanoseconds)
        await carryOut(node.fail(uid, verdict, at: now), touching: [uid])
    }

    private func judge(_ reading: NodeReading) -> NodeEviction.Shortage? {
        let before = eviction.pressures
        let shortage = eviction.look(reading, at: clock())
        if eviction.pressures != before {
            node.admission.pressures = eviction.pressures
            effects.append(.publishNode)
        }
        return shortage
    }

    private var isWaitingForVictim: Bool {
        guard let victim = measuring.victim, let pod = node.pods[victim.uid] else { return false }
        return !pod.isAtRest && clock().monotonicNanoseconds < victim.until
    }

    private func nextMeasure() {
        measuring.isUnderWay = false
        let now = clock().monotonicNanoseconds
        timers.set(.node, at: now &+ Self.lookAgainNanoseconds)
    }

    private func places(isAboutDisk: Bool) -> [PodPlaces] {
        var processIDs: [String: [String: Int32]] = [:]
        for (instance, workload) in workloads {
            processIDs[instance.uid, default: [:]][instance.container] = workload.processID
        }
        return node.pods.values.filter { !$0.isAtRest }.map { pod in
            let metadata = pod.pod.metadata
            let logs = configuration.layout.podLogs(
                namespace: metadata.namespace,
                name: metadata.name,
                uid: pod.uid
            )
            return PodPlaces(
                uid: pod.uid,
                processIDs: processIDs[pod.uid] ?? [:],
                // Why not always: a walk through all volumes costs, and only a short disk asks for it.
                folders: isAboutDisk ? [configuration.layout.pod(pod.uid), logs] : []
            )
        }
    }

    /// Makes room without ending a pod, then looks what is left and what pods use; off the actor.
    nonisolated func free(_ shortage: NodeEviction.Shortage, _ pods: [PodPlaces]) async {
        if shortage.threshold.signal.isAboutDisk, let needs = await imageNeeds() {
            do throws(ImageProblem) {
                let removed = try await desk.prune(keeping: needs)
                if !removed.isEmpty {
                    logger.notice(
                        "removed images that nothing needs: the disk is short",
                        metadata: ["images": "\(removed.joined(separator: " "))"]
                    )
                }
            } catch {
                logger.warning("images could not be removed: \(error)")
            }
        }
        let (reading, usages) = await workshop.run {
            [gauge] () -> (NodeReading, [String: PodUsage]) in
            (gauge.reading(), gauge.usage(of: pods))
        }
        post.yield(.freed(reading, usages))
    }
}
