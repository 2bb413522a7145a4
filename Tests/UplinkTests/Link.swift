import TestKit

@testable import Uplink

/// A node on a real broker, and a way to look from the other side.
final class Link: Node {
    let fixture: Fixture
    let broker: Mosquitto

    /// Runs a test with all of it, and takes it down afterwards.
    static func with(
        extra: [String] = [],
        _ body: (Link) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let broker = try await Mosquitto.start(in: fixture, extra: extra)
            let link = try Link(fixture: fixture, broker: broker)
            try await link.untilVanished { try await body(link) }
        }
    }

    init(fixture: Fixture, broker: Mosquitto) throws {
        self.fixture = fixture
        self.broker = broker
        try super.init(port: broker.port)
    }

    /// A controller's client; every call is a connection of its own.
    func controller<R>(_ body: (ControllerClient) async throws -> R) async throws -> R {
        try await ControllerClient.withConnection(controllerConfiguration ?? configuration, body)
    }

    /// Another user than the node, where the broker knows users.
    var controllerConfiguration: UplinkConfiguration?

    func publish(_ path: String, _ text: String, retain: Bool = true) async throws {
        try await controller { client in
            try await client.publish(topic(path), payload: Array(text.utf8), retain: retain)
        }
    }

    func retained(_ path: String) async throws -> [InboundMessage] {
        try await controller { try await $0.retained(topic(path)) }
    }

    /// Everything on a filter from now on, until the test ends.
    func watch(_ path: String = "status/#") async throws -> Watch {
        let client = ControllerClient(configuration: controllerConfiguration ?? configuration)
        try await client.connect()
        return Watch(client, try await client.messages(topic(path)))
    }

    func presence() async throws -> Presence? {
        try await retained("status/connection").first.flatMap { Presence(payload: $0.payload) }
    }

    /// Publishes what the controller's client would refuse.
    func publishRaw(_ path: String, byteCount: Int) async throws {
        let payload = [UInt8](repeating: 0x20, count: byteCount)
        try await controller { client in
            try await client.publishAnySize(topic(path), payload: payload, retain: true)
        }
    }
}
