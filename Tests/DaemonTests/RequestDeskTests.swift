import Documents
import KubeModel
import StateStore
import Supervisor
import TestKit
import Testing
import Trust
import Uplink

@testable import Daemon

// Goal: the contract's requests: an ID acts once, late ones not at all, answers go where they may.
// Method: the desk with a real database and supervisor; what it would send is taken from its queue.
@Suite("Requests", .timeLimit(.minutes(1)))
struct RequestDeskTests {
    /// A desk whose answers are collected.
    private struct Bench: Sendable {
        var desk: RequestDesk
        var store: StateStore

        func ask(_ id: String, _ text: String, isRetained: Bool = false) async {
            let message = InboundMessage(
                topic: "swiftlet/v1/gw-1/requests/\(id)",
                prefix: "swiftlet/v1",
                payload: Array(text.utf8),
                isRetained: isRetained,
                responseTopic: "swiftlet/v1/gw-1/replies/\(id)",
                correlationData: Array(id.utf8)
            )
            await desk.take(message, id: id)
        }

        /// The next answer that waits, taken off as by a PUBACK.
        func answer() async throws -> (message: OutboundMessage, part: ReplyPart) {
            var found: OutboundMessage?
            try await eventually("an answer waits") {
                found = desk.replies.due(limit: 1).first
                return found != nil
            }
            let message = try #require(found)
            #expect(desk.replies.acknowledged(message))
            return (message, try #require(ReplyPart(payload: message.payload)))
        }
    }

