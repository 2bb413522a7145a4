import KubeModel
import Lifecycle

extension World {
    /// Does one of the things that were asked for.
    mutating func answer(_ index: Int) {
        guard pending.indices.contains(index) else { return }
        switch pending.remove(at: index) {
        case .image(let uid, let container, let image):
            let one = Instance(uid: uid, container: container, attempt: 0)
            guard isMissing(image) || !isCalm && chance.once(in: 5) else {
                return tell(.imageReady(imageID: "sha256:\(image)", of: image), one)
            }
            tell(.imageFailed(.init(reason: "ErrImagePull", message: "no route"), of: image), one)
        case .start(let one, let image):
            guard isMissing(image) || !isCalm && chance.once(in: 8) else {
                return begin(one, image)
            }
            let problem = ContainerLifecycle.Problem(reason: "CreateContainerError", message: "")
            tell(.startFailed(attempt: one.attempt, problem), one)
        case .tell(let event, let one): tell(event, one)
        case .check(let check, let one):
            let isDeaf =
                check.kind == .readiness && images[one]?.hasPrefix(Broken.deaf.rawValue) == true
            let isWell = alive.contains(one) && !isDeaf && (isCalm || !chance.once(in: 3))
            tell(.checked(check, isWell ? .yes : .no("refused")), one)
        }
    }

    private func isMissing(_ image: String) -> Bool { image.hasPrefix(Broken.missing.rawValue) }

    private mutating func begin(_ one: Instance, _ image: String, isHeard: Bool = true) {
        guard let pod = node.pods[one.uid]?.pod else { return }
        model.began(one, pod, beside: alive, at: monotonic)
        alive.insert(one)
        images[one] = image
        disk.traces.insert(one)
        if isHeard { pending.append(.tell(.started(attempt: one.attempt, at: now.wall), one)) }
        if image.hasPrefix(Broken.crashing.rawValue) { end(one, code: 1, isHeard: isHeard) }
    }

    /// The daemon is killed: what it had asked for is lost, or done and nobody hears of it.
    mutating func killDaemon() {
        let asked = pending
        pending = []
        for case .start(let one, let image) in asked
        where !isMissing(image) && chance.once(in: 2) {
            begin(one, image, isHeard: false)
        }
        recover()
    }

    /// The power goes: every process is gone and wrote nothing; the clocks begin anew.
    mutating func cutPower() {
        pending = []
        for one in alive.sorted() { model.ended(one, code: 137, at: monotonic) }
        alive = []
        model.excuse(nil)
        model.lostTime()
        boot += 1
        monotonic = Int64(chance.below(60)) * 1_000_000_000
        wall = chance.once(in: 2) ? 0 : wall
        if flaw == .losesAcknowledged, let name = disk.desired.keys.min() {
            disk.desired[name] = nil
        }
        recover()
    }

    /// As the supervisor does when it starts: records, then processes, then what is wanted.
    private mutating func recover() {
        node = NodeLifecycle()
        for uid in disk.observed.keys.sorted() {
            if flaw == .forgetsRecords { continue }
            guard let pod = disk.restored(uid, bootID: bootID, flaw) else {
                model.fail("\(uid) could not be restored")
                continue
            }
            node.restore(pod)
        }
        for one in disk.wanted where node.pods[one.pod.metadata.uid] == nil {
            let uid = one.pod.metadata.uid
            guard flaw != .forgetsRecords, disk.traces.contains(where: { $0.uid == uid }) else {
                continue
            }
            node.restore(PodLifecycle(one.pod), hasPlace: true)
        }
        for uid in node.pods.keys.sorted() { recover(uid) }
        let uids = node.pods.keys.sorted()
        carryOut(node.reconcile(disk.wanted, at: now), touching: uids)
    }

    private mutating func recover(_ uid: String) {
        let isReboot = disk.observed[uid].map { $0.bootID != bootID } ?? false
        for container in node.pods[uid]?.containers ?? [] {
            let running = alive.filter { $0.uid == uid && $0.container == container.name }
            if let one = running.max(), flaw != .overlooksProcesses {
                tell(.found(attempt: one.attempt, startedAt: now.wall), one)
            } else if container.mayHaveProcess {
                missed(container, uid, isReboot: isReboot)
            }
        }
        carryOut(node.settle(uid, at: now), touching: [uid])
    }

