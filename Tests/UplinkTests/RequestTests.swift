import TestKit
import Testing

@testable import Uplink

// Goal: a request reaches a node with where its answer is wanted, and the answer comes back in order.
// Method: the uplink and a controller's client on a real broker, MQTT 5 and 3.1.1.
@Suite(
    "Requests over a broker",
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment))
)
struct RequestTests {
    /// The answer's parts, sent by the node as soon as the request is there.
    private func answer(
        _ link: Link,
        _ numbers: [Int64],
        to message: InboundMessage
    ) async {
        for number in numbers {
            var part = ReplyPart(number: number, isLast: number == numbers.last)
            part.bytes = Array("\(number)\n".utf8)
            await link.backend.enqueue(
                OutboundMessage(
                    topic: "replies/r1",
                    payload: part.payload,
                    isRetained: false,
                    isUrgent: false,
                    responseTopic: message.responseTopic,
                    correlationData: message.correlationData
                )
            )
        }
        link.uplink.ring()
    }

    @Test(
        "requests/ID is answered on replies/ID: numbered parts, the last says so",
        arguments: UplinkConfiguration.ProtocolVersion.allCases
    )
    func parts(version: UplinkConfiguration.ProtocolVersion) async throws {
        try await Link.with { link in
            link.configuration.version = version
            try await link.start()
            try await link.controller { client in
                let payload = NodeRequest(.prune).payload
                let parts = try await client.request(payload, id: "r1", expirySeconds: 60)
                try await link.received(1)
                let message = try #require(await link.backend.messages.first)
                #expect(message.name == .request(id: "r1"))
                #expect(message.payload == payload)
                let isModern = version == .v5
                #expect(message.responseTopic == (isModern ? link.topic("replies/r1") : nil))
                #expect(message.correlationData == (isModern ? Array("r1".utf8) : nil))
                // One part twice, as QoS 1 may bring it.
                await answer(link, [1, 2, 2, 3], to: message)
                var seen: [Int64] = []
                for await part in parts {
                    seen.append(part.number)
                    if part.isLast { break }
                }
                #expect(seen == [1, 2, 3])
            }
        }
    }

    @Test("an answer goes where MQTT 5's response topic says, with its correlation data")
    func responseTopic() async throws {
        try await Link.with { link in
            try await link.start()
            let client = ControllerClient(configuration: link.configuration)
            try await client.connect()
            let watch = try await client.messages("elsewhere/answers")
            await link.backend.enqueue(
                OutboundMessage(
                    topic: "replies/r1",
                    payload: [1],
                    isRetained: false,
                    isUrgent: false,
                    responseTopic: "elsewhere/answers",
                    correlationData: [7, 0, 9]
                )
            )
            link.uplink.ring()
            var iterator = watch.makeAsyncIterator()
            let message = await iterator.next()
            #expect(message?.payload == [1])
            #expect(message?.correlationData == [7, 0, 9])
            await client.close()
        }
    }
}
