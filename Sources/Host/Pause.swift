internal import Glibc

/// Waiting, for programs that do one thing at a time.
public enum Pause {
    /// Longest wait in milliseconds: an hour.
    public static let millisecondsMax: Int64 = 3_600_000

    /// Waits so long; a signal may end it early.
    public static func wait(milliseconds: Int64) {
        usleep(UInt32(min(max(0, milliseconds), millisecondsMax) * 1_000))
    }
}
