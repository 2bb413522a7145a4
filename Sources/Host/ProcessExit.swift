/// How a process ended, as far as the kernel tells us.
public enum ProcessExit: Equatable, Sendable {
    /// It ended by itself with this code.
    case exited(code: Int32)
    /// This signal ended it.
    case signalled(number: Int32)
    /// It is gone; only its parent was told how, and we are not its parent.
    case unknown

    /// What a shell would say: the code, or 128 + the signal; `nil` when nobody told us.
    public var shellCode: Int32? {
        switch self {
        case .exited(let code): code
        case .signalled(let number): 128 + number
        case .unknown: nil
        }
    }
}
