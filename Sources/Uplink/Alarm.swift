import Dispatch
import Synchronization

/// Calls once a point in time has come; a call too many is allowed, one too few is not.
final class Alarm: Sendable {
    /// The earliest point for which a timer is armed.
    private let armed = Mutex<Nanoseconds?>(nil)
    private let queue = DispatchQueue(label: "uplink-alarm")
    private let ring: @Sendable () -> Void

    /// The timer runs on a clock that stands still while the machine is suspended, so it looks again
    /// at least this often.
    private static let lookAgainAfter = Nanoseconds.seconds(60)

    init(_ ring: @escaping @Sendable () -> Void) { self.ring = ring }

    /// Sees to it that the call comes at `deadline` or a little later.
    func set(for deadline: Nanoseconds, at now: Nanoseconds) {
        let next = min(deadline, now + Self.lookAgainAfter)
        let isEarlier = armed.withLock { armed in
            if let armed, armed <= next, now < armed + Self.lookAgainAfter { return false }
            armed = next
            return true
        }
        guard isEarlier else { return }
        let delay = DispatchTimeInterval.nanoseconds(Int(clamping: next.since(now).count))
        queue.asyncAfter(deadline: .now() + delay) { [self] in
            armed.withLock { if $0 == next { $0 = nil } }
            ring()
        }
    }
}
