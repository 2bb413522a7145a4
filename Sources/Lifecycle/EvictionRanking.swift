public import KubeModel

/// What a pod uses now of what can run short.
public struct PodUsage: Equatable, Sendable {
    /// Bytes of memory that each container has to itself, by container.
    public var memoryByteCounts: [String: Int64]
    /// Bytes on disk: its volumes, logs and files.
    public var diskByteCount: Int64
    /// Inodes there.
    public var inodeCount: Int64
    /// Processes and threads.
    public var processCount: Int64

    /// What a pod uses.
    public init(
        memoryByteCounts: [String: Int64] = [:],
        diskByteCount: Int64 = 0,
        inodeCount: Int64 = 0,
        processCount: Int64 = 0
    ) {
        self.memoryByteCounts = memoryByteCounts
        self.diskByteCount = diskByteCount
        self.inodeCount = inodeCount
        self.processCount = processCount
    }

    var memoryByteCount: Int64 {
        memoryByteCounts.values.reduce(0) { sum, next in
            let (total, overflow) = sum.addingReportingOverflow(max(0, next))
            return overflow ? .max : total
        }
    }
}

/// A pod that might be evicted.
public struct EvictionCandidate: Equatable, Sendable {
    /// The pod.
    public var pod: Pod
    /// What it uses.
    public var usage: PodUsage

    /// A candidate.
    public init(pod: Pod, usage: PodUsage) {
        self.pod = pod
        self.usage = usage
    }
}

extension NodeEviction.Shortage {
    /// The pod that goes, if one may: of those that use more than they asked for, the least important,
    /// then the one that is furthest above what it asked for; then the others likewise.
    ///
    /// Critical pods never go. Source: Kubernetes, "Node-pressure Eviction", "Pod selection for kubelet
    /// eviction".
    public func victim(among candidates: [EvictionCandidate]) -> EvictionCandidate? {
        candidates.filter { !$0.pod.isCritical }.min { goesBefore($0, $1) }
    }

    private func goesBefore(_ first: EvictionCandidate, _ second: EvictionCandidate) -> Bool {
        let left = excess(of: first)
        let right = excess(of: second)
        // Process ids are not asked for, so that nobody uses more than that.
        if threshold.signal != .processes, (left > 0) != (right > 0) { return left > 0 }
        let priorities = (first.pod.spec.priority, second.pod.spec.priority)
        if priorities.0 != priorities.1 { return priorities.0 < priorities.1 }
        if left != right { return left > right }
        return first.pod.metadata.uid < second.pod.metadata.uid
    }

    /// How much more a pod uses than it asked for; negative for less.
    private func excess(of candidate: EvictionCandidate) -> Int64 {
        let asked = candidate.pod.spec.requested
        let usage = candidate.usage
        let (used, request): (Int64, Int64) =
            switch threshold.signal {
            case .memory: (usage.memoryByteCount, asked.memoryByteCount)
            case .nodeDisk, .imageDisk: (usage.diskByteCount, asked.storageByteCount)
            case .nodeInodes: (usage.inodeCount, 0)
            case .processes: (usage.processCount, 0)
            }
        return max(0, used).subtractingReportingOverflow(max(0, request)).partialValue
    }

    /// What the pod's status says, in the kubelet's words.
    public func verdict(on victim: EvictionCandidate, podGraceSecondsMax: Int64) -> PodVerdict {
        let name = threshold.signal.resourceName
        var message = "The node was low on resource: \(name). "
        message += "Threshold quantity: \(text(quantity)), available: \(text(available)). "
        if threshold.signal == .memory {
            let containers = victim.pod.spec.initContainers + victim.pod.spec.containers
            for container in containers {
                guard let used = victim.usage.memoryByteCounts[container.name] else { continue }
                let asked = container.resources.requests["memory"] ?? Quantity(bytes: 0)
                guard used > asked.value else { continue }
                message += "Container \(container.name) was using \(kibibytes(used)), request is "
                message += "\(asked.text), has larger consumption of memory. "
            }
        }
        return PodVerdict(
            reason: "Evicted",
            message: message,
            graceSeconds: threshold.isHard ? 0 : podGraceSecondsMax,
            isDisruption: true
        )
    }

    private func text(_ amount: Int64) -> String {
        switch threshold.signal {
        case .memory, .nodeDisk, .imageDisk: kibibytes(amount)
        case .nodeInodes, .processes: Quantity(count: amount).text
        }
    }

    private func kibibytes(_ bytes: Int64) -> String {
        Quantity(bytes: bytes / 1_024 * 1_024).text
    }
}
