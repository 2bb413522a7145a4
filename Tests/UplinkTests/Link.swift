import TestKit

@testable import Uplink

/// A broker, a node on it with its store, and a way to look from the other side.
final class Link {
    static let prefix = "swiftlet/v1"
    let fixture: Fixture
    let broker: Mosquitto
    let backend: MemoryBackend
    var configuration: UplinkConfiguration
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

    /// Starts a daemon's uplink on the store, and waits until it is online.
    func start() async throws {
        begin()
        try await online()
    }

    func begin() {
        let uplink = Uplink(configuration: configuration, backend: backend)
        self.uplink = uplink
        running = Task { await uplink.run() }
    }

    func online(session: UInt64? = nil) async throws {
        try await eventually("the node is online") {
            guard let last = await backend.links.last, last.phase == .online else { return false }
            return session == nil || last.session == session
        }
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

    func presence() async throws -> Presence? {
        try await retained("status/connection").first.flatMap { Presence(payload: $0.payload) }
    }
}
