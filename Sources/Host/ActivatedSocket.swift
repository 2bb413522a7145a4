internal import Glibc

/// The listening socket that the service manager has made for us.
///
/// Source: sd_listen_fds(3): descriptors from 3 on, their number in `LISTEN_FDS`, for the process in
/// `LISTEN_PID`.
public enum ActivatedSocket {
    // Source: SD_LISTEN_FDS_START.
    private static let first: Int32 = 3

    /// A descriptor for the first socket; `nil` when there is none for this process.
    ///
    /// The socket itself stays where it is, so that this program can start anew and find it again.
    public static func take() -> Int32? {
        let process = SystemCall.environmentVariable("LISTEN_PID")
        let count = SystemCall.environmentVariable("LISTEN_FDS").flatMap { Int32($0) } ?? 0
        guard process == "\(ProcessFacts.ownProcessID)", count > 0 else { return nil }
        let copy = fcntl(first, F_DUPFD_CLOEXEC, first + 1)
        return copy >= 0 ? copy : nil
    }
}
