internal import KubeModel

/// How willingly the kernel ends a container when the machine's memory is short.
///
/// Source: Kubernetes, "Node out of memory behavior": -997 for Guaranteed, 1000 for BestEffort, and for
/// Burstable the less the more memory it asked for, between 3 and 999.
enum OutOfMemoryScore {
    static func of(_ container: Container, in pod: Pod, memoryBytes: Int64) -> Int {
        switch pod.spec.qosClass {
        case .guaranteed: return -997
        case .bestEffort: return 1_000
        case .burstable:
            let asked =
                container.resources.requests["memory"] ?? container.resources.limits["memory"]
            let bytes = (asked?.nano ?? 0) / 1_000_000_000
            guard memoryBytes > 0 else { return 999 }
            let share = Double(bytes) / Double(memoryBytes)
            return 1_000 - min(max(Int(min(share, 1) * 1_000), 1), 997)
        }
    }
}
