public import KubeModel

/// Amounts of what a node has and pods ask for.
public struct ResourceAmounts: Equatable, Sendable {
    /// Processors, in thousandths.
    public var processorMillicores: Int64
    /// Memory in bytes.
    public var memoryByteCount: Int64
    /// Local disk in bytes: logs, volumes, files of containers.
    public var storageByteCount: Int64

    /// Amounts made in code.
    public init(
        processorMillicores: Int64 = 0,
        memoryByteCount: Int64 = 0,
        storageByteCount: Int64 = 0
    ) {
        self.processorMillicores = processorMillicores
        self.memoryByteCount = memoryByteCount
        self.storageByteCount = storageByteCount
    }

    /// Amounts by Kubernetes' names; others are left out.
    public init(_ quantities: [String: Quantity]) {
        self.init(
            processorMillicores: quantities["cpu"]?.milli ?? 0,
            memoryByteCount: quantities["memory"]?.value ?? 0,
            storageByteCount: quantities["ephemeral-storage"]?.value ?? 0
        )
    }

    private func combined(
        _ other: ResourceAmounts,
        _ combine: (Int64, Int64) -> Int64
    ) -> ResourceAmounts {
        ResourceAmounts(
            processorMillicores: combine(processorMillicores, other.processorMillicores),
            memoryByteCount: combine(memoryByteCount, other.memoryByteCount),
            storageByteCount: combine(storageByteCount, other.storageByteCount)
        )
    }

    /// Both together, each cut to what fits.
    public static func + (left: ResourceAmounts, right: ResourceAmounts) -> ResourceAmounts {
        left.combined(right) { first, second in
            let (sum, overflow) = first.addingReportingOverflow(second)
            return overflow ? (second < 0 ? .min : .max) : sum
        }
    }

    /// What is left, never less than nothing.
    public static func - (left: ResourceAmounts, right: ResourceAmounts) -> ResourceAmounts {
        left.combined(right) { first, second in
            let (difference, overflow) = first.subtractingReportingOverflow(second)
            return overflow ? (second < 0 ? .max : 0) : max(0, difference)
        }
    }

    /// Of each the larger one.
    public func maximum(_ other: ResourceAmounts) -> ResourceAmounts { combined(other, max) }
}

extension ResourceAmounts {
    // Why: a request may be as large as a number can be; a sum of a few of them must still fit.
    private static let amountMax: Int64 = .max / 65_536

    fileprivate var bounded: ResourceAmounts {
        combined(self) { first, _ in min(max(0, first), Self.amountMax) }
    }
}

extension PodSpec {
    /// What must be free for the pod: all that runs side by side, or the hungriest init container with
    /// the sidecars before it, whichever is more.
    ///
    /// Source: Kubernetes, "Sidecar Containers", "Resource sharing within containers".
    public var requested: ResourceAmounts {
        var sidecars = ResourceAmounts()
        var peak = ResourceAmounts()
        for container in initContainers {
            let own = ResourceAmounts(container.resources.requests).bounded
            if container.restartPolicy == .always { sidecars = sidecars + own }
            peak = peak.maximum(container.restartPolicy == .always ? sidecars : sidecars + own)
        }
        let together = containers.reduce(sidecars) { sum, container in
            sum + ResourceAmounts(container.resources.requests).bounded
        }
        return together.maximum(peak)
    }
}
