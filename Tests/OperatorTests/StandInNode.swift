import Documents
import KubeModel
import Synchronization
import TestKit
import Uplink

@testable import Operator

/// A node that takes every pod at once, on a real broker; refuses those whose spec says so.
final class StandInNode: Sendable {
    let client: ControllerClient
    let topics: TopicSpelling
    private let seen = Mutex<[String]>([])

    init(_ configuration: UplinkConfiguration) {
        client = ControllerClient(configuration: configuration)
        topics = TopicSpelling(prefix: configuration.prefix, nodeName: configuration.nodeName)
    }

    /// Payloads on the desired topic so far.
    var desired: [String] { seen.withLock { $0 } }

    /// What the node listens to.
    struct Subscriptions: Sendable {
        var requests: AsyncStream<InboundMessage>
        var pods: AsyncStream<InboundMessage>
    }

    /// Connects and subscribes: what is asked from then on is heard.
    func listen() async throws -> Subscriptions {
        try await client.connect()
        return Subscriptions(
            requests: try await client.messages(topics.topic("requests/+")),
            pods: try await client.messages(topics.topic("desired/pods/+/+"))
        )
    }

    /// Answers until the connection ends.
    func run(_ subscriptions: Subscriptions) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.answer(subscriptions.requests) }
            try await self.take(subscriptions.pods)
            group.cancelAll()
        }
    }

    /// Two lines and a third in the next answer; restarts nothing but web.
    private func answer(_ requests: AsyncStream<InboundMessage>) async throws {
        for await message in requests {
            guard case .request(let id) = message.name else { continue }
            let request = try NodeRequest(payload: message.payload)
            for part in Self.parts(of: request) {
                try await client.publish(
                    topics.topic("replies/\(id)"),
                    payload: part.payload,
                    retain: false
                )
            }
        }
    }

    private static func parts(of request: NodeRequest) -> [ReplyPart] {
        var last = ReplyPart(number: 1, isLast: true)
        switch request.verb {
        case .logs(let log) where log.sinceTime == nil:
            var first = ReplyPart(number: 1, isLast: false)
            first.bytes = Array("1\n".utf8)
            last.number = 2
            last.bytes = Array("2\n".utf8)
            last.time = Timestamp(nanosecondsSinceEpoch: 5)
            last.result = ["continues": true]
            return [first, last]
        case .logs: last.bytes = Array("3\n".utf8)
        case .restart(let target) where target.pod == "web": last.result = ["restarted": ["main"]]
        case .restart, .report, .pull, .prune, .cancel:
            last.error = .init(reason: "NotFound", message: "not here")
        }
        return [last]
    }

    private func take(_ pods: AsyncStream<InboundMessage>) async throws {
        for await message in pods {
            seen.withLock { $0.append(String(decoding: message.payload, as: UTF8.self)) }
            guard let pod = try? Document(json: message.payload) else { continue }
            try await client.publish(
                topics.topic("status/pods/default/\(ObjectView(pod).name)"),
                payload: report(pod).json(),
                retain: true
            )
        }
    }

    private func report(_ pod: Document) -> Document {
        let view = ObjectView(pod)
        var metadata = ObjectBuilder()
        metadata.set("name", view.name)
        metadata.set("namespace", view.namespace)
        metadata.set("uid", view.uid)
        metadata.set("resourceVersion", view.resourceVersion)
        let isBad = view.spec?["bad"] != nil
        var conditions: [Document] = [
            [
                "type": "swiftlet.dev/Accepted", "status": isBad ? "False" : "True",
                "reason": isBad ? "Invalid" : "Stored", "message": "spec.bad: unknown field",
            ]
        ]
        if view.isBeingDeleted {
            conditions.append(["type": "swiftlet.dev/Deleted", "status": "True"])
        }
        return [
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata.document,
            "status": ["phase": "Running", "conditions": .array(conditions)],
        ]
    }
}
