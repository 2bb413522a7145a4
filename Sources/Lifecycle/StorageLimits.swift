public import KubeModel

/// What a pod's files take on this node.
public struct StorageUsage: Equatable, Sendable {
    /// Bytes of volumes, by name.
    public var volumeByteCounts: [String: Int64]
    /// Bytes that containers wrote, and of their logs, by name.
    public var containerByteCounts: [String: Int64]

    /// A measurement.
    public init(
        volumeByteCounts: [String: Int64] = [:],
        containerByteCounts: [String: Int64] = [:]
    ) {
        self.volumeByteCounts = volumeByteCounts
        self.containerByteCounts = containerByteCounts
    }
}

extension Pod {
    /// Whether it may use so much of the disk only, or of a volume.
    public var limitsStorage: Bool {
        spec.volumes.contains { $0.source.sizeLimit != nil }
            || (spec.initContainers + spec.containers).contains { $0.storageLimit != nil }
    }

    /// The end of a pod that has written more than it may; nil for one that has not.
    ///
    /// Source: the kubelet's eviction manager: empty folders first, then the pod, then its containers; the
    /// words are its own.
    public func storageVerdict(_ usage: StorageUsage) -> PodVerdict? {
        for volume in spec.volumes {
            guard let limit = volume.source.sizeLimit, limit.nano > 0,
                let used = usage.volumeByteCounts[volume.name], used > limit.value
            else { continue }
            return .storage(
                "Usage of EmptyDir volume \"\(volume.name)\" exceeds the limit \"\(limit.text)\". "
            )
        }
        if let limit = storageLimit, total(usage) > limit.value {
            return .storage(
                "Pod ephemeral local storage usage exceeds the total limit of containers "
                    + "\(limit.text). "
            )
        }
        for container in spec.initContainers + spec.containers {
            guard let limit = container.storageLimit,
                let used = usage.containerByteCounts[container.name], used > limit.value
            else { continue }
            return .storage(
                "Container \(container.name) exceeded its local ephemeral storage limit "
                    + "\"\(limit.text)\". "
            )
        }
        return nil
    }

    /// What all may write together: the sum of those that run side by side, or the largest of those that
    /// run before, if some container has a limit.
    private var storageLimit: Quantity? {
        let beside = spec.containers + spec.initContainers.filter { $0.restartPolicy == .always }
        let before = spec.initContainers.filter { $0.restartPolicy != .always }
        let all = beside + before
        guard all.contains(where: { $0.storageLimit != nil }) else { return nil }
        var sum: Int64 = 0
        for container in beside {
            sum = sum.addingCut(container.storageLimit?.value ?? 0)
        }
        return Quantity(bytes: max(sum, before.compactMap { $0.storageLimit?.value }.max() ?? 0))
    }

    /// What counts against ``storageLimit``: not what lies in memory, nor what is the host's.
    private func total(_ usage: StorageUsage) -> Int64 {
        var sum: Int64 = 0
        for count in usage.containerByteCounts.values { sum = sum.addingCut(count) }
        for volume in spec.volumes where volume.source.isOnDiskOfPod {
            sum = sum.addingCut(usage.volumeByteCounts[volume.name] ?? 0)
        }
        return sum
    }
}

extension Container {
    fileprivate var storageLimit: Quantity? { resources.limits["ephemeral-storage"] }
}

extension VolumeSource {
    /// How much an empty folder may hold; nil for as much as there is.
    fileprivate var sizeLimit: Quantity? {
        if case .emptyDirectory(let directory) = self { directory.sizeLimit } else { nil }
    }

    fileprivate var isOnDiskOfPod: Bool {
        if case .emptyDirectory(let directory) = self { !directory.isInMemory } else { false }
    }
}

extension PodVerdict {
    // Source: the kubelet ends it within a second, as under hard pressure.
    fileprivate static func storage(_ message: String) -> PodVerdict {
        PodVerdict(reason: "Evicted", message: message, graceSeconds: 1)
    }
}

extension Int64 {
    /// The sum, cut to what fits.
    fileprivate func addingCut(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(Swift.max(0, other))
        return overflow ? .max : sum
    }
}
