import TestKit
import Uplink
import Testing

@testable import Operator

// Goal: ways to nodes have names, and a slip in their file is said with its place. Method: texts.
@Suite("Contexts")
struct ContextFileTests {
    private static let text = """
        current-context: field
        contexts:
          - name: field
            broker: mqtts://broker.example:8883
            node: gw-1
            username: ops
            passwordFile: /p
            caFile: /ca
            certificateFile: /c
            keyFile: /k
            prefix: site/v1
          - name: here
            socket: /run/swiftlet/swiftletd.sock
        """

    private func read(_ text: String) throws -> ContextFile {
        try ContextFile(bytes: Array(text.utf8), path: "config.yaml")
    }

    @Test("the named context counts, else the current one, else none")
    func choice() throws {
        let file = try read(Self.text)
        #expect(try file.context(nil)?.name == "field")
        let field = try #require(try file.context("field"))
        #expect(field.broker == "mqtts://broker.example:8883")
        #expect(
            [field.node, field.username, field.passwordFile, field.caFile] == [
                "gw-1", "ops", "/p", "/ca",
            ]
        )
        #expect(
            [field.certificateFile, field.keyFile, field.prefix, field.socket] == [
                "/c", "/k", "site/v1", nil,
            ]
        )
        #expect(try file.context("here")?.socket == "/run/swiftlet/swiftletd.sock")
        #expect(try read("").context(nil) == nil)
        let error = #expect(throws: OperatorError.self) { try file.context("moon") }
        #expect(error?.description == "there is no context \"moon\"; known: field, here")
    }

    @Test("what is written is read as the same")
    func roundTrip() throws {
        var file = try read(Self.text)
        file.current = "here"
        #expect(try read(file.yaml) == file)
        #expect(try read(ContextFile().yaml) == ContextFile())
    }

    @Test(
        "a slip is named with its field and line",
        arguments: [
            ("contexts: [{name: a, broker: x, sockett: z}]", "contexts[0].sockett"),
            ("contexts: [{broker: x}]", "contexts[0].name"),
            ("contexts: [{name: a}]", "contexts[0].broker: Required value: or socket"),
            ("contexts: [{name: a, broker: x, socket: z}]", "leave one of them out"),
            ("contexts: [{name: a, broker: x}, {name: a, broker: z}]", "is there twice"),
            ("current: a", "current"),
            ("current-context: a", "there is no context \"a\""),
            ("a: [", "config.yaml: "),
            ("a: 1\n---\nb: 2", "several documents"),
        ]
    )
    func slips(text: String, part: String) {
        let error = #expect(throws: OperatorError.self) { try read(text) }
        #expect(error?.description.contains(part) == true, "\(String(describing: error))")
        #expect(error?.exitCode == 1)
    }
}

// Goal: one command asks and tells all nodes of a broker. Method: two stand-in nodes on a real broker.
@Suite(
    "All nodes of a broker",
    .enabled(if: Requirement.mosquitto.isMet, "\(Requirement.mosquitto.comment)")
)
struct FleetSessionTests {
    private static let manifest = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec: {containers: [{name: a, image: i}]}
        """

    @Test("an apply tells each node, a listing has them all, and one that is silent spoils nothing")
    func fleet() async throws {
        try await Fixture.with { fixture in
            let broker = try await Mosquitto.start(in: fixture)
            func configuration(_ name: String) throws -> UplinkConfiguration {
                let url = try BrokerURL("mqtt://127.0.0.1:\(broker.port)")
                return UplinkConfiguration(url: url, nodeName: name)
            }
            let nodes = try ["gw-1", "gw-2"].map { StandInNode(try configuration($0)) }
            let screen = Collector()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, node) in nodes.enumerated() {
                    let subscriptions = try await node.listen()
                    try await node.client.publish(
                        "swiftlet/v1/gw-\(index + 1)/status/connection",
                        payload: Array(#"{"state":"online"}"#.utf8),
                        retain: true
                    )
                    group.addTask { try await node.run(subscriptions) }
                }
                // A node that has been there and answers no more.
                try await nodes[0].client.publish(
                    "swiftlet/v1/gw-3/status/connection",
                    payload: Array(#"{"state":"offline"}"#.utf8),
                    retain: true
                )
                var reach = Reach()
                reach.broker = try configuration("all")
                reach.isForAllNodes = true
                let session = Session(reach: reach, console: screen.console)
                let file = try ManifestFile(
                    bytes: Array(Self.manifest.utf8),
                    path: "f.yaml",
                    namespace: "default",
                    isNamespaceGiven: false
                )
                let error = await #expect(throws: OperatorError.self) {
                    try await session.apply(file, timeoutSeconds: 2)
                }
                #expect(error == .someFailed(75, nodeCount: 3))
                #expect(screen.output == "gw-1: pod/web created\ngw-2: pod/web created\n")
                #expect(screen.remarks.contains("gw-3: error: pod web was not confirmed"))
                try await session.get(Selection(kind: .pods, names: []), format: .table)
                #expect(
                    screen.output.split(separator: "\n").suffix(4).map {
                        $0.split(separator: " ").prefix(3).joined(separator: " ")
                    }
                        == [
                            "NODE NAMESPACE NAME", "gw-1 default web", "gw-2 default web",
                            "gw-3 default web",
                        ]
                )
                for node in nodes { await node.client.close() }
                group.cancelAll()
            }
        }
    }
}
