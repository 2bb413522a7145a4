internal import Synchronization
internal import Uplink

/// Parts of answers on their way to the broker: in memory, bounded, gone with the link.
///
/// An answer is no state: after a cut its asker asks again, so nothing of it is worth the flash.
final class ReplyQueue: Sendable {
    private struct State {
        var isOnline = false
        /// In the order in which they are sent; each stays until its PUBACK.
        var parts: [OutboundMessage] = []
        /// Those who wait for room, or for the last part to be gone.
        var waiters: [CheckedContinuation<Bool, Never>] = []
    }

    private let state = Mutex(State())
    private let ring: @Sendable () -> Void

    /// A queue without anything in it; `ring` is called when something is.
    init(ring: @escaping @Sendable () -> Void) { self.ring = ring }

    /// Adds a part; waits while there are too many.
    ///
    /// - Returns: Whether the link is there to carry it.
    func add(_ part: OutboundMessage) async -> Bool {
        while true {
            let isAdded = state.withLock { state -> Bool? in
                guard state.isOnline else { return false }
                guard state.parts.count < UplinkLimits.replyPartsMax else { return nil }
                state.parts.append(part)
                return true
            }
            if isAdded == true { ring() }
            if let isAdded { return isAdded }
            guard await turn() else { return false }
        }
    }

    /// Waits until a part has gone, or the link has.
    private func turn() async -> Bool {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                let mayGo =
                    !state.isOnline || state.parts.count < UplinkLimits.replyPartsMax
                if !mayGo { state.waiters.append(continuation) }
                return mayGo
            }
            if isOver { continuation.resume(returning: true) }
        }
    }

    /// What waits or is on its way, oldest first.
    func due(limit: Int) -> [OutboundMessage] {
        state.withLock { Array($0.parts.prefix(max(0, limit))) }
    }

    /// The broker has a part.
    ///
    /// - Returns: Whether it was one of ours.
    func acknowledged(_ part: OutboundMessage) -> Bool {
        let (isOurs, waiters) = state.withLock { state in
            guard let index = state.parts.firstIndex(of: part) else {
                return (false, [CheckedContinuation<Bool, Never>]())
            }
            state.parts.remove(at: index)
            defer { state.waiters = [] }
            return (true, state.waiters)
        }
        for waiter in waiters { waiter.resume(returning: true) }
        return isOurs
    }

    /// The link has come or gone; with it go all parts.
    func linkChanged(isOnline: Bool) {
        let waiters = state.withLock { state in
            state.isOnline = isOnline
            state.parts = []
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: false) }
    }
}
