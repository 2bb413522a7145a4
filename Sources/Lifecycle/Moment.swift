public import KubeModel

/// A point in time as the daemon sees it: one clock to decide by, one to report with.
public struct Moment: Equatable, Sendable {
    /// Nanoseconds of CLOCK_BOOTTIME: never goes back within a boot; decisions use only this.
    public var monotonicNanoseconds: Int64
    /// Wall time; it may jump, and stands in statuses only.
    public var wall: Timestamp

    /// A moment on both clocks.
    public init(monotonicNanoseconds: Int64, wall: Timestamp) {
        self.monotonicNanoseconds = monotonicNanoseconds
        self.wall = wall
    }

    /// The monotonic time `nanoseconds` later, at most the end of time.
    func after(_ nanoseconds: Int64) -> Int64 {
        let (sum, overflow) = monotonicNanoseconds.addingReportingOverflow(nanoseconds)
        return overflow ? .max : sum
    }
}

/// Seconds as nanoseconds, cut to what fits.
func nanoseconds(ofSeconds seconds: Int64) -> Int64 {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (seconds < 0 ? .min : .max) : product
}
