internal import Synchronization

/// Tells whoever listens that something has changed; what it is, they read from the store.
///
/// Rings that nobody has answered yet are one ring, so a listener never has a queue to work through.
public final class Doorbell: Sendable {
    private struct Listeners {
        var next = 0
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let listeners = Mutex(Listeners())

    /// A bell that nobody listens to yet.
    public init() {}

    /// Rings.
    public func ring() {
        let continuations = listeners.withLock { Array($0.continuations.values) }
        for continuation in continuations { continuation.yield() }
    }

    /// Listens from now on until the task that reads is cancelled or the stream is dropped.
    ///
    /// - Returns: One element for each ring, or for several.
    public func rings() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let id = listeners.withLock { listeners in
            listeners.next += 1
            listeners.continuations[listeners.next] = continuation
            return listeners.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { _ = $0.continuations.removeValue(forKey: id) }
        }
        return stream
    }
}
