/// How long to wait after failures in a row.
///
/// Source: Kubernetes, "Pod Lifecycle": 10 s, 20 s, 40 s, … at most 300 s; forgotten after a container
/// has run for 10 minutes. A container that ends is first started again at once ("Initial crash:
/// Kubernetes attempts an immediate restart"); an image that cannot be pulled waits from the start.
public enum BackOff {
    /// Nanoseconds of the first wait.
    public static let firstNanoseconds: Int64 = 10_000_000_000
    /// Nanoseconds of the longest wait.
    public static let maxNanoseconds: Int64 = 300_000_000_000
    /// Nanoseconds of running after which earlier failures no longer count.
    public static let resetNanoseconds: Int64 = 600_000_000_000

    /// Nanoseconds to wait before a container is started after its `crashCount`-th end in a row.
    public static func afterCrashes(_ crashCount: Int) -> Int64 {
        crashCount <= 1 ? 0 : afterFailures(crashCount - 1)
    }

    /// Nanoseconds to wait before the next try after `failureCount` failures in a row.
    public static func afterFailures(_ failureCount: Int) -> Int64 {
        guard failureCount >= 1 else { return 0 }
        // Why 5: 10 s doubled five times is above the maximum already.
        return min(firstNanoseconds << Int64(min(failureCount - 1, 5)), maxNanoseconds)
    }
}
