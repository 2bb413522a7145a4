internal import Glibc

// This file is a fence: clock_gettime(2) writes into a structure.

/// A clock by the number that guests give it.
///
/// Source: WASI preview 1, `clockid`.
enum GuestClock: UInt32 {
    case realtime = 0
    case monotonic = 1
    case processTime = 2
    case threadTime = 3

    init(_ number: UInt32) throws(ErrorNumber) {
        guard let clock = GuestClock(rawValue: number) else { throw .invalid }
        self = clock
    }

    var nowNanoseconds: UInt64 {
        var time = timespec()
        // Safety: the result is a local; these clocks are always there.
        _ = unsafe clock_gettime(systemNumber, &time)
        return Self.nanoseconds(time)
    }

    var resolutionNanoseconds: UInt64 {
        var time = timespec()
        // Safety: as above.
        _ = unsafe clock_getres(systemNumber, &time)
        return Self.nanoseconds(time)
    }

    private var systemNumber: clockid_t {
        switch self {
        case .realtime: CLOCK_REALTIME
        case .monotonic: CLOCK_MONOTONIC
        case .processTime: CLOCK_PROCESS_CPUTIME_ID
        case .threadTime: CLOCK_THREAD_CPUTIME_ID
        }
    }

    private static func nanoseconds(_ time: timespec) -> UInt64 {
        guard time.tv_sec >= 0 else { return 0 }
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(max(0, time.tv_nsec))
    }
}
