import Documents
import TestKit
import Testing

@testable import Operator

// Goal: the verbs that look again and compare decide rightly. Method: values, without a node.
@Suite("Verbs that watch, wait and compare")
struct VerbTests {
    private func pod(_ name: String, phase: String, uid: String = "u") -> Document {
        json(
            """
            {"kind":"Pod","metadata":{"name":"\(name)","namespace":"default","uid":"\(uid)"},
             "status":{"phase":"\(phase)","conditions":[{"type":"Ready","status":"True"}]}}
            """
        )
    }

    @Test("a watch lists all at first, then only what is new or has changed")
    func changes() {
        var seen: [String: Document] = [:]
        let (a, b) = (pod("a", phase: "Pending"), pod("b", phase: "Running"))
        #expect(Commands.changes(in: [a, b], since: &seen) == [a, b])
        #expect(Commands.changes(in: [a, b], since: &seen).isEmpty)
        let running = pod("a", phase: "Running")
        #expect(Commands.changes(in: [running, b], since: &seen) == [running])
        // One that went and came back is another one.
        #expect(Commands.changes(in: [b], since: &seen).isEmpty)
        #expect(seen.count == 1)
        #expect(Commands.changes(in: [running, b], since: &seen) == [running])
        let other = pod("a", phase: "Running", uid: "v")
        #expect(Commands.changes(in: [other, b], since: &seen) == [other])
    }

    @Test(
        "a goal is read as kubectl writes it",
        arguments: [
            ("delete", WaitGoal.deletion), ("condition=Ready", .condition("Ready", "True")),
            ("condition=Ready=false", .condition("Ready", "false")),
        ]
    )
    func goals(text: String, goal: WaitGoal) throws {
        #expect(try WaitGoal(text) == goal)
    }

