internal import CLinux
internal import Glibc
internal import Synchronization

/// Tells a guest from outside that it should end.
///
/// Its standard input is at its end from then on, and the host call in which it waits, or the next one
/// in which it would, ends with `EINTR`, once.
///
/// May be used from any thread, and from a signal handler.
public final class Interruption: Sendable {
    // An eventfd: readable as long as an interruption waits for its host call.
    private let event: Int32
    private let closed = Atomic<Bool>(false)
    private let final = Atomic<Bool>(false)

    /// Makes one that nobody has used yet.
    public init() throws(WASIError) {
        event = swiftlet_eventfd()
        guard event >= 0 else { throw .noInterruption(errno: errno) }
    }

    deinit { close(event) }

    /// Interrupts the guest; async-signal-safe.
    public func interrupt() {
        closed.store(true, ordering: .sequentiallyConsistent)
        swiftlet_eventfd_signal(event)
    }

    /// Interrupts the guest, and does not let it go on: it ends at its next host call at the latest.
    ///
    /// Async-signal-safe.
    public func end() {
        final.store(true, ordering: .sequentiallyConsistent)
        interrupt()
    }

    /// Whether the guest may not go on.
    var isFinal: Bool { final.load(ordering: .relaxed) }

    /// Whether it was ever interrupted.
    public var hasHappened: Bool { closed.load(ordering: .sequentiallyConsistent) }

    /// What to poll beside what the guest waits for.
    var descriptor: Int32 { event }

    /// Whether an interruption waits for its host call, which is now.
    func take() -> Bool { hasHappened && swiftlet_eventfd_take(event) == 1 }
}
