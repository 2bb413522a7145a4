import TestKit
import Testing

@testable import Uplink

// Goal: the uplink does with a real Mosquitto what the contract says. Method: a broker on a port of
// the test's own, a backend in memory, and the controller's client on the other side.
@Suite(
    "Against a real broker",
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment))
)
struct BrokerTests {
    @Test("a node comes online, and what it has to say arrives retained")
    func online() async throws {
        try await Link.with { link in
            try await link.start()
            await link.backend.enqueue(.status("one", "running"))
            link.uplink.ring()
            try await eventually("the status is acknowledged") {
                await link.backend.outboxCount == 0
            }
            let kept = try await link.retained("status/pods/+/+")
            #expect(kept.map(\.payload) == [Array("running".utf8)])
            let presence = try await link.presence()
            #expect(presence?.state == .online)
            #expect(presence?.session == 1)
        }
    }
}
