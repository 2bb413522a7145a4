/// What can go wrong with the control socket, on either side.
public enum ControlError: Error, Equatable, Sendable {
    /// Nothing is at `path`, or a socket that nobody listens on: the daemon is not running.
    case notRunning(path: String)
    /// The kernel refused this user at `path`.
    case notPermitted(path: String)
    /// The path does not fit a Unix socket address (108 bytes with its zero, unix(7)).
    case pathTooLong(path: String, byteCountMax: Int)
    /// Something at `path` is not a socket, and so is left alone.
    case pathOccupied(path: String)
    /// Another process listens at `path`.
    case alreadyRunning(path: String)
    /// A system call failed for a reason that only an operator can mend.
    case system(call: String, path: String, errno: Int32)
    /// No answer within the time.
    case timedOut(path: String, seconds: Int64)
    /// The connection ended before the answer did.
    case endedEarly(path: String)
    /// The peer at `path` does not speak HTTP/1.1, or breaks its rules.
    case malformedReply(path: String)
    /// The answer is longer than a client takes.
    case replyTooLong(byteCountMax: Int)

    /// Whether the daemon is simply not there, so that its files are the next best source.
    public var isNotRunning: Bool {
        switch self {
        case .notRunning: true
        case .notPermitted, .pathTooLong, .pathOccupied, .alreadyRunning, .system, .timedOut,
            .endedEarly, .malformedReply, .replyTooLong:
            false
        }
    }
}

extension ControlError: CustomStringConvertible {
    /// One sentence that names the path and says what to do.
    public var description: String {
        switch self {
        case .notRunning(let path):
            "nobody listens at \(path): swiftletd is not running, or was given another run directory"
        case .notPermitted(let path):
            "\(path) does not let this user in: become root or join the group of that file"
        case .pathTooLong(let path, let byteCountMax):
            "socket path \(path) is longer than \(byteCountMax) bytes: choose a shorter run directory"
        case .pathOccupied(let path):
            "\(path) exists and is not a socket: move it away"
        case .alreadyRunning(let path):
            "another process listens at \(path): stop it first"
        case .system(let call, let path, let errno):
            "\(call) failed for \(path) with errno \(errno) (\(SystemFile.text(ofErrno: errno)))"
        case .timedOut(let path, let seconds):
            "no answer from \(path) within \(seconds) s"
        case .endedEarly(let path):
            "the connection to \(path) ended before the answer did: see the log of swiftletd"
        case .malformedReply(let path):
            "what listens at \(path) does not answer in HTTP/1.1: is it swiftletd?"
        case .replyTooLong(let byteCountMax):
            "the answer is longer than \(byteCountMax) bytes: ask for less"
        }
    }
}
