internal import Documents
internal import Host
internal import KubeModel
internal import Lifecycle
internal import Logging
internal import StateStore

extension Supervisor {
    /// Takes over what an earlier life of the daemon left: records from the database, processes by
    /// their locks.
    func recover() async {
        let snapshot: StoreSnapshot
        do throws(StoreError) {
            snapshot = try await store.snapshot()
            try await readRefusals()
        } catch {
            return note(error: "\(error)", reason: "DatabaseFailed")
        }
        let desired = Dictionary(
            snapshot.desired.filter { $0.kind == .pod }.map { ($0.uid, $0) }
        ) { first, _ in first }
        // Known before the first status is computed: who has a name decides who is reported under it.
        for object in snapshot.desired where object.kind == .pod {
            wantedUIDs[Self.key(object.namespace, object.name)] = object.uid
        }
        var bootIDs: [String: String] = [:]
        for observed in snapshot.observed {
            bootIDs[observed.uid] = restore(observed, desired[observed.uid])
        }
        // Processes of pods whose record was lost are found when the pod is known.
        for object in snapshot.desired where object.kind == .pod && node.pods[object.uid] == nil {
            guard let pod = try? object.pod(), mayHaveProcesses(pod) else { continue }
            node.restore(PodLifecycle(pod), hasPlace: true)
        }
        // This machine's own pods first, then the important ones.
        for pod in node.pods.values.map(\.pod).sorted(by: { $0.startsBefore($1) }) {
            await recover(pod.metadata.uid, bootIDs[pod.metadata.uid])
        }
        let adopted = workloads.count
        logger.notice(
            "recovered",
            metadata: ["pods": "\(node.pods.count)", "adoptedProcesses": "\(adopted)"]
        )
    }

    private func mayHaveProcesses(_ pod: Pod) -> Bool {
        (pod.spec.initContainers + pod.spec.containers).contains {
            !host.attempts(ofContainer: $0.name, in: pod.metadata.uid).isEmpty
        }
    }

    /// Puts in a pod as its record says; answers which boot the record is of.
    private func restore(_ observed: ObservedPod, _ desired: DesiredObject?) -> String? {
        do {
            let record = try Document(json: observed.record)
            let report = try PodReport(Document(json: observed.status))
            // One that is wanted no more, or was replaced, only has to end: its names are enough.
            let pod = try desired?.pod() ?? .remains(of: report.metadata, record)
            let restored = try PodLifecycle(
                pod,
                record: record["lifecycle"] ?? .null,
                status: report.status,
                bootID: configuration.bootID
            )
            if let address = report.status.podIP {
                addresses.restore(address, for: observed.uid)
            }
            node.restore(restored)
            return record["lifecycle"]?["bootID"]?.string
        } catch {
            note(
                error: "the record of the pod is not readable and is begun anew: \(error)",
                reason: "RecordUnreadable",
                observed.namespace,
                observed.name
            )
            if let pod = try? desired?.pod() { node.restore(PodLifecycle(pod), hasPlace: true) }
            return nil
        }
    }

    /// Finds out what became of each process of a pod.
    private func recover(_ uid: String, _ bootID: String?) async {
        let isReboot = bootID != nil && bootID != configuration.bootID
        for container in node.pods[uid]?.containers ?? [] {
            let attempts = Set(host.attempts(ofContainer: container.name, in: uid))
                .union(container.attempt > 0 ? [container.attempt] : [])
            var isFound = false
            for attempt in attempts.sorted(by: >) {
                let instance = Instance(uid: uid, container: container.name, attempt: attempt)
                guard host.isAlive(instance), let found = await adopt(instance) else { continue }
                if isFound {
                    // Two of one container cannot be; the newer one stays.
                    logger.error(
                        "a second process of a container",
                        metadata: ["instance": "\(instance)"]
                    )
                    found.workload.signal(9)
                    continue
                }
                isFound = true
                await adopted(instance, found, .unknown)
            }
            if !isFound, container.mayHaveProcess { await missed(container, uid, isReboot) }
        }
        if let pod = node.pods[uid]?.pod { watchStorage(of: pod) }
        await carryOut(node.settle(uid, at: clock()), touching: [uid])
    }

    private func adopt(_ instance: Instance) async -> AdoptedWorkload? {
        await host.adopt(instance) { [post] exit in post.yield(.ended(instance, exit)) }
    }

    /// The record says that there was a process, or was about to be, and there is none.
    private func missed(_ container: ContainerLifecycle, _ uid: String, _ isReboot: Bool) async {
        let instance = Instance(uid: uid, container: container.name, attempt: container.attempt)
        let hasTrace = host.attempts(ofContainer: container.name, in: uid).contains(
            container.attempt
        )
        let isStarting = if case .starting = container.state { true } else { false }
        if isStarting, !hasTrace, host.exitRecord(instance) == nil {
            let event = ContainerLifecycle.Event.neverStarted(attempt: container.attempt)
            let actions = node.handle(event, of: container.name, in: uid, at: clock())
            return await carryOut(actions, touching: [uid])
        }
        await tellEnd(
            of: instance,
            .unknown,
            isReboot: isReboot && host.exitRecord(instance) == nil
        )
    }
}

extension Pod {
    /// As much of a pod as is needed to end it.
    fileprivate static func remains(of metadata: ObjectMetadata, _ record: Document) -> Pod {
        let names = (record["lifecycle"]?["containers"]?.array ?? []).compactMap {
            $0["name"]?.string
        }
        let spec = PodSpec(
            containers: names.map { Container(name: $0, image: "") },
            terminationGracePeriodSeconds: record["graceSeconds"]?.integer ?? 30
        )
        return Pod(metadata: metadata, spec: spec)
    }
}
