import CLinux
import Glibc
import Synchronization
import WASI
import Wasm

// This file is a fence: what runs in signal handlers reads variables that were set before they could.

/// Ends the guest when a signal or the clock says so.
///
/// SIGTERM and SIGINT: under the daemon the guest is told (its standard input ends, its wait is
/// interrupted) and may take its grace period, after which the daemon kills; from the command line it
/// ends at once. SIGALRM: its time is up.
enum EndSignals {
    private static let received = Atomic<Int32>(0)
    private static let alarmed = Atomic<Bool>(false)
    // Safety: set once, before the handlers are installed, and never again.
    nonisolated(unsafe) private static var interruption: Interruption?
    nonisolated(unsafe) private static var isGentle = false

    /// The signal that told us to end, or 0.
    static var number: Int32 { received.load(ordering: .relaxed) }

    /// Whether the guest must end now, and not only may.
    static var isFinal: Bool { timeIsUp || (unsafe !isGentle && number != 0) }

    /// Whether the time limit has come.
    static var timeIsUp: Bool { alarmed.load(ordering: .relaxed) }

    /// Whether a signal came that should have ended the guest, had there been one.
    static var hasEnded: Bool {
        let isGentle = unsafe isGentle
        return timeIsUp || (number != 0 && !isGentle)
    }

    static func install(_ target: Interruption, isGentle gentle: Bool) {
        unsafe interruption = target
        unsafe isGentle = gentle
        // Why not signal(3): it would start interrupted calls again by itself.
        swiftlet_handle_signal(SIGTERM) { EndSignals.end($0) }
        swiftlet_handle_signal(SIGINT) { EndSignals.end($0) }
        swiftlet_handle_signal(SIGALRM) { _ in EndSignals.alarm() }
        swiftlet_ignore_signal(SIGPIPE)
    }

    /// Lets SIGALRM come after this time.
    static func startClock(nanoseconds: UInt64) {
        swiftlet_start_alarm(nanoseconds)
    }

    private static func end(_ number: Int32) {
        received.store(number, ordering: .relaxed)
        if unsafe isGentle {
            unsafe interruption?.interrupt()
        } else {
            unsafe interruption?.end()
            GuestStop.stop()
        }
    }

    private static func alarm() {
        alarmed.store(true, ordering: .relaxed)
        unsafe interruption?.end()
        GuestStop.stop()
    }
}