    private func with(
        now: Int64 = 0,
        trust: TrustedKeys? = nil,
        _ body: @Sendable (Bench) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let store = try StateStore(path: fixture.path("state.db"))
            let supervisor = Supervisor.empty(in: fixture, store: store)
            let desk = RequestDesk(
                store: store,
                supervisor: supervisor,
                prefix: "swiftlet/v1",
                nodeName: "gw-1",
                trust: trust,
                now: { Timestamp(nanosecondsSinceEpoch: now) },
                ring: {}
            )
            desk.replies.linkChanged(isOnline: true)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await desk.run() }
                try await body(Bench(desk: desk, store: store))
                group.cancelAll()
            }
        }
    }

    @Test("a report is answered in one part that is the last, to the asker")
    func report() async throws {
        try await with { bench in
            await bench.ask("r1", #"{"verb":"report"}"#)
            let (message, part) = try await bench.answer()
            #expect(part.isLast && part.number == 1)
            #expect(part.result?["node"] == "gw-1")
            #expect(message.responseTopic == "swiftlet/v1/gw-1/replies/r1")
            #expect(message.correlationData == Array("r1".utf8))
            #expect(message.topic == "replies/r1" && !message.isRetained)
        }
    }

    @Test("an ID acts once: the same again is not answered, also by a later life of the daemon")
    func once() async throws {
        try await with { bench in
            await bench.ask("r1", #"{"verb":"report"}"#)
            _ = try await bench.answer()
            await bench.ask("r1", #"{"verb":"report"}"#)
            await bench.ask("r2", #"{"verb":"report"}"#)
            #expect(try await bench.answer().message.topic == "replies/r2")
            #expect(bench.desk.replies.due(limit: 9).isEmpty)
            #expect(try await !bench.store.claim(request: "r1"), "it is on disk")
        }
    }

    @Test("a report can send every status again")
    func resend() async throws {
        try await with { bench in
            let row = OutboxMessage(topic: "status/x", payload: [1])
            try await bench.store.enqueue(row)
            try await bench.store.acknowledge(topic: "status/x", payload: [1])
            #expect(try await bench.store.dueCount() == 0)
            await bench.ask("r1", #"{"verb":"report","resend":true}"#)
            _ = try await bench.answer()
            #expect(try await bench.store.dueCount() == 1)
        }
    }

    @Test(
        "what cannot be done is answered with why",
        arguments: [
            (#"{"verb":"logs","pod":"web"}"#, "NotFound", "web"),
            (#"{"verb":"restart","pod":"web"}"#, "NotFound", "web"),
            (#"{"verb":"pull","image":"oci:none:1"}"#, "ErrImagePull", "no layout"),
            (#"{"verb":"prune"}"#, "ErrImagePull", "not removed"),
            (#"{"verb":"dance"}"#, "Invalid", "verb"),
            (#"{"verb":"report","deadline":"1970-01-01T00:00:09Z"}"#, "Expired", "deadline"),
            ("{", "Unreadable", "JSON"),
        ]
    )
    func refused(text: String, reason: String, part: String) async throws {
        try await with(now: 10_000_000_000) { bench in
            await bench.ask("r1", text)
            let answer = try await bench.answer().part
            #expect(answer.isLast)
            #expect(answer.error?.reason == reason)
            #expect(answer.error?.message.contains(part) == true, "\(answer)")
        }
    }

    @Test("rule 3: with trusted keys a request counts when its bytes, ID and deadline are signed")
    func signed() async throws {
        let key = try SigningKey()
        let trust = try TrustedKeys([key.verifyingKey])
        try await with(now: 10_000_000_000, trust: trust) { bench in
            func sign(_ text: String, _ id: String, by key: SigningKey) throws -> String {
                let payload = try key.sign(request: Array(text.utf8), id: id, node: "gw-1")
                return String(decoding: payload, as: UTF8.self)
            }
            let late = #"{"verb":"report","deadline":"1970-01-01T00:00:09Z"}"#
            let good = #"{"verb":"report","deadline":"1970-01-01T00:00:11Z"}"#
            let table = [
                (good, "NotTrusted"), (try sign(good, "other", by: key), "NotTrusted"),
                (try sign(good, "id-2", by: SigningKey()), "NotTrusted"),
                (try sign(late, "id-3", by: key), "Expired"),
                (try sign(#"{"verb":"report"}"#, "id-4", by: key), "NoDeadline"),
                (try sign(good, "id-5", by: key), nil),
            ]
            for (index, (text, reason)) in table.enumerated() {
                await bench.ask("id-\(index)", text)
                let part = try await bench.answer().part
                #expect(part.error?.reason == reason, "\(index)")
            }
            // Sent again word for word, the signed one does nothing.
            await bench.ask("id-5", try sign(good, "id-5", by: key))
            #expect(bench.desk.replies.due(limit: 1).isEmpty)
        }
    }

    @Test("a signed request counts also where nobody asks for signatures")
    func signedForNothing() async throws {
        let key = try SigningKey()
        try await with { bench in
            let request = Array(#"{"verb":"report"}"#.utf8)
            let payload = try key.sign(request: request, id: "r1", node: "gw-1")
            await bench.ask("r1", String(decoding: payload, as: UTF8.self))
            let answer = try await bench.answer()
            #expect(answer.part.error == nil)
        }
    }

    @Test("a deadline that has not passed is no obstacle")
    func inTime() async throws {
        try await with(now: 9_000_000_000) { bench in
            await bench.ask("r1", #"{"verb":"report","deadline":"1970-01-01T00:00:09Z"}"#)
            let answer = try await bench.answer()
            #expect(answer.part.error == nil)
        }
    }

    @Test("a retained request is nobody's: it would act again for every new session")
    func retained() async throws {
        try await with { bench in
            await bench.ask("r1", #"{"verb":"report"}"#, isRetained: true)
            await bench.ask("r2", "")
            #expect(bench.desk.replies.due(limit: 9).isEmpty)
            let isUnused = try await bench.store.claim(request: "r1")
            #expect(isUnused)
        }
    }

    @Test("without a link nothing waits, and nobody waits for it")
    func offline() async throws {
        try await with { bench in
            bench.desk.replies.linkChanged(isOnline: false)
            await bench.ask("r1", #"{"verb":"report"}"#)
            await bench.ask("r2", "{")
            #expect(bench.desk.replies.due(limit: 9).isEmpty)
        }
    }

    @Test("parts that nobody takes keep the writer waiting; the end of the link lets it go")
    func backPressure() async {
        let queue = ReplyQueue(ring: {})
        queue.linkChanged(isOnline: true)
        func part(_ number: UInt8) -> OutboundMessage {
            OutboundMessage(
                topic: "replies/a",
                payload: [number],
                isRetained: false,
                isUrgent: false
            )
        }
        for number in 0..<UInt8(UplinkLimits.replyPartsMax) {
            #expect(await queue.add(part(number)))
        }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await queue.add(part(100)) }
            #expect(queue.due(limit: 99).count == UplinkLimits.replyPartsMax)
            #expect(queue.acknowledged(part(0)))
            #expect(await group.next() == true)
            #expect(queue.due(limit: 99).last == part(100))
            group.addTask { await queue.add(part(101)) }
            queue.linkChanged(isOnline: false)
            #expect(await group.next() == false)
        }
        #expect(queue.due(limit: 99).isEmpty)
        #expect(!queue.acknowledged(part(1)), "what the old link carried is forgotten")
    }

    @Test(
        "an answer goes where the asker says, but never to where it would be taken for something else",
        arguments: [
            ("elsewhere/a", true), ("swiftlet/v1/gw-1/replies/r1", true),
            ("swiftlet/v1/gw-1/replies/r2", false), ("swiftlet/v1/gw-1/status/node", false),
            ("swiftlet/v1/gw-2/desired/pods/default/x", false), ("swiftlet/v1", false),
            ("swiftlet/v1x/y", true), ("a/+", false), ("a/#", false), ("$SYS/x", false),
        ]
    )
    func responseTopics(topic: String, isAllowed: Bool) {
        let topics = NodeTopics(prefix: "swiftlet/v1", nodeName: "gw-1")
        #expect(topics.responseTopic(topic, id: "r1") == (isAllowed ? topic : nil))
    }
}
