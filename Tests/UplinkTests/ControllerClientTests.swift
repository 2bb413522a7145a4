import TestKit
import Testing

@testable import Uplink

// Goal: the controller's side never guesses and never hangs. Method: a real broker with many
// retained messages, none, and brokers that refuse, stop or say nothing.
@Suite(
    "Controller's client",
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment))
)
struct ControllerClientTests {
    @Test("what is not there is known to be absent, without waiting")
    func absent() async throws {
        try await Link.with { link in
            let clock = ContinuousClock()
            let start = clock.now
            try await link.controller { client in
                for _ in 0..<20 {
                    let found = try await client.retained(link.topic("desired/pods/a/b"))
                    #expect(found == [])
                }
            }
            #expect(clock.now - start < .seconds(5))
        }
    }

    @Test("a long list is whole, whatever the broker's window")
    func manyRetained() async throws {
        try await Link.with { link in
            let count = 400
            let payload = [UInt8](repeating: 0x7A, count: 4_096)
            try await link.controller { client in
                for number in 0..<count {
                    let topic = link.topic("desired/pods/default/p-\(number)")
                    try await client.publish(topic, payload: payload, retain: true)
                }
                for _ in 0..<3 {
                    let found = try await client.retained(link.topic("desired/#"))
                    #expect(found.count == count)
                    #expect(found.allSatisfy { $0.payload == payload && $0.isRetained })
                }
                let one = try await client.retained(link.topic("desired/+/default/p-7"))
                #expect(one.count == 1)
            }
        }
    }

    @Test("rule 8: an object above 256 KiB is not published")
    func tooLarge() async throws {
        try await Link.with { link in
            try await link.controller { client in
                let topic = link.topic("desired/pods/default/web")
                let most = [UInt8](repeating: 0x20, count: 256 * 1_024)
                try await client.publish(topic, payload: most, retain: true)
                await #expect(
                    throws: UplinkError.tooLarge(
                        topic: topic,
                        byteCount: most.count + 1,
                        byteCountMax: most.count
                    )
                ) { try await client.publish(topic, payload: most + [0x20], retain: true) }
            }
        }
    }

    @Test("a stream begins with what is retained, goes on live, and ends with the connection")
    func stream() async throws {
        try await Link.with { link in
            try await link.publish("status/pods/default/a", "1")
            let client = ControllerClient(configuration: link.configuration)
            try await client.connect()
            let stream = try await client.messages(link.topic("status/#"))
            try await link.publish("status/pods/default/a", "2")
            try await link.publish("status/pods/default/a", "")
            var seen: [String] = []
            for await message in stream {
                seen.append(String(decoding: message.payload, as: UTF8.self))
                if seen.count == 3 { try await link.broker.stop() }
            }
            #expect(seen == ["1", "2", ""])
            await #expect(throws: UplinkError.self) { try await client.retained("a") }
            await client.close()
        }
    }

    @Test("a broker that is not there is an error that names it")
    func unreachable() async throws {
        let url = try BrokerURL("mqtt://127.0.0.1:\(try freePort())")
        let client = ControllerClient(configuration: .init(url: url, nodeName: "gw-1"))
        do {
            try await client.connect()
            Issue.record("it connected")
        } catch {
            #expect(error.description.contains("\(url)"))
        }
    }

    @Test("a broker that says nothing is given up in time")
    func silent() async throws {
        try await ScriptedBroker.with({ $0.ignoreEverything() }) { broker in
            let url = try BrokerURL("mqtt://127.0.0.1:\(broker.port)")
            let client = ControllerClient(configuration: .init(url: url, nodeName: "gw-1"))
            await #expect(throws: UplinkError.timedOut(what: "answer to CONNECT", seconds: 1)) {
                try await client.connect(timeoutSeconds: 1)
            }
        }
    }

    @Test("what is no topic is refused here, not by the broker")
    func malformed() async throws {
        try await Link.with { link in
            try await link.controller { client in
                await #expect(throws: UplinkError.malformedTopic("a/+")) {
                    try await client.publish("a/+", payload: [], retain: false)
                }
                await #expect(throws: UplinkError.malformedTopic("a/#/b")) {
                    try await client.retained("a/#/b")
                }
            }
        }
    }
}
