/// A point or a span on CLOCK_BOOTTIME, the clock that also counts while the machine is suspended.
struct Nanoseconds: Hashable, Comparable, Sendable {
    var count: UInt64

    static let zero = Nanoseconds(count: 0)

    static func seconds(_ seconds: UInt64) -> Nanoseconds {
        Nanoseconds(count: seconds * 1_000_000_000)
    }

    static func milliseconds(_ milliseconds: UInt64) -> Nanoseconds {
        Nanoseconds(count: milliseconds * 1_000_000)
    }

    static func < (left: Nanoseconds, right: Nanoseconds) -> Bool { left.count < right.count }

    // Why saturating: 584 years from now nothing of ours should trap either.
    static func + (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
        let (sum, overflow) = left.count.addingReportingOverflow(right.count)
        return Nanoseconds(count: overflow ? .max : sum)
    }

    /// The span from `earlier` to here; zero when `earlier` is later.
    func since(_ earlier: Nanoseconds) -> Nanoseconds {
        Nanoseconds(count: count > earlier.count ? count - earlier.count : 0)
    }

    static func random(
        in range: ClosedRange<Nanoseconds>,
        using random: inout some RandomNumberGenerator
    ) -> Nanoseconds {
        let counts = range.lowerBound.count...range.upperBound.count
        return Nanoseconds(count: UInt64.random(in: counts, using: &random))
    }
}
