internal import KubeModel

/// What the pods that were taken ask for in all, kept up to date pod by pod.
struct NodeClaims: Equatable, Sendable {
    private struct Claim: Equatable {
        var version: String
        var amounts: ResourceAmounts
    }

    private var claims: [String: Claim] = [:]
    /// What they ask for together.
    private(set) var total = ResourceAmounts()

    /// How many pods hold a claim.
    var count: Int64 { Int64(claims.count) }

    /// Takes note of how a pod is now; nil for one that is gone.
    mutating func update(_ uid: String, _ pod: PodLifecycle?) {
        let holds = pod.map { $0.isAdmitted && !$0.status.phase.isTerminal } ?? false
        guard holds, let pod else {
            if let old = claims.removeValue(forKey: uid) { total = total - old.amounts }
            return
        }
        let version = pod.pod.metadata.resourceVersion
        let old = claims[uid]
        // Why: most events change nothing about what is asked for.
        guard old?.version != version else { return }
        let amounts = pod.pod.spec.requested
        if let old { total = total - old.amounts }
        claims[uid] = Claim(version: version, amounts: amounts)
        total = total + amounts
    }
}
