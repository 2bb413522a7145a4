import ControlAPI
import Operator
import TestKit
import Testing
import Uplink

// Goal: the verbs over the daemon's socket print what happened and fail with what to do.
// Method: the public session against a stand-in daemon on a real socket.
@Suite("Verbs over the socket")
struct SocketSessionTests {
    private static let manifest = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec: {containers: [{name: a, image: i}]}
        """

    @Test("a pod is created, found unchanged, configured, listed, read and deleted")
    func story() async throws {
        try await withDaemon { path in
            let screen = Collector()
            let session = session(path, screen)
            try await session.apply(file(Self.manifest), timeoutSeconds: 5)
            try await session.apply(file(Self.manifest), timeoutSeconds: 5)
            let changed = Self.manifest.replacing("image: i", with: "image: j")
            try await session.apply(file(changed), timeoutSeconds: 5)
            try await session.get(
                Selection(kind: .pods, names: ["web"], namespace: "default"),
                format: .name
            )
            var question = LogQuestion(pod: PodName(namespace: "default", name: "web"))
            question.tailLineCount = 3
            question.container = "a"
            question.follows = true
            try await session.logs(question)
            let pod = PodName(namespace: "default", name: "web")
            try await session.delete([Deletion(key: ObjectKey(pod: pod), timeoutSeconds: 5)])
            try await session.get(Selection(kind: .pods, namespace: "default"), format: .table)
            #expect(
                screen.output == """
                    pod/web created
                    pod/web unchanged
                    pod/web configured
                    pod/web
                    container=a
                    follow=true
                    tailLines=3
                    pod/web deleted

                    """
            )
            #expect(screen.remarks == "no pods found in namespace default\n")
        }
    }

    private static let kinds = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, labels: {app: shop}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, labels: {tier: edge, app: shop}}
        spec: {containers: [{name: a, image: i}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: other}
        spec: {containers: [{name: a, image: i}]}
        """

