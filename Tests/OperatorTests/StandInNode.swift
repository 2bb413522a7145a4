import Documents
import Synchronization
import TestKit
import Uplink

@testable import Operator

/// A node that takes every pod at once, on a real broker; refuses those whose spec says so.
final class StandInNode: Sendable {
    let client: ControllerClient
    private let topics: TopicSpelling
    private let seen = Mutex<[String]>([])

    init(_ configuration: UplinkConfiguration) {
        client = ControllerClient(configuration: configuration)
        topics = TopicSpelling(prefix: configuration.prefix, nodeName: configuration.nodeName)
    }

    /// Payloads on the desired topic so far.
    var desired: [String] { seen.withLock { $0 } }

    /// Answers until the connection ends.
    func run() async throws {
        for await message in try await client.messages(topics.topic("desired/pods/+/+")) {
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
