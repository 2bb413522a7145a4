internal import Glibc
internal import Host
internal import KubeModel
internal import Lifecycle
internal import Logging
internal import StateStore

extension Supervisor {
    /// Compares what is wanted with what is there: everything once, then what has changed.
    func reconcile() async {
        // Before anything is read: who comes later may have written what is not read here.
        let readers = readers ?? []
        self.readers = []
        defer { for reader in readers { reader.resume() } }
        let changes: PodChanges
        let refusedBefore = refusals
        do throws(StoreError) {
            changes = try await store.takePodChanges()
            try await readRefusals()
        } catch {
            return note(error: "\(error)", reason: "DatabaseFailed")
        }
        // The answer to what was refused is part of a pod's status.
        var touched: Set<String> = []
        for key in Set(refusals.keys).union(refusedBefore.keys)
        where refusals[key] != refusedBefore[key] {
            touched.formUnion(node.uids(ofName: key))
        }
        switch changes {
        case .all(let objects): await reconcile(all: objects, touching: touched)
        case .some(let changes): await reconcile(changes, touching: touched)
        }
        await refreshVolumes()
        await publishRefusedWithoutPod()
        await publishDesiredSoon()
    }

    private func reconcile(all objects: [DesiredObject], touching touched: Set<String>) async {
        wantedUIDs = [:]
        let pods = objects.compactMap { wanted($0) }
        let before = node.pods
        let actions = node.reconcile(pods, at: clock())
        let changed = node.pods.filter { $0.value != before[$0.key] }
        await carryOut(actions, touching: touched.union(changed.keys))
    }

    private func reconcile(
        _ changes: [(ObjectName, object: DesiredObject?)],
        touching touched: Set<String>
    ) async {
        var touched = touched
        var pods: [DesiredPod] = []
        var gone: [String] = []
        for (name, object) in changes {
            let key = Self.key(name.namespace, name.name)
            touched.formUnion(node.uids(ofName: key))
            guard let object else {
                wantedUIDs[key] = nil
                gone.append(key)
                continue
            }
            touched.insert(object.uid)
            if let pod = wanted(object) { pods.append(pod) }
        }
        let actions = node.reconcile(changed: pods, gone: gone, at: clock())
        await carryOut(actions, touching: touched)
    }

    /// A stored object as a pod that is wanted; notes whom its name belongs to.
    private func wanted(_ object: DesiredObject) -> DesiredPod? {
        wantedUIDs[Self.key(object.namespace, object.name)] = object.uid
        do throws(ObjectError) {
            return DesiredPod(
                pod: try object.pod(),
                isDeletionRequested: object.deletionRequestedAt != nil,
                graceSeconds: object.deletionGracePeriodSeconds
            )
        } catch {
            // An object that an older version took and this one does not read: what runs goes on.
            note(error: "\(error)", reason: error.reason, object.namespace, object.name)
            return node.pods[object.uid].map { DesiredPod(pod: $0.pod) }
        }
    }

    /// Reads again what was refused.
    func readRefusals() async throws(StoreError) {
        let stored = try await store.refusals()
        var refusals: [String: Refusal] = [:]
        for refusal in stored where refusal.reference.kind == .pod {
            refusals[Self.key(refusal.reference.namespace, refusal.reference.name)] = refusal
        }
        self.refusals = refusals
    }

    /// Writes down what has changed, then does what was decided.
    ///
    /// In this order, because after a crash in between the record says that something was about to
    /// start, and the lock on its instance file says whether it did.
    func carryOut(_ actions: [NodeLifecycle.Action], touching uids: Set<String>) async {
        for uid in uids.union(actions.map(\.uid)) { await save(uid) }
        for action in actions { await carryOut(action) }
    }

