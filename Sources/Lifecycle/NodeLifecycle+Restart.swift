internal import KubeModel

extension NodeLifecycle {
    /// Stops containers in good order and starts them again: somebody asked for it.
    ///
    /// What has ended for good stays so, and a pod that is to go goes.
    public mutating func restart(
        _ uid: String,
        _ containers: [String],
        at now: Moment
    ) -> [Action] {
        with(uid) { $0.restart(containers, at: now) }
    }
}

extension PodLifecycle {
    mutating func restart(_ names: [String], at now: Moment) -> [Action] {
        guard !isDeleting, verdict == nil else { return [] }
        let grace = nanoseconds(ofSeconds: pod.spec.terminationGracePeriodSeconds)
        var actions: [Action] = []
        for index in containers.indices where names.contains(containers[index].name) {
            let own = containers[index].fingerprint
            let stop = containers[index].replace(own, grace, at: now)
            actions += wrap(stop, containers[index].name)
        }
        return actions + advance(at: now)
    }
}
