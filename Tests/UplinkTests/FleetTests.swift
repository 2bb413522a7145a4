import TestKit
import Testing

@testable import Uplink

// Goal: rule 10 in the large: a fleet comes back after its broker's restart, nothing is lost and
// nobody is too loud. Method: many nodes in this process on one real broker.
@Suite(
    "A fleet",
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment))
)
struct FleetTests {
    @Test("rules 6 and 10: after a broker's restart every node is back, and every change with it")
    func restart() async throws {
        try await Fixture.with { fixture in
            let broker = try await Mosquitto.start(in: fixture)
            let nodes = try (0..<40).map { number in
                let node = try Node(port: broker.port)
                node.configuration.nodeName = "gw-\(number)"
                node.configuration.clientID = "gw-\(number)"
                return node
            }
            for node in nodes { node.begin() }
            for node in nodes { try await node.reaches(.online) }
            for node in nodes { try await node.say(["a", "b"]) }

            try await broker.stop()
            for node in nodes {
                try await node.reaches(.offline)
                await node.backend.enqueue(.status("b", "changed while away"))
                node.uplink.ring()
            }
            try await broker.start()
            for node in nodes { try await node.reaches(.online) }
            for node in nodes { try await node.drained() }

            let configuration = nodes[0].configuration
            let kept = try await ControllerClient.withConnection(configuration) { client in
                try await client.retained("swiftlet/v1/+/status/pods/default/+")
            }
            #expect(kept.count == 80)
            #expect(kept.count { $0.payload == Array("changed while away".utf8) } == 40)
            for node in nodes {
                // Three statuses, each once: the broker remembered what it had.
                #expect(await node.backend.acknowledgedCount == 3)
                #expect(await node.backend.forgottenCount == 0)
                await node.vanish()
            }
            #expect(!broker.output.contains("dropped"))
        }
    }

    @Test(
        "rules 6 and 10: 500 nodes after a broker's restart: nothing is dropped, rates are bounded"
    )
    func fiveHundred() async throws {
        try await Fixture.with { fixture in
            let broker = try await Mosquitto.start(in: fixture)
            let fleet = try Fleet(count: 500, port: broker.port)
            for member in fleet.members {
                for name in ["a", "b", "c"] { member.say(.status(name, "first")) }
            }
            try await fleet.run("online") { $0.members.allSatisfy(\.isDrained) }
            try await broker.stop()
            try await fleet.run("gone, and tried in vain") { fleet in
                fleet.members.allSatisfy { !$0.isOnline && $0.openedAt.count >= 3 }
            }
            for member in fleet.members {
                member.forgetRecords()
                member.say(.status("b", "changed while away"))
            }
            try await broker.start()
            try await fleet.run("back") { $0.members.allSatisfy(\.isDrained) }

            for member in fleet.members {
                // Birth and one change, whoever else comes back; the rate is that of rule 6.
                #expect(member.acknowledgedCount == 1)
                #expect(member.sentAt.count == 2)
                #expect(peakPerSecond(member.sentAt) <= UplinkLimits.messagesPerSecondMax)
                #expect(member.openedAt.count <= 2, "one that a loaded broker was too slow for")
            }
            // Full jitter: after a few tries in vain no second has more than a part of the fleet.
            let opened = fleet.members.flatMap(\.openedAt)
            #expect(peakPerSecond(opened) < 400, "\(peakPerSecond(opened)) in one second")
            var configuration = UplinkConfiguration(
                url: try BrokerURL("mqtt://127.0.0.1:\(broker.port)"),
                nodeName: "any"
            )
            configuration.version = .v5
            let kept = try await ControllerClient.withConnection(configuration) { client in
                try await client.retained("swiftlet/v1/+/status/pods/default/+", timeoutSeconds: 30)
            }
            #expect(kept.count == 1_500)
            #expect(kept.count { $0.payload == Array("changed while away".utf8) } == 500)
            #expect(!broker.output.contains("dropped"))
            fleet.vanish()
        }
    }
}
