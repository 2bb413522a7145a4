import TestKit
import Testing

@testable import Uplink

// Goal: rule 11: who may do what, and who is who. Method: the repository's own ACL with passwords.
@Suite(
    "Security",
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment))
)
struct SecurityTests {
    static let passwords = Requirement.program(
        "mosquitto_passwd",
        variable: "SWIFTLET_MOSQUITTO_PASSWD",
        candidates: []
    )

    /// A broker with passwords and config/mosquitto.acl; everybody's password is the name reversed.
    private func withUsers(_ body: (Link) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            let file = fixture.path("passwords")
            try writeFile(file, "")
            for name in ["gw-1", "gw-2", "controller"] {
                let word = String(name.reversed())
                try run(try Self.passwords.path(), ["-b", file, name, word])
            }
            let acl = fixture.path("acl")
            try writeFile(acl, try readFile(repositoryRoot + "/config/mosquitto.acl"))
            let broker = try await Mosquitto.start(
                in: fixture,
                extra: ["allow_anonymous false", "password_file \(file)", "acl_file \(acl)"]
            )
            let link = try Link(fixture: fixture, broker: broker)
            link.configuration = user("gw-1", of: link)
            link.controllerConfiguration = user("controller", of: link)
            try await link.untilVanished { try await body(link) }
        }
    }

    private func user(_ name: String, of link: Node) -> UplinkConfiguration {
        var configuration = link.configuration
        configuration.username = name
        configuration.password = Array(String(name.reversed()).utf8)
        return configuration
    }

    @Test("rule 11: with the example ACL node and controller can do all of the contract")
    func exampleACL() async throws {
        try await withUsers { link in
            try await link.publish("desired/pods/default/web", "spec")
            try await link.start()
            try await link.received(1)
            try await link.say(["web"])
            try await link.publish("requests/1", "{}", retain: false)
            try await link.received(2)
            #expect(try await link.retained("status/pods/+/+").count == 1)
            // Its own presence is readable to it, so a restart takes nothing for an empty broker.
            await link.vanish()
            try await link.start()
            #expect(await link.backend.forgottenCount == 0)
            try await link.publish("status/pods/default/web", "")
        }
    }

    @Test("rule 11: with another node's password nothing of this node can be read or written")
    func thief() async throws {
        try await withUsers { link in
            try await link.publish("desired/secrets/default/key", "secret")
            let thief = ControllerClient(configuration: user("gw-2", of: link))
            try await thief.connect()
            #expect(try await thief.retained("swiftlet/v1/gw-1/#") == [])
            #expect(try await thief.retained("#") == [])
            for path in ["desired/pods/default/web", "status/connection", "requests/1"] {
                let topic = link.topic(path)
                await #expect(throws: UplinkError.notAllowed(topic: topic, code: 0x87)) {
                    try await thief.publish(topic, payload: [1], retain: true)
                }
            }
            await thief.close()
        }
    }

    @Test("a wrong password is told as such, and is in no word about it")
    func wrongPassword() async throws {
        try await withUsers { link in
            link.configuration.password = Array("hunter2".utf8)
            link.begin()
            try await link.reaches(.offline)
            let detail = await link.backend.links.last?.detail ?? ""
            #expect(detail.contains("refused the connection"), "\(detail)")
            #expect(!detail.contains("hunter2"))
            let client = ControllerClient(configuration: link.configuration)
            await #expect {
                try await client.connect()
            } throws: { error in
                if case .refused(_, code: 0x87, _) = error as? UplinkError { true } else { false }
            }
        }
    }

    @Test("a status that the ACL forbids stays in the outbox, and others go on")
    func forbiddenStatus() async throws {
        try await withUsers { link in
            try await link.start()
            await link.backend.enqueue(
                OutboundMessage(topic: "other/x", payload: [1], isRetained: true, isUrgent: true)
            )
            await link.backend.enqueue(.status("web", "running"))
            link.uplink.ring()
            try await eventually("the allowed one is said") {
                await link.backend.acknowledgedCount == 1
            }
            #expect(await link.backend.outboxCount == 1)
            #expect(await link.backend.phase == .online)
        }
    }
}
