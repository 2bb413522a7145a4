import Testing

@testable import Uplink

// Goal: a URL is understood or refused, and never leaks a password. Method: tables.
@Suite("Broker URLs")
struct BrokerURLTests {
    @Test(
        "a scheme, a host and perhaps a port",
        arguments: [
            ("mqtt://broker", "broker", 1_883, false),
            ("mqtts://broker", "broker", 8_883, true),
            ("mqtts://10.0.0.1:443/", "10.0.0.1", 443, true),
            ("mqtt://[::1]:1884", "::1", 1_884, false),
            ("mqtt://[fe80::1]", "fe80::1", 1_883, false),
        ] as [(String, String, UInt16, Bool)]
    )
    func good(text: String, host: String, port: UInt16, usesTLS: Bool) throws {
        let url = try BrokerURL(text)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.usesTLS == usesTLS)
        #expect(try BrokerURL(url.description) == url)
    }

    @Test(
        "anything else is refused with the reason",
        arguments: [
            "", "broker", "http://broker", "tcp://broker:1883", "mqtt://", "mqtt://:1883",
            "mqtt://broker:", "mqtt://broker:0", "mqtt://broker:65536", "mqtt://broker:-1",
            "mqtt://broker:1883/path", "mqtt://broker?x", "mqtt://a b", "mqtt://::1", "mqtt://[::1",
            "mqtt://[::1]x", "mqtt://brök", "mqtt://a:1:2", "mqtt://broker:99999999999999999999",
        ]
    )
    func bad(text: String) {
        #expect(throws: UplinkError.self) { try BrokerURL(text) }
    }

    @Test("a password in a URL is refused and not repeated")
    func password() {
        do {
            _ = try BrokerURL("mqtt://user:hunter2@broker")
            Issue.record("it was taken")
        } catch {
            #expect(!error.description.contains("hunter2"))
            #expect(error.description.contains("passwordFile"))
        }
    }
}
