internal import Glibc

/// Asks the kernel to say when tasks have to wait for memory.
///
/// Source: Linux, Documentation/accounting/psi.rst, "Monitoring for pressure thresholds".
public enum PressureWatch {
    // Why: work that stands still for a tenth of two seconds hurts; two seconds are the shortest window
    // that the kernel allows those without privileges.
    private static let trigger = "some 200000 2000000"

    /// Calls each time that tasks had to wait for memory, at most every two seconds, as long as this
    /// program lives; from the watching thread, so that the call must be short.
    ///
    /// Throws ``HostError`` where the kernel does not measure it.
    public static func memory(_ call: @escaping @Sendable () -> Void) throws(HostError) {
        let path = "/proc/pressure/memory"
        let file = try SystemCall.open(path, O_RDWR | O_NONBLOCK)
        try SystemCall.write(file, Array(trigger.utf8) + [0], path: path)
        try DescriptorWatch.shared.add(file, isUrgentOnly: true) {
            call()
            return .goOn
        }
    }
}