    @Test("several kinds are listed in tables of their own, or in one List, chosen by labels")
    func severalKinds() async throws {
        try await withDaemon { path in
            let screen = Collector()
            let session = session(path, screen)
            try await session.apply(file(Self.kinds), timeoutSeconds: 5)
            func list(_ words: [String], _ labels: String?, _ listing: Listing) async throws {
                let labels = try labels.map { try LabelSelector($0) }
                let chosen = try Selection.read(words, namespace: "default", labels: labels)
                try await session.get(chosen, listing)
            }
            try await list(["pods,cm"], "app=shop", Listing(.table))
            try await list(
                ["pods"],
                nil,
                Listing(.table, showsLabels: true, leavesOutHeaders: true)
            )
            try await list(["all"], nil, Listing(.name))
            try await list(["pod/web", "cm/settings"], nil, Listing(.name))
            let names = try JSONPath("{.kind} {.items[*].metadata.name}")
            try await list(["cm,pods"], "app", Listing(.jsonPath(names)))
            try await list(["pods,secrets"], "app=none", Listing(.table))
            #expect(
                screen.output == """
                    configmap/settings created
                    pod/web created
                    pod/other created
                    NAME      READY   STATUS    RESTARTS   AGE
                    pod/web   0/1     Pending   0          0s

                    NAME                 DATA   AGE
                    configmap/settings   0      0s
                    other   0/1     Pending   0          0s    <none>
                    web     0/1     Pending   0          0s    app=shop,tier=edge
                    pod/other
                    pod/web
                    configmap/settings
                    pod/web
                    configmap/settings
                    List settings web
                    """
            )
            #expect(screen.remarks == "no pods, secrets found in namespace default\n")
        }
    }

    @Test("by labels objects are waited for and deleted, and nothing else is")
    func byLabels() async throws {
        try await withDaemon { path in
            let screen = Collector()
            let session = session(path, screen)
            try await session.apply(file(Self.kinds), timeoutSeconds: 5)
            func chosen(_ words: [String], _ labels: String) throws -> [Selection] {
                try Selection.read(words, namespace: "default", labels: LabelSelector(labels))
            }
            let phase = try WaitGoal("jsonpath={.metadata.labels.tier}=edge")
            try await session.wait(for: phase, chosen(["pods"], "app=shop"), timeoutSeconds: 5)
            await #expect(throws: OperatorError.usage("there is nothing to wait for")) {
                try await session.wait(for: phase, chosen(["pods"], "app=none"), timeoutSeconds: 5)
            }
            for labels in ["app=shop", "app=none"] {
                let chosen = try chosen(["pods,cm"], labels)
                try await session.delete(chosen, graceSeconds: nil, timeoutSeconds: 5)
            }
            try await session.get(Selection(kind: .pods, namespace: "default"), format: .name)
            #expect(
                screen.output.hasSuffix(
                    """
                    pod/web condition met
                    pod/web deleted
                    configmap/settings deleted
                    pod/other

                    """
                )
            )
        }
    }

    @Test("nodes, status and a description come through")
    func reading() async throws {
        try await withDaemon { path in
            let screen = Collector()
            let session = session(path, screen)
            try await session.get(Selection(kind: .nodes), format: .name)
            try await session.status(format: .table)
            try await session.apply(file(Self.manifest), timeoutSeconds: 5)
            try await session.describe(ObjectKey(pod: PodName(namespace: "default", name: "web")))
            #expect(screen.output.hasPrefix("node/gw-1\nnode:       gw-1\npod/web created\nName: "))
            #expect(
                screen.remarks
                    == "note: events are left out: events was refused: the store is busy\n"
            )
        }
    }

    @Test("one bad object does not hold up the others, and every refusal is said")
    func badApple() async throws {
        try await withDaemon { path in
            let screen = Collector()
            let session = session(path, screen)
            let bad = Self.manifest.replacing("spec: {", with: "spec: {bad: 1, ")
            let three = [
                bad, Self.manifest, bad.replacing("web", with: "last"),
            ].joined(separator: "\n---\n")
            let error = await #expect(throws: OperatorError.self) {
                try await session.apply(file(three), timeoutSeconds: 5)
            }
            #expect(
                error?.description
                    == "pod last was refused: spec.bad: unknown field (f.yaml, line 14)"
            )
            #expect(error?.exitCode == 1)
            #expect(screen.output == "pod/web created\n")
            #expect(
                screen.remarks
                    == "error: pod web was refused: spec.bad: unknown field (f.yaml, line 4)\n"
            )
        }
    }

    @Test("what is not there is not found, and the rest is still shown")
    func missing() async throws {
        try await withDaemon { path in
            let screen = Collector()
            let session = session(path, screen)
            try await session.apply(file(Self.manifest), timeoutSeconds: 5)
            let pod = PodName(namespace: "default", name: "none")
            let notFound = OperatorError.notFound(kind: "pod", name: "none")
            await #expect(throws: notFound) { try await session.describe(ObjectKey(pod: pod)) }
            await #expect(throws: notFound) {
                try await session.delete([Deletion(key: ObjectKey(pod: pod), timeoutSeconds: 1)])
            }
            await #expect(throws: notFound) {
                try await session.get(
                    Selection(kind: .pods, names: ["none", "web"], namespace: "default"),
                    format: .name
                )
            }
            await #expect(throws: OperatorError.notFound(kind: "node", name: "gw-2")) {
                try await session.get(Selection(kind: .nodes, names: ["gw-2"]), format: .name)
            }
            await #expect(throws: OperatorError.self) {
                try await session.logs(LogQuestion(pod: pod))
            }
            #expect(screen.output == "pod/web created\npod/web\n")
        }
    }

    @Test("changes need the daemon: without it they fail with the code for unreachable")
    func notRunning() async throws {
        try await Fixture.with { fixture in
            let session = session(fixture.path("none"), Collector())
            let error = await #expect(throws: OperatorError.self) {
                try await session.apply(file(Self.manifest), timeoutSeconds: 5)
            }
            #expect(error == .control(.notRunning(path: fixture.path("none"))))
            #expect(error?.exitCode == 69)
        }
    }

    @Test(
        "every kind of failure has its exit code",
        arguments: [
            (.usage("x"), 64), (.file(path: "f", message: "m"), 1), (.notRead(message: "m"), 1),
            (.notFound(kind: "pod", name: "a"), 1), (.refused(what: "w", message: "m"), 1),
            (.control(.notRunning(path: "p")), 69), (.control(.notPermitted(path: "p")), 69),
            (.control(.timedOut(path: "p", seconds: 1)), 75),
            (.control(.replyTooLong(byteCountMax: 1)), 1),
            (.broker(.timedOut(what: "w", seconds: 1)), 75),
            (.broker(.malformedTopic("t")), 1), (.database(path: "p", message: "m"), 69),
            (.unanswered(what: "w", seconds: 1, advice: "a"), 75),
            (.notThisWay(what: "w", advice: "a"), 1), (.unreadable(source: "s", message: "m"), 1),
        ] as [(OperatorError, Int32)]
    )
    func exitCodes(error: OperatorError, code: Int32) {
        #expect(error.exitCode == code)
        #expect(!error.description.isEmpty)
    }

    private func session(_ path: String, _ screen: Collector) -> Session {
        var reach = Reach()
        reach.socketPath = path
        reach.stateDirectory = path + "-no-state"
        reach.logsDirectory = path + "-no-logs"
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
