internal import Documents
internal import KubeModel

extension PodLifecycle {
    /// Which end of a container starts it again.
    func restartPolicy(ofContainer name: String) -> RestartPolicy {
        if let container = pod.spec.initContainers.first(where: { $0.name == name }) {
            if container.restartPolicy == .always { return .always }
            return pod.spec.restartPolicy == .never ? .never : .onFailure
        }
        // Why: with a limit, Never means what it means for a Job: what failed is tried again.
        if pod.spec.restartPolicy == .never, annotations.backoffLimit != nil { return .onFailure }
        return pod.spec.restartPolicy
    }

    func isSidecar(_ name: String) -> Bool {
        pod.spec.initContainers.contains { $0.name == name && $0.restartPolicy == .always }
    }

    /// Goes as far as it can: looks at the whole, whatever happened, and asks for what is missing.
    mutating func advance(at now: Moment) -> [Action] {
        dropGone()
        if let end = endAtDeadline(at: now) { return end }
        var actions: [Action] = []
        if isDeleting {
            // Why not while it is held: the last that is said of a name must be said by the last of it.
            if !isHeld, containers.allSatisfy({ $0.state == .finished }), !hasAskedForRemoval {
                hasAskedForRemoval = true
                actions.append(.remove)
            }
        } else if !isHeld, verdict == nil {
            if startTime == nil { startTime = now.wall }
            actions += startNext(at: now)
        }
        noteActivity(at: now)
        refreshStatus(at: now)
        return actions + watchRollout(at: now)
    }

    /// Forgets containers of an earlier spec that have ended.
    private mutating func dropGone() {
        let names = Set((pod.spec.initContainers + pod.spec.containers).map(\.name))
        containers.removeAll { container in
            guard !names.contains(container.name), container.state == .finished else {
                return false
            }
            retired.retire(container)
            return true
        }
    }

    private mutating func startNext(at now: Moment) -> [Action] {
        var actions: [Action] = []
        for container in pod.spec.initContainers {
            guard let state = self.container(container.name) else { continue }
            if isSidecar(container.name) {
                if isWorkDone { continue }
                actions += start(container.name)
                guard state.hasStarted else { return actions }
            } else if !state.hasSucceeded {
                // A finished one that has not succeeded never will: the pod has failed.
                if state.state == .finished { return actions + stopSidecars(at: now) }
                return actions + start(container.name)
            }
        }
        if isWorkDone { return actions + stopSidecars(at: now) }
        for container in pod.spec.containers { actions += start(container.name) }
        return actions
    }

    /// Whether every container that is not an init container has ended for good.
    var isWorkDone: Bool {
        pod.spec.containers.allSatisfy { container($0.name)?.state == .finished }
    }

    private mutating func start(_ name: String) -> [Action] {
        guard let index = containers.firstIndex(where: { $0.name == name }) else { return [] }
        guard containers[index].state == .waiting else { return [] }
        containers[index].startsAfterStop = false
        if let spec = (pod.spec.initContainers + pod.spec.containers).first(where: {
            $0.name == name
        }) {
            containers[index].checks = ContainerChecks(spec, in: pod)
            containers[index].image = spec.image
            containers[index].fingerprint = pod.fingerprint(ofContainer: name)
        }
        return wrap(containers[index].start(), name)
    }

    private mutating func stopSidecars(at now: Moment) -> [Action] {
        let grace = nanoseconds(ofSeconds: pod.spec.terminationGracePeriodSeconds)
        var actions: [Action] = []
        for index in containers.indices where isSidecar(containers[index].name) {
            guard containers[index].state != .finished else { continue }
            if case .stopping = containers[index].state { continue }
            let name = containers[index].name
            actions += wrap(containers[index].stop(graceNanoseconds: grace, at: now), name)
        }
        return actions
    }
}

extension Pod {
    /// A number that changes when what a container is started with changes.
    ///
    /// FNV-1a over the container's and the volumes' JSON; see ``PodLifecycle/update(_:at:)``.
    func fingerprint(ofContainer name: String) -> UInt64 {
        var spec = PodSpec(
            containers: (self.spec.initContainers + self.spec.containers).filter { $0.name == name }
        )
        spec.volumes = self.spec.volumes
        spec.hostNetwork = self.spec.hostNetwork
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in spec.document.json() { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
