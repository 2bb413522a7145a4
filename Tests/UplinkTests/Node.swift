import Logging
import TestKit

@testable import Uplink

/// A node with its store and a clock that can jump, on whatever listens on a port.
class Node {
    let backend = MemoryBackend()
    let clock = TestClock()
    var configuration: UplinkConfiguration
    private(set) var uplink: Uplink
    private var running: Task<Void, Never>?

    init(port: UInt16) throws {
        configuration = UplinkConfiguration(
            url: try BrokerURL("mqtt://127.0.0.1:\(port)"),
            nodeName: "gw-1",
            willDelaySeconds: 1,
            bootID: "b007"
        )
        uplink = Uplink(configuration: configuration, backend: backend)
    }

    /// Runs a test with a node that is killed afterwards.
    static func with(port: UInt16, _ body: (Node) async throws -> Void) async throws {
        let node = try Node(port: port)
        try await node.untilVanished { try await body(node) }
    }

    /// Runs `body`, and kills the node afterwards, whatever came of it.
    func untilVanished(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            await vanish()
            throw error
        }
        await vanish()
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

    /// Starts a daemon's uplink on the store.
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

    /// Lets so much time pass at once.
    func pass(_ span: Nanoseconds) {
        clock.advance(span)
        uplink.look()
    }

    func topic(_ path: String) -> String { "swiftlet/v1/\(configuration.nodeName)/\(path)" }
}

// Steps that many stories share.
extension Node {
    func reaches(_ phase: LinkState.Phase) async throws {
        try await eventually("the link is \(phase)") { await backend.phase == phase }
    }

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
    func startAccepting(_ latch: Latch) async throws {
        let backend = backend
        await backend.whenReceiving { message in
            await latch.wait()
            guard case .desired(.pods, _, let name) = message.name else { return }
            await backend.enqueue(.status(name, "accepted"))
        }
        try await start()
    }
}
