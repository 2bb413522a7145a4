import KubeModel
import Lifecycle
import TestKit

extension World {
    private static let names = ["red", "green", "blue"]
    private static let second: Int64 = 1_000_000_000

    /// One step of a schedule.
    public mutating func take(_ step: Schedule.Step) {
        chance = SeededGenerator(seed: step.chance)
        switch step.kind {
        case .wantAnother: wantAnother()
        case .wantDifferent: wantDifferent()
        case .wantBroken: wantDifferent(isBroken: true)
        case .wantGone: wantGone()
        case .deliver: deliver()
        case .redeliver:
            let again = arrived.filter { disk.desired[$0.name]?.uid == $0.uid }
            if !again.isEmpty { arrive(again[chance.below(again.count)]) }
        case .answer: answer(chance.below(pending.count))
        case .end:
            let sorted = alive.sorted()
            if !sorted.isEmpty {
                end(sorted[chance.below(sorted.count)], code: chance.once(in: 2) ? 0 : 1)
            }
        case .restartPod: restartPod()
        case .evict: evict()
        case .pass:
            pass(Int64(chance.below(chance.once(in: 8) ? 900 : 25)) * Self.second)
        case .jump:
            wall = chance.once(in: 3) ? 0 : wall + Int64(chance.below(7_200) - 3_600) * Self.second
        case .killDaemon: killDaemon()
        case .cutPower: cutPower()
        }
        check()
    }

    mutating func check() {
        model.check(disk.desired)
        let pods = node.pods
        model.check(alive) { pods[$0]?.pod.metadata.name }
        for pod in pods.values where hasProved(pod) { model.proved(pod.pod) }
    }

    /// Whether a pod serves, by the version that it says, for longer than chance would have it.
    private func hasProved(_ pod: PodLifecycle) -> Bool {
        guard pod.status.condition(ConditionType.ready)?.status == .yes,
            pod.status.condition(ConditionType.rolledBack) == nil, !pod.isDeleting
        else { return false }
        return pod.pod.spec.containers.allSatisfy { spec in
            guard let container = pod.container(spec.name),
                case .running(let since, _) = container.state
            else { return false }
            let one = Instance(uid: pod.uid, container: spec.name, attempt: container.attempt)
            return monotonic - since > 10 * Self.second && alive.contains(one)
                && images[one] == spec.image
        }
    }

    mutating func pass(_ nanoseconds: Int64) {
        // What has happened is heard within a second; what was asked for may take long.
        while let index = pending.firstIndex(where: \.hasHappened), fault == nil { answer(index) }
        monotonic += nanoseconds
        wall += nanoseconds
        for pod in node.pods.values { model.passed(nanoseconds, pod) }
        for uid in node.pods.keys.sorted() {
            let time = now.monotonicNanoseconds
            guard let at = node.pods[uid]?.wakeAt, at <= time else { continue }
            carryOut(node.wake(uid, at: now), touching: [uid])
        }
        for pod in node.pods.values { model.checkDeadline(pod) }
    }

    private mutating func restartPod() {
        let uids = node.pods.keys.sorted()
        guard !uids.isEmpty else { return }
        let uid = uids[chance.below(uids.count)]
        model.excuse(uid)
        let names = node.pods[uid]?.containers.map(\.name) ?? []
        carryOut(node.restart(uid, names, at: now), touching: [uid])
    }

    /// As the node does that runs out of something.
    private mutating func evict() {
        let uids = node.pods.keys.sorted()
        guard !uids.isEmpty else { return }
        let uid = uids[chance.below(uids.count)]
        let verdict = PodVerdict(reason: "Evicted", message: "", isDisruption: true)
        carryOut(node.fail(uid, verdict, at: now), touching: [uid])
    }

    // MARK: The cloud

    private mutating func send(_ message: Message) {
        latest[message.name] = message
        inFlight.append(message)
    }

    private mutating func wantAnother() {
        sentCount += 1
        let pod = Pod.drawn(
            Self.names[chance.below(Self.names.count)],
            uid: "uid-\(1_000 + sentCount)",
            version: sentCount,
            &chance
        )
        send(Message(pod: pod))
    }

