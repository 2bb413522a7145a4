import Documents
import KubeModel
import Testing

@testable import Operator

// Goal: an apply is seen by the node exactly when something changed, and never starts a pod anew
// that only changed. Method: the step as a value, from every state of the broker's memory.
@Suite("Versions of an apply")
struct VersionStepTests {
    private let wanted = manifest(#""name":"web","namespace":"default""#)
    private let now: Int64 = 1_795_419_000_000_000_000  // 2026-11-23T07:30:00Z

    @Test("a new pod gets the id that was made for it, version 1 and the time")
    func new() throws {
        let step = try step(retained: nil, reported: nil)
        #expect(step.change == .created)
        #expect(step.uid == "new-uid")
        #expect(step.resourceVersion == "1")
        let metadata = step.object["metadata"]
        #expect(metadata?["uid"] == "new-uid")
        #expect(metadata?["resourceVersion"] == "1")
        #expect(metadata?["creationTimestamp"] == "2026-11-23T07:30:00Z")
        #expect(step.object["spec"] == wanted["spec"])
    }

    @Test("a clock that was never set writes no time")
    func noClock() throws {
        let step = try VersionStep(
            wanted: wanted,
            retained: nil,
            reported: nil,
            newUID: "u",
            now: 5_000_000_000
        )
        #expect(step.object["metadata"]?["creationTimestamp"] == nil)
    }

    @Test("a change keeps the id and the time of creation, and counts the version up")
    func changed() throws {
        let step = try step(retained: published("7", image: "old"), reported: nil)
        #expect(step.change == .configured)
        #expect(step.uid == "u1")
        #expect(step.resourceVersion == "8")
        #expect(step.object["metadata"]?["creationTimestamp"] == "2026-01-01T00:00:00Z")
    }

    @Test("the same again is unchanged, in whatever order its members are written")
    func unchanged() throws {
        let first = try step(retained: nil, reported: nil)
        let again = try step(retained: first.object, reported: nil)
        #expect(again.change == .unchanged)
        #expect(again.uid == first.uid)
        #expect(again.resourceVersion == "1")
        #expect(again.object["spec"] == first.object["spec"])
        let reordered = Self.manifest(#""namespace":"default","name":"web""#)
        let third = try VersionStep(
            wanted: reordered,
            retained: first.object,
            reported: nil,
            newUID: "x",
            now: now + 1
        )
        #expect(third.change == .unchanged)
    }

    @Test("the same with defaults written out is unchanged, and another label is not")
    func defaults() throws {
        let first = try step(retained: nil, reported: nil)
        // As a daemon writes it back: every default filled in, on a node.
        var pod = try Pod(first.object)
        pod.spec.nodeName = "gw-1"
        #expect(pod.document["spec"] != first.object["spec"])
        #expect(try step(retained: pod.document, reported: nil).change == .unchanged)
        pod.metadata.labels["tier"] = "edge"
        #expect(try step(retained: pod.document, reported: nil).change == .configured)
    }

    @Test("when the broker has lost its memory, the node's report says what to build upon")
    func lostMemory() throws {
        let report = try Document(
            jsonText: #"{"metadata":{"name":"web","uid":"u1","resourceVersion":"41"},"status":{}}"#
        )
        let step = try step(retained: nil, reported: report)
        #expect(step.change == .configured)
        #expect(step.uid == "u1")
        #expect(step.resourceVersion == "42")
    }

    @Test("what is on its way out or gone is not built upon: the pod is new")
    func leaving() throws {
        let leaving = published("7", image: "i")
            .setting(["metadata", "deletionTimestamp"], to: "2026-01-02T00:00:00Z")
        let step = try step(retained: leaving, reported: nil)
        #expect(step.change == .created)
        #expect(step.uid == "new-uid")
        #expect(step.resourceVersion == "8")
        #expect(step.object["metadata"]?["deletionTimestamp"] == nil)

        let gone = try Document(
            jsonText: """
                {"metadata":{"uid":"u1","resourceVersion":"9"},"status":{"conditions":[
                 {"type":"swiftlet.dev/Deleted","status":"True"}]}}
                """
        )
        #expect(try self.step(retained: nil, reported: gone).uid == "new-uid")
    }

    @Test("an id or a version that the author wrote is taken")
    func authored() throws {
        let other = wanted.setting(["metadata", "uid"], to: "mine")
        let retained = published("7", image: "old")
        let step = try VersionStep(
            wanted: other.setting(["metadata", "resourceVersion"], to: "100"),
            retained: retained,
            reported: nil,
            newUID: "new-uid",
            now: now
        )
        #expect(step.change == .created)
        #expect(step.uid == "mine")
        #expect(step.resourceVersion == "100")
    }

    @Test("what was printed, edited and applied again is a change, whichever version it names")
    func edited() throws {
        let there = published("7", image: "old")
        for (version, next) in [("7", "8"), ("9", "9"), ("6", "6")] {
            let step = try VersionStep(
                wanted: published(version, image: "new"),
                retained: there,
                reported: nil,
                newUID: "new-uid",
                now: now
            )
            #expect(step.change == .configured)
            #expect(step.uid == "u1")
            // A smaller one is sent as it is: the node refuses it, for its author has not seen the last.
            #expect(step.resourceVersion == next)
            #expect(step.object["metadata"]?["resourceVersion"] == .string(next))
        }
    }

    @Test(
        "other work for a pod that has ended is another pod; the same work, or no end, is not",
        arguments: [
            ("Succeeded", "old", AppliedChange.replaced), ("Failed", "old", .replaced),
            ("Succeeded", "i", .unchanged), ("Running", "old", .configured),
            ("Pending", "old", .configured), ("Nonsense", "old", .configured),
        ]
    )
    func ended(phase: String, image: String, change: AppliedChange) throws {
        let there = published("7", image: image)
        let status: Document = ["phase": .string(phase)]
        let socket = try step(retained: there.setting(["status"], to: status), reported: nil)
        let report: Document = ["metadata": ["name": "web", "uid": "u1"], "status": status]
        let broker = try step(retained: there, reported: report)
        for step in [socket, broker] {
            #expect(step.change == change)
            #expect(step.uid == (change == .replaced ? "new-uid" : "u1"))
            #expect(step.resourceVersion == (change == .unchanged ? "7" : "8"))
            let isNew = step.object["metadata"]?["creationTimestamp"] == "2026-11-23T07:30:00Z"
            #expect(isNew == (change == .replaced))
        }
        // A report about the pod before this one says nothing, and a uid that is given is kept.
        let other = report.setting(["metadata", "uid"], to: "u0")
        #expect(try step(retained: there, reported: other).uid == "u1")
        let own = try VersionStep(
            wanted: wanted.setting(["metadata", "uid"], to: "u1"),
            retained: there.setting(["status"], to: status),
            reported: nil,
            newUID: "x",
            now: now
        )
        #expect(own.uid == "u1")
    }

    @Test("a status in the file is not published")
    func status() throws {
        let wanted = wanted.setting(["status"], to: ["phase": "Running"])
        let step = try VersionStep(
            wanted: wanted,
            retained: nil,
            reported: nil,
            newUID: "u",
            now: now
        )
        #expect(step.object["status"] == nil)
    }

    @Test(
        "what somebody has changed at the node is changed back: the version goes beyond the stored one",
        arguments: [
            // Stored version and uid; what an apply of the published object is then.
            ("2", "u1", AppliedChange.configured, "3"), ("9", "u1", .configured, "10"),
            ("1", "u1", .unchanged, "1"), ("0", "u1", .unchanged, "1"),
            // Another pod's, or no number: it says nothing about this one.
            ("9", "u2", .unchanged, "1"), ("a3f0", "u1", .unchanged, "1"),
        ]
    )
    func changedAtNode(stored: String, uid: String, change: AppliedChange, version: String) throws {
        let published = published("1", image: "i")
        for wanted in [published, wanted] {
            let step = try VersionStep(
                wanted: wanted,
                retained: published,
                reported: nil,
                stored: ["uid": .string(uid), "resourceVersion": .string(stored)],
                newUID: "new-uid",
                now: now
            )
            #expect(step.change == change)
            #expect(step.uid == "u1")
            #expect(step.resourceVersion == version)
        }
        // Printed at the node, edited, and applied from afar.
        let edited = try VersionStep(
            wanted: self.published("2", image: "other"),
            retained: published,
            reported: nil,
            stored: ["uid": "u1", "resourceVersion": "2"],
            newUID: "new-uid",
            now: now
        )
        #expect(edited.resourceVersion == "3")
    }

    @Test(
        "the next version of a decimal one is one more; of another kind, the first",
        arguments: [
            (nil, "1"), ("1", "2"), ("9", "10"), ("18446744073709551614", "18446744073709551615"),
            ("a3f0c1d2e4b5a697", "1"), ("", "1"), ("-1", "1"), ("+1", "1"), ("007", "1"),
            ("1.5", "1"), ("99999999999999999999", "1"),
        ] as [(String?, String)]
    )
    func next(version: String?, expected: String) throws {
        #expect(try VersionStep.next(after: version) == expected)
    }

    @Test("the last version there is has no next one, and says what to do")
    func exhausted() {
        let error = #expect(throws: OperatorError.self) {
            try VersionStep.next(after: String(UInt64.max))
        }
        #expect(error?.description.contains("apply it again") == true)
    }

    @Test("ids that are made are of version 4, and differ")
    func identifiers() {
        let ids = (0..<100).map { _ in UniqueID.random() }
        #expect(Set(ids).count == 100)
        for id in ids {
            let parts = id.split(separator: "-").map(String.init)
            #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
            #expect(parts[2].first == "4")
            #expect("89ab".contains(parts[3].first ?? "x"))
            #expect(id.allSatisfy { $0 == "-" || $0.isHexDigit && !$0.isUppercase })
        }
    }

    private func step(retained: Document?, reported: Document?) throws -> VersionStep {
        try VersionStep(
            wanted: wanted,
            retained: retained,
            reported: reported,
            newUID: "new-uid",
            now: now
        )
    }

    private func published(_ version: String, image: String) -> Document {
        wanted.setting(["metadata", "uid"], to: "u1")
            .setting(["metadata", "resourceVersion"], to: .string(version))
            .setting(["metadata", "creationTimestamp"], to: "2026-01-01T00:00:00Z")
            .setting(["spec", "containers"], to: [["name": "a", "image": .string(image)]])
    }

    private static func manifest(_ metadata: String) -> Document {
        let text = """
            {"apiVersion":"v1","kind":"Pod","metadata":{\(metadata)},
             "spec":{"containers":[{"name":"a","image":"i"}]}}
            """
        return (try? Document(jsonText: text)) ?? .null
    }
}
