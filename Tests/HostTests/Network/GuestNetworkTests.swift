import Host
import TestKit
import Testing

// Goal: what a guest may do with the network is said without a doubt. Method: tables of texts, each
// with what it means or that it means nothing; random bytes trap nobody.
@Suite("Network rules")
struct GuestNetworkTests {
    @Test(
        "addresses are read as the text says, and never guessed",
        arguments: [
            ("127.64.1.2", [127, 64, 1, 2]), ("0.0.0.0", [0, 0, 0, 0]),
            ("255.255.255.255", [255, 255, 255, 255]), ("256.1.1.1", nil), ("1.2.3", nil),
            ("1.2.3.4.5", nil), ("01.2.3.4", nil), ("1..2.3", nil), ("1.2.3.a", nil), ("", nil),
            ("::", [UInt8](repeating: 0, count: 16)),
            ("::1", [UInt8](repeating: 0, count: 15) + [1]),
            ("fd00::a:b", [0xFD] + [UInt8](repeating: 0, count: 12) + [10, 0, 11]),
            ("::ffff:1.2.3.4", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4]),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
            ("1:2:3:4:5:6:7", nil), ("1::2::3", nil), (":::", nil), ("12345::", nil),
            ("g::", nil), ("1:2:3:4:5:6:7:8:9", nil), (":", nil),
        ] as [(String, [UInt8]?)]
    )
    func addresses(text: String, bytes: [UInt8]?) {
        let address = InternetAddress(text)
        #expect(address?.bytes == bytes)
        if let address { #expect(InternetAddress(address.description) == address) }
    }

    @Test(
        "a pattern lets through what it names and nothing else",
        arguments: [
            ("*:*", "10.0.0.1", [], 1, true), ("*:443", "10.0.0.1", [], 443, true),
            ("*:443", "10.0.0.1", [], 80, false), ("10.0.0.1:80", "10.0.0.1", [], 80, true),
            ("10.0.0.1:80", "10.0.0.2", [], 80, false),
            ("10.0.0.0/8:80", "10.200.3.4", [], 80, true),
            ("10.0.0.0/8:80", "11.0.0.0", [], 80, false),
            ("192.168.4.0/22:*", "192.168.7.255", [], 9, true),
            ("192.168.4.0/22:*", "192.168.8.0", [], 9, false),
            ("0.0.0.0/0:*", "1.2.3.4", [], 9, true), ("0.0.0.0/0:*", "fd00::1", [], 9, false),
            ("10.0.0.1:80", "::ffff:10.0.0.1", [], 80, true),
            ("[fd00::/8]:80", "fdff::1", [], 80, true),
            ("[fd00::/8]:80", "fe80::1", [], 80, false),
            ("broker.example:8883", "10.0.0.1", ["broker.example"], 8883, true),
            ("broker.example:8883", "10.0.0.1", ["Broker.Example."], 8883, true),
            ("broker.example:8883", "10.0.0.1", ["other.example"], 8883, false),
            ("broker.example:8883", "10.0.0.1", [], 8883, false),
            ("*.example:1", "10.0.0.1", ["a.b.example"], 1, true),
            ("*.example:1", "10.0.0.1", ["example"], 1, false),
            ("*.example:1", "10.0.0.1", ["badexample"], 1, false),
        ] as [(String, String, [String], UInt16, Bool)]
    )
    func patterns(
        text: String,
        address: String,
        names: [String],
        port: UInt16,
        isAllowed: Bool
    ) throws {
        let pattern = try #require(ConnectPattern(text))
        let address = try #require(InternetAddress(address))
        #expect(pattern.allows(address, names: names, port: port) == isAllowed)
    }

    @Test(
        "what is no pattern is refused",
        arguments: [
            "", ":", "host", "host:", "host:0", "host:65536", "host:+1", ":80", "1.2.3:80",
            "10.0.0.0/33:80", "10.0.0.0/:80", "10.0.0.0/8/8:80", "fd00::1:80", "[10.0.0.1]:80",
            "[fd00::1:80", "a b:80", "*x:80", "h\u{f6}st:80", "http://host:80",
        ]
    )
    func noPatterns(text: String) {
        #expect(ConnectPattern(text) == nil)
    }

    @Test("a list names the word that is wrong")
    func list() throws {
        #expect(try ConnectPattern.list(" a.example:1,\n*:2 ", path: "x").count == 2)
        #expect(try ConnectPattern.list("", path: "x").isEmpty)
        #expect(throws: HostError.malformed(path: "x", reason: "nothing is not HOST:PORT")) {
            try ConnectPattern.list("a.example:1 nothing", path: "x")
        }
    }

    @Test("rules travel to the runner whole, and closed unless something is said")
    func coding() throws {
        var command = RunnerCommand(modulePath: "m")
        #expect(command.network == .none)
        let address = try #require(InternetAddress("127.64.0.9"))
        for network in [
            .none, .host, GuestNetwork(address: address, connect: ["a.example:1", "*:2"]),
            GuestNetwork(ports: [.init(80, hostPort: 8080), .init(53, isDatagram: true)]),
        ] as [GuestNetwork] {
            command.network = network
            #expect(try RunnerCommand(encoded: command.encoded()).network == network)
        }
        for entry in [
            "networkPort=tcp", "networkPort=tcp/0", "networkPort=sctp/1", "networkPort=tcp/1/0",
            "networkPort=tcp/1/2/3", "networkAddress=x", "networkConnect=x", "networkOther=1",
        ] {
            let bytes = Array("module=m\0\(entry)\0".utf8)
            #expect(throws: HostError.self, "\(entry)") { try RunnerCommand(encoded: bytes) }
        }
    }

    @Test("no text traps")
    func fuzz() {
        var random = SeededGenerator(seed: 7)
        let texts = ["10.0.0.0/8:80", "[fd00::1/64]:*", "*.a.example:443", "::ffff:1.2.3.4"]
        for _ in 0..<5_000 {
            let text = Array((texts.randomElement(using: &random) ?? "").utf8)
            let mutated = String(decoding: random.mutated(text), as: UTF8.self)
            _ = ConnectPattern(mutated)
            _ = InternetAddress(mutated)
            _ = GuestNetwork.Port(mutated)
        }
    }
}
