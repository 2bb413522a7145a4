import Dispatch
import Logging
import Synchronization
import TestKit

@testable import Uplink

/// A broker, a node on it with its store, and a way to look from the other side.
final class Link {
    static let prefix = "swiftlet/v1"
    let fixture: Fixture
    let broker: Mosquitto
    let backend: MemoryBackend
    var configuration: UplinkConfiguration
    let clock = TestClock()
    private(set) var uplink: Uplink
    private var running: Task<Void, Never>?

    /// Runs a test with all of it, and takes it down afterwards.
    static func with(
        extra: [String] = [],
        _ body: (Link) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let broker = try await Mosquitto.start(in: fixture, extra: extra)
            let link = try Link(fixture: fixture, broker: broker)
            do {
                try await body(link)
            } catch {
                await link.vanish()
                throw error
            }
            await link.vanish()
        }
    }

    init(fixture: Fixture, broker: Mosquitto) throws {
        self.fixture = fixture
        self.broker = broker
        backend = MemoryBackend()
        configuration = UplinkConfiguration(
            url: try BrokerURL("mqtt://127.0.0.1:\(broker.port)"),
            nodeName: "gw-1",
            willDelaySeconds: 1,
            bootID: "b007"
        )
        uplink = Uplink(configuration: configuration, backend: backend)
    }

    /// Lets so much time pass at once.
    func pass(_ span: Nanoseconds) {
        clock.advance(span)
        uplink.look()
    }

    /// Starts a daemon's uplink on the store, and waits until it is online.
    func start() async throws {
        let before = await backend.lastAcknowledged ?? 0
        begin()
        try await eventually("the node is online") {
            let session = await backend.lastAcknowledged ?? 0
            let phase = await backend.phase
            return session > before && phase == .online
        }
    }

    func begin() {
        var logger = Logger(label: "uplink")
        logger.logLevel = environmentVariable("UPLINK_LOG") == nil ? .critical : .trace
        let clock = clock
        let uplink = Uplink(
            configuration: configuration,
            backend: backend,
            logger: logger,
            clock: { clock.now }
        )
        self.uplink = uplink
        running = Task { await uplink.run() }
    }

    /// As kill -9: nothing is said, the broker sees the connection end.
    func vanish() async {
        running?.cancel()
        await running?.value
        running = nil
    }

    /// As SIGTERM.
    func leave() async {
        await uplink.stop()
        await running?.value
        running = nil
    }

    /// A controller's client; every call is a connection of its own.
    func controller<R>(_ body: (ControllerClient) async throws -> R) async throws -> R {
        let client = ControllerClient(configuration: configuration)
        try await client.connect()
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    func topic(_ path: String) -> String { "\(Self.prefix)/\(configuration.nodeName)/\(path)" }

    func publish(_ path: String, _ text: String, retain: Bool = true) async throws {
        try await controller { client in
            try await client.publish(topic(path), payload: Array(text.utf8), retain: retain)
        }
    }

    func retained(_ path: String) async throws -> [InboundMessage] {
        try await controller { try await $0.retained(topic(path)) }
    }

    /// Everything the node publishes from now on, until the test ends.
    func watch(_ path: String = "status/#") async throws -> Watch {
        let client = ControllerClient(configuration: configuration)
        try await client.connect()
        return Watch(client, try await client.messages(topic(path)))
    }

    func presence() async throws -> Presence? {
        try await retained("status/connection").first.flatMap { Presence(payload: $0.payload) }
    }
}

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

// Steps that many stories share.
extension Link {
    func drained() async throws {
        try await eventually("the outbox is empty") { await backend.outboxCount == 0 }
    }

    func received(_ count: Int) async throws {
        try await eventually("\(count) messages are stored") {
            await backend.messages.count >= count
        }
    }

    /// Waits for a session after the present one, letting time pass over the waits in between.
    func onlineAgain() async throws {
        let before = await backend.lastAcknowledged ?? 0
        try await eventually("the node is online again") {
            let phase = await backend.phase
            if phase == .offline || phase == .duplicateClientID { pass(.seconds(1)) }
            let session = await backend.lastAcknowledged ?? 0
            return phase == .online && session > before
        }
    }

    /// One status for each name, with the name as its text.
    func say(_ names: [String]) async throws {
        for name in names { await backend.enqueue(.status(name, name)) }
        uplink.ring()
        try await drained()
    }

    /// Starts a node whose store answers each pod with `accepted`, once the latch is open.
    func startAccepting(_ latch: Latch) async throws -> (Uplink, MemoryBackend) {
        let backend = backend
        await backend.whenReceiving { message in
            await latch.wait()
            guard case .desired(.pods, _, let name) = message.name else { return }
            await backend.enqueue(.status(name, "accepted"))
        }
        try await start()
        return (uplink, backend)
    }

    /// Publishes what the controller's client would refuse.
    func publishRaw(_ path: String, byteCount: Int) async throws {
        var own = configuration
        own.clientID = "raw"
        let request = ConnectRequest(configuration: own, isCleanStart: true, will: nil)
        let (events, post) = AsyncStream.makeStream(of: ConnectionEvent.self)
        let connection = BrokerConnection(request, gate: InboundGate()) { post.yield($0) }
        DispatchQueue(label: "raw").async { connection.run() }
        for await event in events {
            switch event {
            case .connected:
                connection.send(
                    .publish(
                        .probe,
                        topic: topic(path),
                        payload: [UInt8](repeating: 0x20, count: byteCount),
                        isRetained: true
                    )
                )
            case .published:
                connection.send(.disconnect)
            case .closed: post.finish()
            case .transportReady, .subscribed, .message: break
            }
        }
    }
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
