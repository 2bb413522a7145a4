import CLinux
import Glibc
import Host
import Synchronization

/// Keeps the guest within its share of a processor, by itself.
///
/// The kernel tells (SIGPROF) whenever the process has used up its part of a period; the handler waits
/// for as long as that use entitles to. So it holds inside host calls too, costs nothing while the
/// guest waits, and what a late signal lets through is waited for as well: the long run is exact.
///
/// Why not through the interpreter's interrupt: a guest that is stopped would have to be resumed with
/// all of its native frames, and time in host calls would not count.
enum ProcessorThrottle {
    // Source: the period of cpu.max that Kubernetes uses.
    private static let periodNanoseconds: UInt64 = 100_000_000
    // Why: the kernel looks at such timers when it ticks, every 4 ms.
    private static let sliceNanosecondsMin: UInt64 = 4_000_000

    private static let millicores = Atomic<UInt64>(0)
    private static let usedAt = Atomic<Int64>(0)
    private static let passedAt = Atomic<Int64>(0)

    /// Begins; a share of one processor or more is no limit for one thread.
    static func start(millicores share: UInt64) {
        guard share > 0, share < ProcessorShare.whole else { return }
        millicores.store(share, ordering: .relaxed)
        remember()
        swiftlet_handle_signal_and_go_on(SIGPROF) { _ in ProcessorThrottle.wait() }
        let slice = periodNanoseconds * share / ProcessorShare.whole
        _ = swiftlet_start_processor_timer(max(slice, sliceNanosecondsMin))
    }

    private static func remember() {
        usedAt.store(swiftlet_nanoseconds(CLOCK_PROCESS_CPUTIME_ID), ordering: .relaxed)
        passedAt.store(swiftlet_nanoseconds(CLOCK_MONOTONIC), ordering: .relaxed)
    }

    /// In the signal's handler: waits until the use is paid for.
    private static func wait() {
        let saved = errno
        let used =
            swiftlet_nanoseconds(CLOCK_PROCESS_CPUTIME_ID)
            &- usedAt.load(ordering: .relaxed)
        while true {
            let passed = swiftlet_nanoseconds(CLOCK_MONOTONIC) &- passedAt.load(ordering: .relaxed)
            let debt = ProcessorShare.debtNanoseconds(
                usedNanoseconds: used,
                elapsedNanoseconds: passed,
                millicores: millicores.load(ordering: .relaxed)
            )
            // Another signal may say that nothing is worth waiting for any more.
            if debt <= 0 || EndSignals.isFinal { break }
            if swiftlet_sleep(debt) == 0 { break }
        }
        remember()
        errno = saved
    }
}
