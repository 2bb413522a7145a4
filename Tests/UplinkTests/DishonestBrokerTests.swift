import Glibc
import Synchronization
import TestKit
import Testing

@testable import Uplink

// Goal: no broker can hang the node, fill its memory or make it fight. Method: a scripted broker on
// loopback; time passes by hand.
@Suite("Against a dishonest broker")
struct DishonestBrokerTests {
    @Test("rule 10: a broker that takes TCP and never says CONNACK is left after 30 s")
    func neverConnack() async throws {
        try await ScriptedBroker.with({ $0.ignoreEverything() }) { broker in
            try await Node.with(port: broker.port) { node in
                node.begin()
                try await eventually("it is connected") { broker.connectionCount == 1 }
                try await node.reaches(.connecting)
                try await eventually("it gives up, and tries again") {
                    node.pass(.seconds(30))
                    return broker.connectionCount >= 3
                }
                #expect(await node.backend.links.contains { $0.detail.contains("30 s") })
            }
        }
    }

    @Test(
        "while TCP itself hangs nothing else does: messages may be rung for, and a stop is at once"
    )
    func hangingConnect() async throws {
        let queue = try FullQueue()
        try await Node.with(port: queue.port) { node in
            node.begin()
            try await node.reaches(.connecting)
            let start = ContinuousClock.now
            node.uplink.ring()
            node.pass(.seconds(3_600))
            await node.leave()
            #expect(await node.backend.phase == .stopped)
            #expect(ContinuousClock.now - start < .seconds(5))
            // And a controller is told in time, whatever its thread waits for.
            let client = ControllerClient(configuration: node.configuration)
            await #expect(throws: UplinkError.timedOut(what: "answer to CONNECT", seconds: 1)) {
                try await client.connect(timeoutSeconds: 1)
            }
        }
    }

    @Test("rule 6: a half-open link is found by the probe")
    func halfOpen() async throws {
        let script: @Sendable (Peer) -> Void = { peer in
            peer.accept()
            peer.beCourteous(publishCount: 1)
            peer.ignoreEverything()
        }
        try await ScriptedBroker.with(script) { broker in
            try await Node.with(port: broker.port) { node in
                try await node.start()
                node.pass(.seconds(600))
                try await eventually("the probe") { broker.connections[0].ignoredCount == 1 }
                #expect(await node.backend.phase == .online)
                node.pass(.seconds(30))
                try await node.reaches(.offline)
                #expect(await node.backend.links.last?.detail.contains("half-open") == true)
            }
        }
    }

    @Test("rule 9: reason 0x8E is not fought: the next try is a minute away")
    func takenOver() async throws {
        let script: @Sendable (Peer) -> Void = { peer in
            peer.accept()
            peer.beCourteous(publishCount: 1)
            peer.write([0xE0, 0x02, 0x8E, 0x00])
            peer.ignoreEverything()
        }
        try await ScriptedBroker.with(script) { broker in
            try await Node.with(port: broker.port) { node in
                node.begin()
                try await node.reaches(.duplicateClientID)
                node.pass(.seconds(59))
                #expect(broker.connectionCount == 1)
                #expect(await node.backend.phase == .duplicateClientID)
                let detail = await node.backend.links.last?.detail
                #expect(detail?.lowercased().contains("taken over") == true, "\(detail ?? "")")
            }
        }
    }

    @Test("rule 9: three drops right after CONNACK mean somebody else with our name")
    func quickDrops() async throws {
        try await ScriptedBroker.with({ $0.accept() }) { broker in
            try await Node.with(port: broker.port) { node in
                node.begin()
                try await eventually("it has understood") {
                    if await node.backend.phase == .offline { node.pass(.seconds(1)) }
                    return await node.backend.phase == .duplicateClientID
                }
                #expect(broker.connectionCount == 3)
            }
        }
    }

    @Test(
        "a node name or a prefix with a wildcard never reaches a broker",
        arguments: ["+", "gw/1"]
    )
    func wildcardName(name: String) async throws {
        try await ScriptedBroker.with({ $0.ignoreEverything() }) { broker in
            for isPrefix in [true, false] {
                try await Node.with(port: broker.port) { node in
                    if isPrefix { node.configuration.prefix = "a/#" }
                    node.configuration.nodeName = isPrefix ? "gw-1" : name
                    node.begin()
                    try await node.reaches(.offline)
                    #expect(broker.connectionCount == 0)
                }
            }
        }
    }

    @Test("rule 6: a state that came back while its PUBACK was lost is said again")
    func lostPuback() async throws {
        let connections = Mutex(0)
        let script: @Sendable (Peer) -> Void = { peer in
            let number = connections.withLock { count in
                count += 1
                return count
            }
            peer.accept()
            guard number == 1 else { return peer.beCourteous(presence: .online(1)) }
            // The birth and A are answered; B is taken, and the link dies before its PUBACK.
            peer.beCourteous(publishCount: 2)
            _ = peer.readPacket()
        }
        try await ScriptedBroker.with(script) { broker in
            try await Node.with(port: broker.port) { node in
                try await node.start()
                try await node.say(["web"])
                await node.backend.enqueue(.status("web", "B", isUrgent: true))
                node.uplink.ring()
                try await node.reaches(.offline)
                await node.backend.enqueue(.status("web", "web"))
                try await node.onlineAgain()
                try await node.drained()
                #expect(broker.connections[1].publishedTexts.contains("web"))
                #expect(await node.backend.forgottenCount == 0)
            }
        }
    }

    @Test("a refusal is told in the broker's words")
    func refused() async throws {
        let script: @Sendable (Peer) -> Void = { peer in
            _ = peer.readPacket()
            peer.write([0x20, 0x03, 0x00, 0x86, 0x00])
        }
        try await ScriptedBroker.with(script) { broker in
            try await Node.with(port: broker.port) { node in
                node.begin()
                try await node.reaches(.offline)
                let detail = await node.backend.links.last?.detail ?? ""
                #expect(detail.contains("refused the connection"), "\(detail)")
            }
        }
    }

    @Test("rule 8: a header that claims 256 MB costs no memory")
    func hugeHeader() async throws {
        let script: @Sendable (Peer) -> Void = { peer in
            peer.accept()
            peer.beCourteous(publishCount: 1)
            peer.write([0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0x00, 0x01])
            peer.ignoreEverything()
        }
        try await ScriptedBroker.with(script) { broker in
            try await Node.with(port: broker.port) { node in
                try await node.start()
                let before = try residentBytes()
                node.pass(.seconds(600))
                try await eventually("the probe") { broker.connections[0].ignoredCount == 1 }
                node.pass(.seconds(30))
                try await node.reaches(.offline)
                #expect(try residentBytes() < before + 64 * 1_024 * 1_024)
            }
        }
    }

    @Test(
        "noise instead of MQTT ends a connection and nothing else",
        arguments: 1...6 as ClosedRange<UInt64>
    )
    func noise(seed: UInt64) async throws {
        let script: @Sendable (Peer) -> Void = { peer in
            var random = SeededGenerator(seed: seed)
            if seed % 2 == 0 { peer.accept() }
            var packet = Peer.publish(topic: "swiftlet/v1/gw-1/x", payload: [1, 2], identifier: 7)
            packet = random.mutated(packet)
            peer.write(packet + random.bytes(500))
            _ = peer.readPacket()
        }
        try await ScriptedBroker.with(script) { broker in
            try await Node.with(port: broker.port) { node in
                node.begin()
                try await eventually("it is still trying") {
                    node.pass(.seconds(61))
                    return broker.connectionCount >= 4
                }
            }
        }
    }

    @Test("a store that is stuck slows the broker down, and then has every message")
    func backPressure() async throws {
        let (count, payload) = (300, [UInt8](repeating: 0x61, count: 100 * 1_024))
        let script: @Sendable (Peer) -> Void = { peer in
            peer.accept()
            peer.beCourteous(publishCount: 1)
            for number in 1...count {
                let topic = "swiftlet/v1/gw-1/desired/pods/default/p-\(number)"
                let identifier = UInt16(number)
                let packet = Peer.publish(topic: topic, payload: payload, identifier: identifier)
                guard peer.write(packet) else { return }
            }
            peer.ignoreEverything()
        }
        try await ScriptedBroker.with(script) { broker in
            try await Node.with(port: broker.port) { node in
                let store = Latch()
                try await node.startAccepting(store)
                try await eventually("the store is asked") { store.isAwaited }
                var seen: (byteCount: Int, looks: Int) = (0, 0)
                try await eventually("the broker can write no more") {
                    let byteCount = broker.connections.map(\.byteCountWritten).max() ?? 0
                    seen =
                        seen.byteCount == byteCount ? (byteCount, seen.looks + 1) : (byteCount, 0)
                    return seen.looks > 40
                }
                // What is not in our queue is in the kernel's buffers: 30 MB did not fit.
                #expect(seen.byteCount < count * payload.count / 2)
                store.open()
                try await node.received(count)
                #expect(await node.backend.messages.count == count)
            }
        }
    }
}

private func residentBytes() throws -> Int {
    let fields = try readFile("/proc/self/statm").split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4_096
}
