import Documents
import TestKit
import Testing
import Uplink

@testable import Operator

// Goal: the controller's side of the contract, as the operator sees it.
// Method: the public session on a real broker, with a stand-in node or with none.
@Suite(
    "Verbs over the broker",
    .enabled(if: Requirement.mosquitto.isMet, "\(Requirement.mosquitto.comment)")
)
struct BrokerSessionTests {
    private static let manifest = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec: {containers: [{name: a, image: i}]}
        """

    @Test("contract rule 1: an apply is done when the node has accepted it, uid kept, version up")
    func apply() async throws {
        try await withNode { session, node, screen in
            try await session.apply(file(Self.manifest), timeoutSeconds: 10)
            try await session.apply(file(Self.manifest), timeoutSeconds: 10)
            let changed = Self.manifest.replacing("image: i", with: "image: j")
            try await session.apply(file(changed), timeoutSeconds: 10)
            #expect(screen.output == "pod/web created\npod/web unchanged\npod/web configured\n")
            let objects = node.desired.map { json($0) }.map { ObjectView($0) }
            #expect(objects.map(\.resourceVersion) == ["1", "1", "2"])
            #expect(Set(objects.map(\.uid)).count == 1)
            try await session.get(Selection(kind: .pods), format: .table)
            #expect(screen.output.contains("default     web    0/1     Running"))
        }
    }

    @Test("what somebody has changed at the node is news again when it is applied from afar")
    func changedAtNode() async throws {
        try await withNode { session, node, screen in
            try await session.apply(file(Self.manifest), timeoutSeconds: 10)
            let uid = ObjectView(json(node.desired[0])).uid ?? ""
            let inventory = """
                {"stored":true,"objects":[{"kind":"Pod","namespace":"default","name":"web",
                 "uid":"\(uid)","resourceVersion":"5"}]}
                """
            try await node.client.publish(
                node.topics.topic("status/desired"),
                payload: Array(inventory.utf8),
                retain: true
            )
            try await session.apply(file(Self.manifest), timeoutSeconds: 10)
            #expect(screen.output == "pod/web created\npod/web configured\n")
            #expect(ObjectView(json(node.desired[1])).resourceVersion == "6")
        }
    }

    @Test("a refusal is said with the node's reason and field")
    func refused() async throws {
        try await withNode { session, _, _ in
            let bad = Self.manifest.replacing("spec: {", with: "spec: {bad: 1, ")
            let error = await #expect(throws: OperatorError.self) {
                try await session.apply(file(bad), timeoutSeconds: 10)
            }
            #expect(
                error?.description
                    == "pod web was refused: Invalid: spec.bad: unknown field (f.yaml, line 4)"
            )
        }
    }

    @Test("a pod that the node has refused is forgotten at once: nothing is there to end")
    func deleteRefused() async throws {
        try await withNode { session, node, screen in
            let bad = Self.manifest.replacing("spec: {", with: "spec: {bad: 1, ")
            await #expect(throws: OperatorError.self) {
                try await session.apply(file(bad), timeoutSeconds: 10)
            }
            let pod = PodName(namespace: "default", name: "web")
            try await session.delete([Deletion(key: ObjectKey(pod: pod), timeoutSeconds: 600)])
            #expect(screen.output == "pod/web deleted\n")
            #expect(try await node.client.retained("#").isEmpty)
        }
    }

    @Test("contract rule 2: a deletion is a tombstone, then the node's word, then two empty topics")
    func delete() async throws {
        try await withNode { session, node, screen in
            try await session.apply(file(Self.manifest), timeoutSeconds: 10)
            let pod = PodName(namespace: "default", name: "web")
            try await session.delete([
                Deletion(key: ObjectKey(pod: pod), graceSeconds: 3, timeoutSeconds: 10)
            ])
            #expect(screen.output == "pod/web created\npod/web deleted\n")
            try await eventually("the desired topic is cleared") { node.desired.last == "" }
            let stone = json(node.desired[1])["metadata"]
            #expect(stone?["deletionTimestamp"] == "2026-11-23T07:30:00Z")
            #expect(stone?["deletionGracePeriodSeconds"] == 3)
            #expect(stone?["uid"] == json(node.desired[0])["metadata"]?["uid"])
            #expect(try await node.client.retained("#").isEmpty)
            await #expect(throws: OperatorError.notFound(kind: "pod", name: "web")) {
                try await session.delete([Deletion(key: ObjectKey(pod: pod), timeoutSeconds: 1)])
            }
        }
    }

    @Test("a node that is away keeps the pod for later, and the operator is told so")
    func away() async throws {
        try await Fixture.with { fixture in
            let broker = try await Mosquitto.start(in: fixture)
            let configuration = try configuration(broker)
            let screen = Collector()
            let session = session(configuration, screen)
            let error = await #expect(throws: OperatorError.self) {
                try await session.apply(file(Self.manifest), timeoutSeconds: 1)
            }
            #expect(error?.exitCode == 75)
            #expect(error?.description.contains("knows no node \"gw-1\"") == true)
            try await session.get(
                Selection(kind: .pods, names: ["web"], namespace: "default"),
                format: .table
            )
            #expect(screen.output.contains("web    0/1     Pending"))
            try await session.status(format: .table)
            #expect(screen.output.contains("link:       not known to the broker\n"))
        }
    }

    @Test("status and nodes say when the node was heard last")
    func presence() async throws {
        try await withNode { session, node, screen in
            let topic = "swiftlet/v1/gw-1/status/"
            let offline = #"{"state":"offline","since":"2026-11-23T07:00:00Z"}"#
            try await node.client.publish(
                topic + "connection",
                payload: Array(offline.utf8),
                retain: true
            )
            let gateway = #"{"kind":"Node","metadata":{"name":"gw-1"}}"#
            try await node.client.publish(
                topic + "node",
                payload: Array(gateway.utf8),
                retain: true
            )
            try await session.get(Selection(kind: .nodes), format: .name)
            try await session.status(format: .table)
            #expect(
                screen.remarks == "note: node gw-1 is offline since 2026-11-23T07:00:00Z; "
                    + "this is what it reported last\n"
            )
            #expect(screen.output.contains("link:       offline since 2026-11-23T07:00:00Z (30m)"))
        }
    }

    @Test("what is not readable on a topic does not hide the other pods")
    func unreadable() async throws {
        try await withNode { session, node, screen in
            try await session.apply(file(Self.manifest), timeoutSeconds: 10)
            try await node.client.publish(
                "swiftlet/v1/gw-1/desired/pods/default/broken",
                payload: Array("{".utf8),
                retain: true
            )
            try await session.get(Selection(kind: .pods, namespace: "default"), format: .name)
            #expect(screen.output == "pod/web created\npod/broken\npod/web\n")
        }
    }

    @Test("logs and restarts are requests that the node answers in parts")
    func requests() async throws {
        try await withNode { session, _, screen in
            var question = LogQuestion(pod: PodName(namespace: "default", name: "web"))
            question.follows = true
            try await session.logs(question)
            try await session.restart(question.pod, container: nil)
            // The second answer of the followed log goes on behind the first one's last line.
            #expect(screen.output == "1\n2\n3\npod/web restarted: main\n")
            let other = PodName(namespace: "default", name: "other")
            await #expect(throws: OperatorError.notFound(kind: "pod", name: "other")) {
                try await session.restart(other, container: nil)
            }
        }
    }

    @Test("a request to a node that is away is not answered, and says so")
    func requestToNobody() async throws {
        try await Fixture.with { fixture in
            let broker = try await Mosquitto.start(in: fixture)
            let client = ControllerClient(configuration: try configuration(broker))
            try await client.connect()
            let access = BrokerAccess(
                client: client,
                topics: TopicSpelling(prefix: "swiftlet/v1", nodeName: "gw-1"),
                timeoutSeconds: 1,
                console: Collector().console
            )
            let error = await #expect(throws: OperatorError.self) {
                let pod = PodName(namespace: "default", name: "web")
                _ = try await access.restart(pod, container: nil)
            }
            #expect(error?.exitCode == 75)
            await client.close()
        }
    }

    @Test("a broker that is not there is unreachable")
    func noBroker() async throws {
        let url = try BrokerURL("mqtt://127.0.0.1:\(freePort())")
        let configuration = UplinkConfiguration(url: url, nodeName: "gw-1")
        let error = await #expect(throws: OperatorError.self) {
            try await session(configuration, Collector()).status(format: .table)
        }
        #expect(error?.exitCode == 69 || error?.exitCode == 75)
    }

    private func withNode(
        _ body: @escaping @Sendable (Session, StandInNode, Collector) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let broker = try await Mosquitto.start(in: fixture)
            let configuration = try configuration(broker)
            let node = StandInNode(configuration)
            let subscriptions = try await node.listen()
            let screen = Collector()
            let session = session(configuration, screen)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await node.run(subscriptions) }
                try await body(session, node, screen)
                await node.client.close()
                group.cancelAll()
            }
        }
    }

    private func configuration(_ broker: Mosquitto) throws -> UplinkConfiguration {
        UplinkConfiguration(
            url: try BrokerURL("mqtt://127.0.0.1:\(broker.port)"),
            nodeName: "gw-1"
        )
    }

    private func session(_ configuration: UplinkConfiguration, _ screen: Collector) -> Session {
        var reach = Reach()
        reach.broker = configuration
        return Session(reach: reach, console: screen.console)
    }

    private func file(_ text: String) throws -> ManifestFile {
        try ManifestFile(
            bytes: Array(text.utf8),
            path: "f.yaml",
            namespace: "default",
            isNamespaceGiven: false
        )
    }
}
