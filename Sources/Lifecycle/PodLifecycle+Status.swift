internal import KubeModel

extension PodLifecycle {
    /// Computes the status anew; times of transitions stay where nothing changed.
    mutating func refreshStatus(at now: Moment) {
        status.initContainerStatuses = pod.spec.initContainers.compactMap {
            containerStatus($0, isInit: true)
        }
        status.containerStatuses = pod.spec.containers.compactMap {
            containerStatus($0, isInit: false)
        }
        if !isDone { status.phase = phase }
        showVerdict(at: now)
        showRollback()
        status.startTime = startTime
        status.qosClass = pod.spec.qosClass
        setConditions(at: now)
    }

    /// Whether it has ended for good, as far as its status says: what ended once stays so.
    ///
    /// A verdict that was lifted since was for a time only.
    var isDone: Bool { status.phase.isTerminal && status.reason == verdict?.reason }

    /// Where the pod is in its life.
    ///
    /// Source: Kubernetes, "Pod Lifecycle", pod phase; kubelet's rules for containers that wait.
    private var phase: PodPhase {
        if hasFailedInit || verdict != nil && isAtRest { return .failed }
        let states = pod.spec.containers.compactMap { container($0.name) }
        if isDeleting {
            guard containers.allSatisfy({ $0.state == .finished }) else { return standing(states) }
            return states.allSatisfy(\.hasSucceeded) ? .succeeded : .failed
        }
        return standing(states)
    }

    private func standing(_ states: [ContainerLifecycle]) -> PodPhase {
        // One that waits counts as ended once it has run before.
        let waitsForFirst = states.contains { !$0.mayHaveProcess && $0.ended == nil }
        let isStartingFirst = states.contains { state in
            if case .starting = state.state { return state.ended == nil }
            return state.isBeingStarted && state.ended == nil
        }
        if !isInitialized || waitsForFirst || isStartingFirst { return .pending }
        guard states.allSatisfy({ $0.state == .finished }) else { return .running }
        return states.allSatisfy(\.hasSucceeded) ? .succeeded : .failed
    }

    private var hasFailedInit: Bool {
        pod.spec.initContainers.contains { spec in
            guard !isSidecar(spec.name), let state = container(spec.name) else { return false }
            return state.state == .finished && !state.hasSucceeded && state.ended != nil
        }
    }

    /// Whether all init containers have done their part, or did before the pod was done.
    var isInitialized: Bool { uninitialized.isEmpty }

    private var uninitialized: [String] {
        pod.spec.initContainers.filter { spec in
            guard let state = container(spec.name) else { return true }
            if isSidecar(spec.name) {
                return !state.hasStarted && state.ended == nil && !isWorkDone
            }
            return !state.hasSucceeded
        }.map(\.name)
    }

    private func containerStatus(_ spec: Container, isInit: Bool) -> ContainerStatus? {
        guard let container = container(spec.name) else { return nil }
        let isDone = isInit && !isSidecar(spec.name) && container.hasSucceeded
        return ContainerStatus(
            name: spec.name,
            image: spec.image,
            imageID: container.imageID,
            containerID: container.isAttemptUsed
                ? containerID(spec.name, attempt: container.attempt) : nil,
            ready: container.isReady && (!isInit || isSidecar(spec.name)) || isDone,
            restartCount: container.restartCount,
            started: container.hasStarted,
            state: container.shownState(
                image: spec.image,
                isInitializing: !isInit && !isInitialized
            ),
            lastState: container.shownLastState
        )
    }

    func containerID(_ name: String, attempt: Int64) -> String {
        "swiftlet://\(uid)/\(name)/\(attempt)"
    }

    private mutating func setConditions(at now: Moment) {
        let phase = status.phase
        var unready = pod.spec.containers.map(\.name).filter { container($0)?.isReady != true }
        if phase.isTerminal { unready = pod.spec.containers.map(\.name) }
        func set(_ type: String, _ holds: Bool, _ reason: String?, _ message: String?) {
            status.set(
                PodCondition(
                    type: type,
                    status: holds ? .yes : .no,
                    reason: holds && phase != .succeeded ? nil : reason,
                    message: holds || phase.isTerminal ? nil : message,
                    lastTransitionTime: now.wall
                )
            )
        }
        set(ConditionType.podScheduled, true, nil, nil)
        let hasTurn = startTime != nil && !isHeld && !phase.isTerminal
        set(ConditionType.readyToStart, hasTurn, nil, nil)
        let waiting = uninitialized.joined(separator: " ")
        set(
            ConditionType.initialized,
            waiting.isEmpty,
            phase == .succeeded ? "PodCompleted" : "ContainersNotInitialized",
            "containers with incomplete status: [\(waiting)]"
        )
        let reason =
            switch phase {
            case .succeeded: "PodCompleted"
            case .failed: "PodFailed"
            case .pending, .running, .unknown: "ContainersNotReady"
            }
        let message = "containers with unready status: [\(unready.joined(separator: " "))]"
        set(ConditionType.containersReady, unready.isEmpty, reason, message)
        set(ConditionType.ready, unready.isEmpty && !isDeleting, reason, message)
    }
}

extension ContainerLifecycle {
    /// The state as `kubectl` shows it.
    func shownState(image: String, isInitializing: Bool) -> ContainerState {
        switch state {
        case .running where isBeingStarted:
            // Source: Kubernetes: it is not Running until the post-start hook is through.
            let reason = isInitializing ? "PodInitializing" : "ContainerCreating"
            return .waiting(reason: reason, message: nil)
        case .running(_, let startedAt), .stopping(let startedAt, _):
            return .running(startedAt: startedAt)
        case .finished:
            if let ended { return .terminated(ended) }
            return .waiting(reason: "ContainerCreating", message: nil)
        case .backingOff:
            let message = "back-off restarting failed container \(name)"
            return .waiting(reason: "CrashLoopBackOff", message: message)
        case .waiting, .wantingImage, .imageFailed, .starting, .startFailed:
            guard let problem else {
                let reason = isInitializing ? "PodInitializing" : "ContainerCreating"
                return .waiting(reason: reason, message: nil)
            }
            guard problem.isAboutImage, isProblemOld, problem.reason == "ErrImagePull" else {
                return .waiting(reason: problem.reason, message: problem.message)
            }
            let message = "Back-off pulling image \"\(image)\": ErrImagePull: \(problem.message)"
            return .waiting(reason: "ImagePullBackOff", message: message)
        }
    }

    /// How the run before the one that ``shownState(image:isInitializing:)`` is about ended.
    var shownLastState: ContainerState? {
        (state == .finished ? endedBefore : ended).map { .terminated($0) }
    }
}
