internal import Glibc

/// The clocks of this machine.
public enum Clock {
    /// Nanoseconds since the machine started, sleep included; never goes back.
    public static func boottimeNanoseconds() -> Int64 {
        SystemCall.nanoseconds(of: CLOCK_BOOTTIME)
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z; jumps when the clock is set.
    public static func wallNanoseconds() -> Int64 { SystemCall.nanoseconds(of: CLOCK_REALTIME) }

    /// Nanoseconds that this process has kept processors busy.
    public static func processorNanoseconds() -> Int64 {
        SystemCall.nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID)
    }

    /// The kernel's name for this start of the machine; empty when the kernel does not tell.
    public static func bootID() -> String {
        let bytes = try? FileBytes.read("/proc/sys/kernel/random/boot_id", byteCountMax: 64)
        return String(decoding: bytes?.prefix { $0 > 0x20 } ?? [], as: UTF8.self)
    }
}