    @Test("a template's goal has its value after the last brace")
    func templateGoal() throws {
        let goal = try WaitGoal("jsonpath={.status.conditions[?(@.type==\"Ready\")].status}=True")
        #expect(goal.isMet(by: pod("a", phase: "Running")))
        #expect(
            try !WaitGoal("jsonpath={.status.phase}=Running").isMet(by: pod("a", phase: "Pending"))
        )
        #expect(try !WaitGoal("jsonpath={.status.phase}=Running").isMet(by: nil))
    }

    @Test(
        "what is no goal is refused with what to write",
        arguments: [
            "", "ready", "delete=x", "condition", "condition=", "jsonpath={.a}", "jsonpath=.a=b",
        ]
    )
    func badGoals(text: String) {
        let error = #expect(throws: OperatorError.self) { try WaitGoal(text) }
        #expect(error?.description.contains("condition=Ready") == true)
    }

    @Test("a condition's value is compared without regard to case, and a missing one is not met")
    func conditions() throws {
        let ready = pod("a", phase: "Running")
        #expect(try WaitGoal("condition=Ready=true").isMet(by: ready))
        #expect(try !WaitGoal("condition=Ready=False").isMet(by: ready))
        #expect(try !WaitGoal("condition=Accepted").isMet(by: ready))
        #expect(try WaitGoal("delete").isMet(by: nil))
        #expect(try !WaitGoal("delete").isMet(by: ready))
    }

    @Test("a difference shows the changed lines with three around them, and where they stand")
    func difference() {
        let old = (1...20).map { "line \($0)\n" }.joined()
        let new = old.replacing("line 10\n", with: "line ten\n").replacing("line 20\n", with: "")
        #expect(
            LineDifference.text(from: old, to: new, names: ("a", "b")) == """
                --- a
                +++ b
                @@ -7 +7 @@
                 line 7
                 line 8
                 line 9
                -line 10
                +line ten
                 line 11
                 line 12
                 line 13
                @@ -17 +17 @@
                 line 17
                 line 18
                 line 19
                -line 20

                """
        )
        #expect(LineDifference.text(from: old, to: old, names: ("a", "b")).isEmpty)
        #expect(
            LineDifference.text(from: "", to: "x\n", names: ("a", "b"))
                == "--- a\n+++ b\n@@ -1 +1 @@\n+x\n"
        )
    }

    @Test("applying a difference to the old text makes the new one")
    func differenceIsTrue() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            func lines() -> [String] {
                (0..<Int(random.next() % 12)).map { _ in "\(random.next() % 4)" }
            }
            let (old, new) = (lines(), lines())
            let text = LineDifference.text(
                from: old.map { $0 + "\n" }.joined(),
                to: new.map { $0 + "\n" }.joined(),
                names: ("a", "b")
            )
            let shown = text.split(separator: "\n").dropFirst(2).filter { !$0.hasPrefix("@@") }
            let removed = shown.filter { $0.hasPrefix("-") }.map { String($0.dropFirst()) }
            let added = shown.filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) }
            #expect((old + added).sorted() == (new + removed).sorted())
            #expect(text.isEmpty == (old == new))
        }
    }

    @Test("what the node adds by itself is no difference; what an apply would take away is")
    func comparable() {
        let wanted = json(#"{"spec":{"a":1,"list":[{"name":"x"}]}}"#)
        let present = json(
            #"{"spec":{"default":true,"a":2,"list":[{"name":"x","more":1},{"name":"y"}]},"status":{}}"#
        )
        #expect(
            Commands.comparable(present, like: wanted)
                == json(#"{"spec":{"a":2,"list":[{"name":"x"},{"name":"y"}]}}"#)
        )
    }

    @Test(
        "bytes are written as registries count them",
        arguments: [
            (Int64(0), "0 B"), (-5, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (34_150, "34.1 kB"),
            (999_999, "999.9 kB"), (1_000_000, "1.0 MB"), (16_400_000, "16.4 MB"),
            (5_300_000_000, "5.3 GB"), (5_300_000_000_000, "5300.0 GB"),
        ] as [(Int64, String)]
    )
    func sizes(byteCount: Int64, text: String) {
        #expect(ImageSummary.size(byteCount) == text)
    }

    @Test("every kind has its columns, and namespaces come first when all are listed")
    func tables() {
        func table(_ kind: ResourceKind, _ object: Document) -> String {
            var printer = ObjectPrinter(kind: kind, format: .table, now: Collector.now)
            printer.showsNamespace = kind.isNamespaced
            return printer.text([object])
        }
        let event = json(
            """
            {"metadata":{"name":"e","namespace":"shop"},"type":"Warning","reason":"BackOff","count":3,
             "involvedObject":{"kind":"Pod","name":"web"},"message":"back-off","lastTimestamp":"2026-11-23T07:29:00Z"}
            """
        )
        #expect(
            table(.events, event) == """
                NAMESPACE   LAST SEEN   TYPE      REASON    OBJECT    MESSAGE
                shop        60s         Warning   BackOff   pod/web   back-off (x3)

                """
        )
        let config = json(
            #"{"metadata":{"name":"c","namespace":"shop"},"data":{"a":"1","b":"2"},"binaryData":{"c":""}}"#
        )
        #expect(
            table(.configMaps, config) == """
                NAMESPACE   NAME   DATA   AGE
                shop        c      3      <unknown>

                """
        )
        #expect(table(.secrets, config).contains("shop        c      Opaque   3"))
        let image = json(#"{"names":["oci:a:b","oci:a@sha256:12"],"sizeBytes":34150}"#)
        #expect(
            table(.images, image) == """
                IMAGE     SIZE      DIGEST
                oci:a:b   34.1 kB   sha256:12

                """
        )
    }

    @Test(
        "an object on the command line is a kind and a name that can be one",
        arguments: [
            ("pod/web", nil, "pod/web"), ("cm/c", nil, "configmap/c"),
            ("web", ResourceKind.pods, "pod/web"),
            ("secret/s", .secrets, "secret/s"), ("pod/web", .secrets, nil), ("web", nil, nil),
            ("pod/a/b", nil, nil), ("pod/Web", nil, nil), ("pod/#", nil, nil),
            ("thing/a", nil, nil), ("pod/", nil, nil),
        ] as [(String, ResourceKind?, String?)]
    )
    func keys(argument: String, kind: ResourceKind?, text: String?) {
        #expect(
            (try? ObjectKey(argument: argument, kind: kind, namespace: "default"))?.text == text
        )
    }
}
