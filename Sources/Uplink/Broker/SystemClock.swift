import Glibc

// The clocks of the system, for those who carry decisions out; values get time as an argument.
extension Nanoseconds {
    /// Now on CLOCK_BOOTTIME.
    static func boottime() -> Nanoseconds { Nanoseconds(count: read(CLOCK_BOOTTIME)) }

    /// Nanoseconds since 1970 by the wall clock: for people to read, never to decide on.
    static func wall() -> UInt64 { read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        // Safety: the pointer is to a local variable, and lives for the call only.
        unsafe clock_gettime(clock, &time)
        let seconds = UInt64(clamping: time.tv_sec)
        return seconds &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }
}
