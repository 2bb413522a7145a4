import TestKit
import Testing

@testable import Uplink

// Goal: rule 6 in bytes: an idle day costs next to nothing. Method: a real broker behind a relay that
// counts; a day of probes on a clock that jumps, and the library's keep-alive on the real one.
@Suite(
    "Bytes on the link",
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment))
)
struct TrafficTests {
    private func withRelay(
        keepAliveSeconds: Int = 60,
        _ body: (Node, Relay) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let broker = try await Mosquitto.start(in: fixture)
            let relay = try Relay.start(to: broker.port, in: fixture)
            let node = try Node(port: relay.port)
            node.configuration.keepAliveSeconds = keepAliveSeconds
            try await node.untilVanished { try await body(node, relay) }
        }
    }

    @Test("rule 6: an idle day is below 60 KB: its probes, its keep-alives, and one connection")
    func idleDay() async throws {
        var connection = 0
        var probe = 0
        try await withRelay { node, relay in
            try await node.start()
            connection = try await relay.settled().bytes
            // Ten minutes of silence: a probe, found by what comes back.
            let before = relay.count
            node.pass(.seconds(600))
            try await eventually("the probe is answered") {
                let passed = relay.count - before
                return passed.upBytes > 0 && passed.downBytes > 0
            }
            probe = try await relay.settled().bytes - connection
        }
        let ping = try await pingBytes()
        let day = connection + 144 * probe + 1_440 * ping
        #expect(day < 60_000, "\(connection) + 144 * \(probe) + 1440 * \(ping) = \(day) bytes")
        #expect(ping == 4, "two bytes each way (MQTT 5, 3.12 and 3.13)")
    }

    /// Bytes of one keep-alive, there and back, measured with the library's shortest.
    private func pingBytes() async throws -> Int {
        var bytes = 0
        try await withRelay(keepAliveSeconds: 5) { node, relay in
            try await node.start()
            let before = try await relay.settled()
            try await eventually("a keep-alive is answered") {
                let passed = relay.count - before
                return passed.upBytes > 0 && passed.downBytes > 0
            }
            let passed = relay.count - before
            bytes = passed.bytes / max(1, passed.pieces / 2)
        }
        return bytes
    }

    @Test("rule 6: a restart of the daemon sends a birth, and no status that the broker has")
    func restart() async throws {
        try await withRelay { node, relay in
            try await node.start()
            let text = String(repeating: "x", count: 10_000)
            for name in ["a", "b", "c"] { await node.backend.enqueue(.status(name, text)) }
            node.uplink.ring()
            try await node.drained()
            await node.vanish()
            let before = try await relay.settled()
            try await node.start()
            let passed = try await relay.settled() - before
            #expect(passed.bytes < 1_500, "\(passed)")
        }
    }
}
