internal import Host
internal import KubeModel
internal import Lifecycle

// Pods that may write so much only are measured while they are there; nobody else is.

extension Supervisor {
    // Source: the kubelet's interval of its eviction loop.
    private static let measureAgainNanoseconds: Int64 = 10_000_000_000
    // Why: a walk over many files costs; so all of it takes a hundredth of a processor at most.
    private static let restMultiple: Int64 = 100

    /// Begins to measure, because a pod has begun that may write so much only.
    func watchStorage(of pod: Pod) {
        guard pod.limitsStorage, !isWatchingStorage else { return }
        isWatchingStorage = true
        timers.set(.storage, at: clock().monotonicNanoseconds &+ Self.measureAgainNanoseconds)
    }

    /// Looks at all pods that have a limit; ends when there are none.
    func measureStorage() {
        let pods = node.pods.values.filter { $0.pod.limitsStorage && !$0.isAtRest }.map(\.pod)
        guard !pods.isEmpty else {
            isWatchingStorage = false
            return
        }
        effects.append(.measureStorage(pods))
    }

    /// Reads the folders; off the actor.
    nonisolated func measureStorage(of pods: [Pod]) async {
        let started = clock().monotonicNanoseconds
        let layout = configuration.layout
        let usages = await workshop.run { () -> [(String, StorageUsage)] in
            pods.map { ($0.metadata.uid, StorageGauge(layout: layout, pod: $0).usage()) }
        }
        let took = max(0, clock().monotonicNanoseconds &- started)
        post.yield(.storageMeasured(usages, tookNanoseconds: took))
    }

    /// Ends pods that have written more than they may.
    func storageMeasured(_ usages: [(String, StorageUsage)], tookNanoseconds: Int64) async {
        storageMeasureCount &+= 1
        for (uid, usage) in usages {
            guard let pod = node.pods[uid], pod.verdict == nil,
                let verdict = pod.pod.storageVerdict(usage)
            else { continue }
            await carryOut(node.fail(uid, verdict, at: clock()), touching: [uid])
        }
        let (rest, overflow) = tookNanoseconds.multipliedReportingOverflow(by: Self.restMultiple)
        let pause = max(Self.measureAgainNanoseconds, overflow ? .max / 2 : rest)
        timers.set(.storage, at: clock().monotonicNanoseconds &+ pause)
    }
}