    func carryOut(_ action: NodeLifecycle.Action) async {
        guard let pod = node.pods[action.uid]?.pod else { return }
        switch action.action {
        case .remove: await finish(action.uid)
        case .container(let name, .ensureImage):
            guard let container = pod.container(name) else { return }
            effects.append(.image(pod, container))
        case .container(let name, .start(let attempt)):
            guard let container = pod.container(name) else { return }
            let instance = Instance(uid: action.uid, container: name, attempt: attempt)
            effects.append(.start(instance, pod, container))
            watchStorage(of: pod)
        case .container(let name, .check(let check, let question, let timeoutNanoseconds)):
            guard let container = pod.container(name) else { return }
            effects.append(
                .ask(
                    Asked(
                        check: check,
                        action: question,
                        timeoutNanoseconds: timeoutNanoseconds,
                        instance: Instance(
                            uid: action.uid,
                            container: name,
                            attempt: check.attempt
                        ),
                        pod: pod,
                        container: container
                    )
                )
            )
        case .container(let name, .terminate(let attempt)):
            signal(SIGTERM, Instance(uid: action.uid, container: name, attempt: attempt))
        case .container(let name, .kill(let attempt)):
            signal(SIGKILL, Instance(uid: action.uid, container: name, attempt: attempt))
        case .note(let note), .container(_, .note(let note)): await report(note, about: action.uid)
        }
    }

    private func signal(_ number: Int32, _ instance: Instance) {
        guard let workload = workloads[instance] else {
            // Why: without a process nobody would ever tell its end; so look, and say what is there.
            effects.append(.lookAgain(instance, .unknown))
            return
        }
        workload.signal(number)
    }

    /// A process of ours ended.
    func ended(_ instance: Instance, _ exit: ProcessExit) async {
        let container = node.pods[instance.uid]?.container(instance.container)
        guard container?.attempt == instance.attempt else { return workloads[instance] = nil }
        if host.exitRecord(instance) == nil, host.isAlive(instance) {
            // Another process runs this very instance: one that an earlier life started at the last moment.
            effects.append(.lookAgain(instance, exit))
            return
        }
        workloads[instance] = nil
        await tellEnd(of: instance, exit)
    }

    /// What looking again has found.
    func adopted(_ instance: Instance, _ found: AdoptedWorkload?, _ exit: ProcessExit) async {
        guard let found else {
            workloads[instance] = nil
            return await tellEnd(of: instance, exit)
        }
        workloads[instance] = found.workload
        let event = ContainerLifecycle.Event.found(
            attempt: instance.attempt,
            startedAt: Timestamp(nanosecondsSinceEpoch: found.startedAtNanoseconds)
        )
        let actions = node.handle(event, of: instance.container, in: instance.uid, at: clock())
        await carryOut(actions, touching: [instance.uid])
    }

    func tellEnd(of instance: Instance, _ exit: ProcessExit, isReboot: Bool = false) async {
        let pod = node.pods[instance.uid]
        let now = clock()
        let ending = Ending(
            exit: exit,
            record: host.exitRecord(instance),
            isOutOfMemory: host.wasEndedForMemory(instance),
            isReboot: isReboot,
            startedAt: pod?.container(instance.container)?.startedAt,
            now: now.wall,
            containerID: "swiftlet://\(instance)"
        )
        let event = ContainerLifecycle.Event.exited(attempt: instance.attempt, ending.event)
        let end = ending.event.termination
        logger.info(
            "container ended",
            metadata: [
                "instance": "\(instance)", "exitCode": "\(end.exitCode)", "reason": "\(end.reason)",
            ]
        )
        let actions = node.handle(event, of: instance.container, in: instance.uid, at: now)
        untoldEnds.insert(instance.uid)
        await carryOut(actions, touching: [instance.uid])
    }

    static func key(_ namespace: String, _ name: String) -> String { "\(namespace)/\(name)" }
}

extension Pod {
    /// The container, or init container, of a name.
    func container(_ name: String) -> Container? {
        (spec.initContainers + spec.containers).first { $0.name == name }
    }
}
