extension PodLifecycle {
    /// Shortens the waits for images; whether there were any.
    mutating func linkReturned(retryingAt time: Int64) -> Bool {
        var isShorter = false
        for index in containers.indices {
            isShorter = containers[index].linkReturned(retryingAt: time) || isShorter
        }
        return isShorter
    }
}

extension ContainerLifecycle {
    // Source: Kubernetes' reason for a pull that failed; other reasons are not the network's.
    private static let linkReason = "ErrImagePull"

    fileprivate mutating func linkReturned(retryingAt time: Int64) -> Bool {
        if case .imageFailed(let problem, let until) = state, problem.reason == Self.linkReason,
            until > time
        {
            state = .imageFailed(problem, until: time)
            return true
        }
        guard let retryAt = upgrade?.retryAt, retryAt > time else { return false }
        upgrade?.retryAt = time
        return true
    }
}
