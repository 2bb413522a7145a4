import Synchronization

/// Counts the connections that are being served, and admits no more than a number of them.
final class ConnectionGate: Sendable {
    private let countMax: Int
    private let count = Mutex(0)

    init(countMax: Int) {
        self.countMax = countMax
    }

    /// Takes a place; `false` when there is none, and then nothing was taken.
    func enter() -> Bool {
        count.withLock { count in
            guard count < countMax else { return false }
            count += 1
            return true
        }
    }

    /// Gives back a place that ``enter()`` has taken.
    func leave() {
        count.withLock { $0 -= 1 }
    }
}
