import ControlAPI
import Documents
import Glibc
import KubeModel
import Operator
import StateStore
import TestKit
import Testing

// Goal: with the daemon dead, what it knew can still be read, and nobody takes it for the present.
// Method: the public session on a database that a store has written and, as a killed daemon does,
// not closed; logs as the runner writes them.
@Suite("Verbs on the database of a stopped daemon")
struct DatabaseSessionTests {
    @Test("pods are shown with what was seen of them, and a remark says from when")
    func pods() async throws {
        try await withState { session, screen in
            try await session.get(Selection(kind: .pods), format: .table)
            let lines = screen.output.split(separator: "\n").map { line in
                line.split(separator: " ").prefix(5).joined(separator: " ")
            }
            #expect(
                lines == [
                    "NAMESPACE NAME READY STATUS RESTARTS", "default leaving 1/1 Terminating 0",
                    "default new 0/1 Pending 0", "default two 0/2 Pending 0",
                    "default web 1/1 Running 3",
                    "shop orphan 0/0 Succeeded 0",
                ]
            )
            #expect(screen.remarks.hasPrefix("note: swiftletd is not running; this is from "))
            #expect(screen.remarks.contains("written at 20"))
        }
    }

    @Test("one pod is read and described, with the events about it")
    func describe() async throws {
        try await withState { session, screen in
            try await session.get(
                Selection(kind: .pods, names: ["web"], namespace: "default"),
                format: .json
            )
            let pod = json(screen.output)
            #expect(pod["metadata"]?["uid"] == "u-web")
            #expect(pod["status"]?["containerStatuses"]?[0]?["restartCount"] == 3)
            try await session.describe(ObjectKey(pod: PodName(namespace: "default", name: "web")))
            #expect(screen.output.contains("Restart Count: 3"))
            #expect(screen.output.contains("BackOff"))
            #expect(!screen.output.contains("about another pod"))
        }
    }

    @Test("status counts the pods and repeats the refusals")
    func status() async throws {
        try await withState { session, screen in
            try await session.status(format: .table)
            #expect(screen.output.contains("daemon:     not running\n"))
            #expect(screen.output.contains("pods:       5 desired, 2 running, 1 completed\n"))
            #expect(screen.output.contains("  default/bad Invalid: spec.x: unknown field\n"))
        }
    }

    @Test("the log of the last run, of the one before, and the end of it")
    func logs() async throws {
        try await withState { session, screen in
            var question = LogQuestion(pod: PodName(namespace: "default", name: "web"))
            try await session.logs(question)
            #expect(screen.output == "three\nfour\n")
            question.isPrevious = true
            try await session.logs(question)
            question.isPrevious = false
            question.tailLineCount = 1
            try await session.logs(question)
            #expect(screen.output == "three\nfour\none\ntwo\nfour\n")
        }
    }

    @Test("a pod, container or log that is not there is named")
    func missing() async throws {
        try await withState { session, _ in
            var question = LogQuestion(pod: PodName(namespace: "default", name: "none"))
            await #expect(throws: OperatorError.notFound(kind: "pod", name: "none")) {
                try await session.logs(question)
            }
            question.pod.name = "web"
            question.container = "other"
            await #expect(throws: OperatorError.notFound(kind: "container", name: "other")) {
                try await session.logs(question)
            }
            question.pod.name = "two"
            question.container = nil
            await #expect(throws: OperatorError.usage("choose a container with -c: a, b, setup")) {
                try await session.logs(question)
            }
            question.pod.name = "new"
            question.container = nil
            let error = await #expect(throws: OperatorError.self) {
                try await session.logs(question)
            }
            #expect(error?.exitCode == 1)
        }
    }

    @Test("nodes need the daemon, and so do changes; both say how to get it")
    func notThisWay() async throws {
        try await withState { session, _ in
            let nodes = await #expect(throws: OperatorError.self) {
                try await session.get(Selection(kind: .nodes), format: .table)
            }
            #expect(nodes?.description.contains("systemctl start swiftletd") == true)
            let pod = PodName(namespace: "default", name: "web")
            let error = await #expect(throws: OperatorError.self) {
                try await session.delete([Deletion(key: ObjectKey(pod: pod), timeoutSeconds: 1)])
            }
            #expect(error?.exitCode == 69)
        }
    }

    @Test("without a database nothing is made up, and nothing is created")
    func noDatabase() async throws {
        try await Fixture.with { fixture in
            var reach = Reach()
            reach.socketPath = fixture.path("none.sock")
            reach.stateDirectory = fixture.directory
            let session = Session(reach: reach, console: Collector().console)
            let error = await #expect(throws: OperatorError.self) {
                try await session.status(format: .table)
            }
            #expect(error?.exitCode == 69)
            #expect(error?.description.contains("none.sock") == true)
            #expect(access(fixture.path("state.db"), F_OK) != 0)
        }
    }

    @Test("a file that is no database is refused by name")
    func foreign() async throws {
        try await Fixture.with { fixture in
            try writeFile(fixture.path("state.db"), "not a database, but long enough to look at")
            var reach = Reach()
            reach.socketPath = fixture.path("none.sock")
            reach.stateDirectory = fixture.directory
            let session = Session(reach: reach, console: Collector().console)
            let error = await #expect(throws: OperatorError.self) {
                try await session.get(Selection(kind: .pods), format: .table)
            }
            #expect(error?.description.contains("state.db") == true)
            #expect(error?.exitCode == 69)
        }
    }

    private func withState(
        _ body: (Session, Collector) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let store = try StateStore(path: fixture.path("state.db"))
            try await fill(store)
            try writeLogs(below: fixture.path("logs"))
            var reach = Reach()
            reach.socketPath = fixture.path("none.sock")
            reach.stateDirectory = fixture.directory
            reach.logsDirectory = fixture.path("logs")
            let screen = Collector()
            try await body(Session(reach: reach, console: screen.console), screen)
            // Until here the store is open, as that of a killed daemon.
            _ = try await store.refusals()
        }
    }

    private func fill(_ store: StateStore) async throws {
        for name in ["web", "leaving", "new"] {
            _ = try await store.accept(desired(name, isLeaving: name == "leaving"))
        }
        let two = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"two"},"spec":{
             "initContainers":[{"name":"setup"}],"containers":[{"name":"a"},{"name":"b"}]}}
            """
        var object = desired("two", isLeaving: false)
        object.payload = Array(two.utf8)
        _ = try await store.accept(object)
        let running =
            #"{"name":"a","ready":true,"restartCount":0,"state":{"running":{}}}"#
        let restarted = running.replacing(#"Count":0"#, with: #"Count":3"#)
        try await store.saveObserved(observed("web", "default", "Running", restarted))
        try await store.saveObserved(observed("leaving", "default", "Running", running))
        try await store.saveObserved(observed("orphan", "shop", "Succeeded", ""))
        for (name, reason) in [("web", "BackOff"), ("new", "about another pod")] {
            let event = """
                {"involvedObject":{"kind":"Pod","namespace":"default","name":"\(name)"},
                 "reason":"\(reason)","type":"Warning","message":"m"}
                """
            try await store.append(event: Array(event.utf8))
        }
        try await store.refuse(
            Refusal(
                reference: ObjectReference(
                    kind: .pod,
                    namespace: "default",
                    name: "bad",
                    uid: "u-bad"
                ),
                resourceVersion: "1",
                reason: "Invalid",
                message: "spec.x: unknown field"
            )
        )
    }

    private func desired(_ name: String, isLeaving: Bool) -> DesiredObject {
        let payload = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"\(name)"},
             "spec":{"containers":[{"name":"a","image":"i"}]}}
            """
        return DesiredObject(
            kind: .pod,
            namespace: "default",
            name: name,
            version: ObjectVersion(uid: "u-\(name)", resourceVersion: "1"),
            payload: Array(payload.utf8),
            deletionRequestedAt: isLeaving
                ? Timestamp(nanosecondsSinceEpoch: Collector.now) : nil
        )
    }

    private func observed(
        _ name: String,
        _ namespace: String,
        _ phase: String,
        _ container: String
    ) -> ObservedPod {
        let status = #"{"status":{"phase":"\#(phase)","containerStatuses":[\#(container)]}}"#
        return ObservedPod(
            uid: "u-\(name)",
            namespace: namespace,
            name: name,
            record: [],
            status: Array(status.utf8)
        )
    }

    private func writeLogs(below directory: String) throws {
        let folder = directory + "/default_web_u-web/a"
        for path in [directory, directory + "/default_web_u-web", folder] { mkdir(path, 0o755) }
        func lines(_ texts: String...) -> String {
            texts.map { "2026-11-23T07:00:00.000000000Z stdout F \($0)\n" }.joined()
        }
        try writeFile(folder + "/2.log", lines("one", "two"))
        try writeFile(folder + "/3.log", lines("three", "four"))
    }
}
