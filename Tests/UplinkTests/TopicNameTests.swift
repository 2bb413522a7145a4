import TestKit
import Testing

@testable import Uplink

// Goal: topics are read as strictly as they are written. Method: tables, and noise.
@Suite("Topics")
struct TopicNameTests {
    static let known: [(String, TopicName)] = [
        ("desired/pods/default/web", .desired(.pods, namespace: "default", name: "web")),
        ("desired/configmaps/a/b.c", .desired(.configMaps, namespace: "a", name: "b.c")),
        ("desired/secrets/a/b", .desired(.secrets, namespace: "a", name: "b")),
        ("desired/manifest", .manifest),
        ("desired/manifest.sig", .manifestSignature),
        ("requests/4f-1", .request(id: "4f-1")),
        ("status/connection", .connection),
        ("status/desired", .desiredStatus),
        ("status/node", .nodeStatus),
        ("status/pods/kube-system/x", .podStatus(namespace: "kube-system", name: "x")),
        ("events", .events),
        ("replies/A:1", .reply(id: "A:1")),
    ]

    @Test("every topic of the contract is read and written alike", arguments: TopicNameTests.known)
    func readAndWritten(path: String, name: TopicName) {
        #expect(TopicName(path: path) == name)
        #expect(name.path == path)
        let whole = name.topic(prefix: "a/b", nodeName: "gw")
        #expect(whole == "a/b/gw/\(path)")
        let parts = TopicName.split(whole, prefix: "a/b")
        #expect(parts?.nodeName == "gw")
        #expect(parts?.path == path)
    }

    @Test(
        "anything else is nobody's topic",
        arguments: [
            "", "/", "desired", "desired/", "desired/pods", "desired/pods/default",
            "desired/pods/default/", "desired/pods//web", "desired/pods/default/web/x",
            "desired/pods/Default/web", "desired/pods/default/-web", "desired/pods/default/web-",
            "desired/pods/default/we_b", "desired/pods/a.b/web", "desired/pods/default/a..b",
            "desired/nodes/default/web", "desired/Manifest", "requests/", "requests/a b",
            "requests/a/b", "requests/ä", "status", "status/pods/default", "events/x", "replies/",
            "desired/pods/default/\u{0}", "desired/pods/+/web", "desired/pods/default/#",
            "desired/pods/\(String(repeating: "n", count: 64))/web",
            "desired/pods/default/\(String(repeating: "n", count: 254))",
            "requests/\(String(repeating: "i", count: 129))",
        ]
    )
    func unknown(path: String) {
        #expect(TopicName(path: path) == nil)
    }

    @Test("a topic of another prefix has no node")
    func otherPrefix() {
        #expect(TopicName.split("swiftlet/v2/gw/events", prefix: "swiftlet/v1") == nil)
        #expect(TopicName.split("swiftlet/v1", prefix: "swiftlet/v1") == nil)
        #expect(TopicName.split("swiftlet/v1/gw", prefix: "swiftlet/v1") == nil)
        let message = InboundMessage(topic: "x", prefix: "y", payload: [], isRetained: false)
        #expect(message.nodeName == nil)
        #expect(message.name == nil)
    }

    @Test("noise never becomes a name that would be written differently")
    func noise() {
        var random = SeededGenerator(seed: 11)
        for (path, _) in Self.known {
            for _ in 0..<500 {
                let bytes = random.mutated(Array(path.utf8))
                let text = String(decoding: bytes, as: UTF8.self)
                if let name = TopicName(path: text) { #expect(name.path == text) }
            }
        }
    }
}

@Suite("Topic filters")
struct TopicFilterTests {
    @Test(
        "wildcards mean what MQTT 5, 4.7 says",
        arguments: [
            ("a/b", "a/b", true), ("a/b", "a/c", false), ("a/+", "a/b", true),
            ("a/+", "a/b/c", false), ("a/+", "a", false), ("a/+", "a/", true),
            ("a/#", "a/b/c", true), ("a/#", "a", true), ("a/#", "ab", false),
            ("+/+/c", "a/b/c", true), ("#", "a/b", true), ("#", "$SYS/x", false),
            ("+/x", "$SYS/x", false), ("$SYS/#", "$SYS/x", true), ("+", "", true),
            ("a//b", "a//b", true),
        ]
    )
    func matching(filter: String, topic: String, expected: Bool) throws {
        #expect(try #require(TopicFilter(filter)).matches(topic) == expected)
    }

    @Test("broken filters are refused", arguments: ["", "a/#/b", "a#", "a/b+", "+a", "\u{0}"])
    func broken(filter: String) {
        #expect(TopicFilter(filter) == nil)
    }

    @Test("a filter is not a topic")
    func topics() {
        #expect(TopicFilter.isTopic("a/b"))
        #expect(!TopicFilter.isTopic("a/+"))
        #expect(!TopicFilter.isTopic(""))
    }
}