    private mutating func missed(
        _ container: ContainerLifecycle,
        _ uid: String,
        isReboot: Bool
    ) {
        let one = Instance(uid: uid, container: container.name, attempt: container.attempt)
        let isStarting = if case .starting = container.state { true } else { false }
        if isStarting, !disk.traces.contains(one), disk.endings[one] == nil {
            return tell(.neverStarted(attempt: one.attempt), one)
        }
        let code = disk.endings[one]
        tell(Self.exit(of: one, code: code ?? 137, isReboot: isReboot && code == nil), one)
    }

    /// Nothing new is wanted and nothing fails any more: then what runs is what is wanted.
    mutating func becomeQuiet() {
        isCalm = true
        let last = chance.below(6)
        for (round, seconds) in Self.quietSeconds.enumerated() {
            // One more version, to pods that serve by now; it may be the one that does not work.
            if round == 2, last < 4 { wantDifferent(isBroken: last < 3) }
            while !inFlight.isEmpty { deliver() }
            // What nobody will ask for again must be known to the next life of the daemon too.
            if round == 3, last.isMultiple(of: 3) { killDaemon() }
            if round == 3, last % 3 == 1 { cutPower() }
            var answers = 0
            // Each answer may ask for more; why 1,000: nine processes need some dozen.
            while !pending.isEmpty, answers < 1_000 {
                answer(0)
                answers += 1
            }
            if answers == 1_000 { model.fail("it never comes to rest") }
            for one in alive.sorted() where one.container == "first" { end(one, code: 0) }
            pass(seconds * 1_000_000_000)
            check()
        }
        while !pending.isEmpty, fault == nil { answer(0) }
        checkQuiet()
    }

    // Why these: a grace, a deadline and a start first, then the longest back-off a few times over.
    private static let quietSeconds: [Int64] =
        [30, 30, 30, 30, 30, 301, 301, 301, 30, 30]

    private mutating func checkQuiet() {
        let wanted = Set(disk.desired.values.map(\.uid))
        for one in alive where !wanted.contains(one.uid) { model.fail("\(one) is not wanted") }
        for uid in node.pods.keys where !wanted.contains(uid) { model.fail("\(uid) never went") }
        for message in disk.desired.values {
            guard let pod = node.pods[message.uid] else {
                model.fail("\(message.uid) is wanted and is not there")
                continue
            }
            if message.isDeletion { model.fail("\(message.uid) was to go and is there") }
            if disk.observed[message.uid]?.status.phase != pod.status.phase {
                model.fail("\(message.uid) is not what was reported")
            }
            if message.pod.spec.activeDeadlineSeconds != nil, !pod.status.phase.isTerminal {
                model.fail("\(message.uid) is active past its deadline")
            }
            guard message.pod.spec.restartPolicy == .always, !pod.status.phase.isTerminal else {
                continue
            }
            if message.pod.isBroken || pod.status.condition(ConditionType.rolledBack) != nil {
                checkRollback(message.pod, pod)
                continue
            }
            let running = Set(alive.filter { $0.uid == message.uid }.map(\.container))
            for container in message.pod.spec.containers where !running.contains(container.name) {
                let state = pod.container(container.name)?.state
                model.fail(
                    "\(message.uid)/\(container.name) does not run: \(String(describing: state))"
                )
            }
            let isReady = pod.status.condition(ConditionType.ready)?.status == .yes
            if !isReady { model.fail("\(message.uid) runs and is not ready") }
        }
    }

    /// A version that did not work gave way to the last one that did, if the pod asked for that.
    private mutating func checkRollback(_ wanted: Pod, _ pod: PodLifecycle) {
        let isBack = pod.status.condition(ConditionType.rolledBack) != nil
        guard wanted.isGuarded, let good = model.proven[pod.uid] else {
            if isBack, !wanted.isGuarded { model.fail("\(pod.uid) went back unasked") }
            return
        }
        guard isBack else { return model.fail("\(pod.uid) did not go back to \(good)") }
        if pod.pod.isBroken { model.fail("\(pod.uid) went back to what does not work") }
        if pod.pod.imageNumber < good {
            model.fail("\(pod.uid) went back to \(pod.pod.imageNumber), not to \(good)")
        }
        for spec in pod.pod.spec.containers {
            let runs = alive.contains {
                $0.uid == pod.uid && $0.container == spec.name && images[$0] == spec.image
            }
            if !runs { model.fail("\(pod.uid)/\(spec.name) does not run \(spec.image)") }
        }
    }
}
