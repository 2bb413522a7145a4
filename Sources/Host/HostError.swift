internal import Glibc

/// What can go wrong between us and the system.
public enum HostError: Error, Equatable, Sendable {
    /// A system call failed on a file, folder, socket or program.
    case system(call: String, path: String, errno: Int32)
    /// A file that we wrote, or that one of our programs handed over, does not have its form.
    case malformed(path: String, reason: String)
    /// Something has more than its bound: `count` of `what`, where `countMax` are allowed.
    case tooMuch(what: String, count: Int, countMax: Int)
    /// Another process holds the lock that says that this instance lives.
    case instanceIsRunning(path: String)

    /// The error number behind it, when a system call failed.
    public var errno: Int32? {
        switch self {
        case .system(_, _, let errno): errno
        case .malformed, .tooMuch, .instanceIsRunning: nil
        }
    }
}

extension HostError {
    /// Whether it is only that nothing is there.
    public var isNotFound: Bool { errno == ENOENT }
}

extension HostError: CustomStringConvertible {
    /// One line for a log: the call, what it was for, and the system's own words.
    public var description: String {
        switch self {
        case .system(let call, let path, let errno):
            "\(path): \(call): \(SystemCall.text(ofErrno: errno))"
        case .malformed(let path, let reason):
            "\(path): \(reason)"
        case .tooMuch(let what, let count, let countMax):
            "\(count) \(what), but at most \(countMax) are allowed"
        case .instanceIsRunning(let path):
            "\(path): another process holds this instance"
        }
    }
}
