internal import Dispatch
internal import Synchronization

/// Calls once a time has come; a call too many is allowed, one too few is not.
final class Alarm: Sendable {
    private let armedFor = Mutex<Int64?>(nil)
    private let queue = DispatchQueue(label: "supervisor-alarm")
    private let ring: @Sendable () -> Void
    // Why: Dispatch's clock stands still while the machine sleeps; ours does not.
    private static let lookAgainNanoseconds: Int64 = 60_000_000_000

    init(_ ring: @escaping @Sendable () -> Void) { self.ring = ring }

    /// Sees to it that the call comes at `time` or a little later; both are CLOCK_BOOTTIME.
    func set(for time: Int64, at now: Int64) {
        let wait = min(max(0, time - now), Self.lookAgainNanoseconds)
        let target = now + wait
        let isEarlier = armedFor.withLock { armed in
            if let armed, armed <= target, armed > now { return false }
            armed = target
            return true
        }
        guard isEarlier else { return }
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(wait))) { [self] in
            armedFor.withLock { if $0 == target { $0 = nil } }
            ring()
        }
    }
}
