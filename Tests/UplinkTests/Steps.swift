import Synchronization

@testable import Uplink

/// The system's clock, and as much more as a test says.
final class TestClock: Sendable {
    private let extra = Mutex(Nanoseconds.zero)

    var now: Nanoseconds { Nanoseconds.boottime() + extra.withLock { $0 } }

    func advance(_ span: Nanoseconds) { extra.withLock { $0 = $0 + span } }
}

/// What came in on a filter, in order.
final class Watch: Sendable {
    private let collected = Mutex<[InboundMessage]>([])
    private let client: ControllerClient
    private let reading = Mutex<Task<Void, Never>?>(nil)

    init(_ client: ControllerClient, _ stream: AsyncStream<InboundMessage>) {
        self.client = client
        let task = Task { [weak self] in
            for await message in stream { self?.collected.withLock { $0.append(message) } }
        }
        reading.withLock { $0 = task }
    }

    deinit { reading.withLock { $0?.cancel() } }

    var messages: [InboundMessage] { collected.withLock { $0 } }

    /// Payloads that came live, on topics that end so.
    func live(_ suffix: String) -> [String] {
        messages.filter { !$0.isRetained && $0.topic.hasSuffix(suffix) }
            .map { String(decoding: $0.payload, as: UTF8.self) }
    }

    func end() async { await client.close() }
}

/// Closed until it is opened, for a store that takes its time.
final class Latch: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    var isAwaited: Bool { state.withLock { !$0.waiting.isEmpty } }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
