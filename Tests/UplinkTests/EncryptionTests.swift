import Glibc
import TestKit
import Testing

@testable import Uplink

// Goal: rules 10 and 11 on an encrypted link: who is who, by certificate or by shared secret, and when
// a certificate counts. Method: a broker with exactly the second half of config/mosquitto.conf, and a
// small authority made for the test.
@Suite(
    "TLS",
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Authority.openssl.isMet, Comment(rawValue: Authority.openssl.comment))
)
struct EncryptionTests {
    /// A broker that asks for certificates; the link has that of gw-1, the controller its own.
    private func withCertificates(
        _ body: (Link, Authority) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let authority = try Authority(in: fixture.directory)
            for name in ["broker", "gw-1", "controller"] { try authority.sign(name) }
            let broker = try await Mosquitto.start(
                in: fixture,
                security: .certificates(authority.folder)
            )
            let link = try Link(fixture: fixture, broker: broker)
            link.configuration.url = try BrokerURL("mqtts://127.0.0.1:\(broker.port)")
            link.controllerConfiguration = certified("controller", link, authority)
            link.configuration = certified("gw-1", link, authority)
            try await link.untilVanished { try await body(link, authority) }
        }
    }

    private func certified(
        _ name: String,
        _ link: Link,
        _ authority: Authority
    ) -> UplinkConfiguration {
        var configuration = link.configuration
        configuration.certificateAuthorityFile = "\(authority.folder)/ca.crt"
        configuration.certificateFile = "\(authority.folder)/\(name).crt"
        configuration.keyFile = "\(authority.folder)/\(name).key"
        return configuration
    }

    @Test("rule 11: TLS 1.2 or newer with certificates; the CN is the node's name")
    func certificates() async throws {
        try await withCertificates { link, authority in
            try await link.publish("desired/pods/default/web", "spec")
            try await link.start()
            try await link.received(1)
            // The ACL knows the node by its certificate: gw-1 is nobody's password here.
            try await link.say(["web"])
            #expect(try await link.retained("status/pods/+/+").count == 1)
            await link.vanish()

            try authority.makeRoot("other")
            link.configuration.certificateAuthorityFile = "\(authority.folder)/other.crt"
            link.begin()
            try await link.reaches(.offline)
            #expect(await link.backend.links.last?.detail.isEmpty == false)
            await link.vanish()

            link.configuration.certificateAuthorityFile = "\(authority.folder)/missing.crt"
            link.begin()
            try await eventually("the missing file is named") {
                await link.backend.links.last?.detail.contains("missing.crt") == true
            }
        }
    }

    @Test("rule 11: a thief with another node's certificate reads and writes nothing of this node")
    func thief() async throws {
        try await withCertificates { link, authority in
            try authority.sign("gw-2")
            try await link.publish("desired/secrets/default/key", "secret")
            try await link.start()
            let thief = ControllerClient(configuration: certified("gw-2", link, authority))
            try await thief.connect()
            #expect(try await thief.retained("swiftlet/v1/gw-1/#") == [])
            #expect(try await thief.retained("swiftlet/v1/+/desired/#") == [])
            #expect(try await thief.retained("#") == [])
            let paths = [
                "desired/pods/default/web", "desired/manifest", "status/connection", "requests/1",
                "replies/1", "events",
            ]
            for path in paths {
                let topic = link.topic(path)
                await #expect(throws: UplinkError.notAllowed(topic: topic, code: 0x87)) {
                    try await thief.publish(topic, payload: [1], retain: true)
                }
            }
            // What a node may say about itself it may.
            let own = "swiftlet/v1/gw-2/status/node"
            try await thief.publish(own, payload: [1], retain: true)
            await thief.close()
            #expect(await link.backend.payloads(on: "desired/pods/default/web").isEmpty)
        }
    }

    @Test("rule 11: without a certificate, or with one of another authority, nobody comes in")
    func stranger() async throws {
        try await withCertificates { link, authority in
            link.configuration.certificateFile = nil
            link.configuration.keyFile = nil
            link.begin()
            try await link.reaches(.offline)
            await link.vanish()
            try authority.makeRoot("stranger")
            let own = certified("stranger", link, authority)
            link.configuration.certificateFile = own.certificateFile
            link.configuration.keyFile = own.keyFile
            link.begin()
            try await link.reaches(.offline)
            #expect(await link.backend.lastAcknowledged == nil)
        }
    }

    @Test("rule 11: a broker whose certificate is for another name is not trusted")
    func wrongName() async throws {
        try await withCertificates { link, _ in
            let port = link.configuration.url.port
            link.configuration.url = try BrokerURL("mqtts://localhost:\(port)")
            link.begin()
            try await link.reaches(.offline)
            #expect(await link.backend.lastAcknowledged == nil)
        }
    }

    @Test("rule 11: new certificates are used without a restart, and nobody sees us gone meanwhile")
    func rotation() async throws {
        try await withCertificates { link, authority in
            try await link.start()
            let watch = try await link.watch("status/connection")
            try authority.sign("next", commonName: "gw-1")
            let newer = certified("next", link, authority)
            let before = try #require(await link.backend.lastAcknowledged)
            link.uplink.renew(newer)
            try await eventually("the next session is acknowledged") {
                await link.backend.lastAcknowledged == before + 1
            }
            try await link.say(["web"])
            // The same files with other contents: each connection reads them anew.
            unlink("\(authority.folder)/next.crt")
            link.uplink.renew(newer)
            try await link.reaches(.offline)
            try authority.sign("next", commonName: "gw-1")
            try await link.onlineAgain()
            let states = watch.live("status/connection").compactMap {
                Presence(payload: Array($0.utf8))?.state
            }
            #expect(states.allSatisfy { $0 == .online }, "\(states)")
            await watch.end()
        }
    }

    @Test(
        "rule 10: certificates are judged by the latest time that is known, not by a clock that is behind"
    )
    func earliestTime() async throws {
        try await withCertificates { link, _ in
            let now = Int64(Nanoseconds.wall() / 1_000_000_000)
            // An hour ahead the certificates are good; the connection is made several times.
            link.configuration.earliestTimeSeconds = now + 3_600
            for _ in 0..<3 {
                try await link.start()
                await link.vanish()
            }
            // They are good for two days: ten days from now they were.
            link.configuration.earliestTimeSeconds = now + 864_000
            link.begin()
            try await link.reaches(.offline)
            let detail = await link.backend.links.last?.detail ?? ""
            #expect(detail.contains("certificate"), "\(detail)")
            await link.vanish()
            // A time in the past changes nothing.
            link.configuration.earliestTimeSeconds = 1
            try await link.start()
        }
    }

    @Test(
        "rule 11: with shared secrets the identity is the node's name, and a wrong secret is nobody's"
    )
    func sharedSecret() async throws {
        try await Fixture.with { fixture in
            try writeFile(fixture.path("psk"), "gw-1:c0ffee01\ngw-2:c0ffee02\n")
            let broker = try await Mosquitto.start(
                in: fixture,
                security: .sharedSecrets(fixture.directory)
            )
            let link = try Link(fixture: fixture, broker: broker)
            link.configuration.url = try BrokerURL("mqtts://127.0.0.1:\(broker.port)")
            link.configuration.sharedSecret = .init(identity: "gw-1", key: "c0ffee01")
            try await link.untilVanished {
                try await link.start()
                try await link.say(["web"])
                var other = link.configuration
                other.sharedSecret = .init(identity: "gw-2", key: "c0ffee02")
                try await ControllerClient.withConnection(other) { thief in
                    let seen = try await thief.retained("swiftlet/v1/gw-1/#")
                    #expect(seen == [])
                    let topic = link.topic("desired/manifest")
                    await #expect(throws: UplinkError.notAllowed(topic: topic, code: 0x87)) {
                        try await thief.publish(topic, payload: [1], retain: true)
                    }
                }
                await link.vanish()
                link.configuration.sharedSecret = .init(identity: "gw-1", key: "c0ffee02")
                link.begin()
                try await link.reaches(.offline)
                let detail = await link.backend.links.last?.detail ?? ""
                #expect(!detail.contains("c0ffee"), "\(detail)")
            }
        }
    }

    @Test(
        "a shared secret is a line IDENTITY:KEY with hexadecimal digits",
        arguments: [
            ("gw-1:00ff", true), ("gw-1:00FF", true), ("a:b:c0", false), ("gw-1:", false),
            (":00", false), ("gw-1:0", false), ("gw-1:0g", false), ("gw-1", false), ("", false),
        ]
    )
    func secretLine(line: String, isOne: Bool) {
        #expect((UplinkConfiguration.SharedSecret(line: line) != nil) == isOne)
    }

    @Test("a broker that shares port 443 is asked for by its protocol's name (ALPN)")
    func alpn() async throws {
        try await Fixture.with { fixture in
            let authority = try Authority(in: fixture.directory)
            try authority.sign("broker")
            let port = try freePort()
            let base = "\(authority.folder)/broker"
            let server = try fixture.start(
                Authority.openssl.path(),
                [
                    "s_server", "-accept", "127.0.0.1:\(port)", "-cert", "\(base).crt", "-key",
                    "\(base).key", "-alpn", "x-other,mqtt", "-rev",
                ],
                name: "s_server"
            )
            try await eventually("it listens") { server.output.contains("ACCEPT") }
            let node = try Node(port: port)
            node.configuration.url = try BrokerURL("mqtts://127.0.0.1:\(port)")
            node.configuration.certificateAuthorityFile = "\(authority.folder)/ca.crt"
            try await node.untilVanished {
                // It speaks no protocol of this name, and says so before MQTT begins.
                node.configuration.applicationProtocol = "http/1.1"
                node.begin()
                try await node.reaches(.offline)
                #expect(!server.output.contains("CONNECTION ESTABLISHED"))
                await node.vanish()
                node.configuration.applicationProtocol = "mqtt"
                node.begin()
                try await eventually("they agree") {
                    server.output.contains("CONNECTION ESTABLISHED")
                }
            }
        }
    }
}