    mutating func wantDifferent(isBroken: Bool = false) {
        guard var message = someLatest(), !message.isDeletion else { return }
        sentCount += 1
        message.pod.metadata.resourceVersion = "\(sentCount)"
        if isBroken {
            let kind = Broken.allCases[chance.below(Broken.allCases.count)]
            message.pod.spec.containers[0].image = "\(kind.rawValue):\(sentCount)"
        } else if chance.once(in: 2) {
            message.pod.spec.containers[0].image = "oci:a:\(sentCount)"
        } else if chance.once(in: 3), message.pod.spec.containers.count > 1 {
            message.pod.spec.containers.removeLast()
        }
        send(message)
    }

    private mutating func wantGone() {
        guard var message = someLatest(), !message.isDeletion else { return }
        sentCount += 1
        message.pod.metadata.resourceVersion = "\(sentCount)"
        message.isDeletion = true
        message.graceSeconds = chance.once(in: 2) ? nil : Int64(chance.below(4))
        send(message)
    }

    private mutating func someLatest() -> Message? {
        let names = latest.keys.sorted()
        return names.isEmpty ? nil : latest[names[chance.below(names.count)]]
    }

    /// One of the messages that may come next: versions of one pod in any order, pods in theirs.
    mutating func deliver() {
        let candidates = inFlight.indices.filter { index in
            !inFlight[..<index].contains {
                $0.name == inFlight[index].name && $0.uid != inFlight[index].uid
            }
        }
        guard !candidates.isEmpty else { return }
        let message = inFlight.remove(at: candidates[chance.below(candidates.count)])
        arrived.append(message)
        arrive(message)
    }

    /// As the inbox does: decide by the order of versions, write, acknowledge, ring.
    private mutating func arrive(_ message: Message) {
        let stored = disk.desired[message.name]
        let decision = VersionOrder.decide(stored: stored?.version, incoming: message.version)
        let isTaken =
            switch decision {
            case .new, .newer: !(stored == nil && message.isDeletion)
            case .otherUID: !message.isDeletion
            case .stale: flaw == .takesStaleVersions
            case .same: false
            }
        if !(decision == .otherUID && message.isDeletion) { model.acknowledged(message) }
        guard isTaken else { return }
        if stored?.uid == message.uid { model.excuse(message.uid) }
        disk.desired[message.name] = message
        // The daemon may be killed here: what is on disk is enough.
        guard !chance.once(in: 16) else { return killDaemon() }
        carryOut(
            node.reconcile(changed: [message.desired], gone: [], at: now),
            touching: [message.uid]
        )
    }
}

extension Pod {
    /// A pod by chance.
    fileprivate static func drawn(
        _ name: String,
        uid: String,
        version: Int,
        _ chance: inout SeededGenerator
    ) -> Pod {
        var main = Container(name: "a", image: "oci:a:0")
        let action = Probe.Action.tcpSocket(port: .number(80), host: nil)
        if chance.once(in: 4) { main.livenessProbe = Probe(action: action, periodSeconds: 5) }
        if chance.once(in: 4) { main.readinessProbe = Probe(action: action, periodSeconds: 5) }
        if chance.once(in: 8) {
            main.startupProbe = Probe(action: action, periodSeconds: 5, failureThreshold: 9)
        }
        if chance.once(in: 8) { main.hooks.preStop = .sleep(seconds: 3) }
        if chance.once(in: 8) { main.hooks.postStart = .ask(action) }
        var spec = PodSpec(
            containers: [main],
            restartPolicy: RestartPolicy.allCases[chance.below(3)],
            terminationGracePeriodSeconds: Int64(chance.below(31))
        )
        if chance.once(in: 2) { spec.containers.append(Container(name: "b", image: "oci:b:0")) }
        if chance.once(in: 2) { spec.initContainers.append(Container(name: "first", image: "i")) }
        if chance.once(in: 3) {
            spec.initContainers.append(
                Container(name: "side", image: "oci:side:0", restartPolicy: .always)
            )
        }
        if chance.once(in: 8) { spec.activeDeadlineSeconds = Int64(20 + chance.below(400)) }
        var metadata = ObjectMetadata(name: name, uid: uid, resourceVersion: "\(version)")
        if chance.once(in: 2) {
            metadata.annotations[PodAnnotations.progressDeadline] = "\(5 + chance.below(100))"
        }
        if spec.restartPolicy != .always, chance.once(in: 2) {
            metadata.annotations[PodAnnotations.backoffLimit] = "\(chance.below(4))"
        }
        return Pod(metadata: metadata, spec: spec)
    }
}
