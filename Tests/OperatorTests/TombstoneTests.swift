import Documents
import Testing

@testable import Operator

// Goal: a deletion names the very pod that is there, and is news to the node. Method: values.
@Suite("Tombstones")
struct TombstoneTests {
    private let deletion = Deletion(
        key: ObjectKey(kind: .pods, namespace: "default", name: "web"),
        timeoutSeconds: 10
    )

    @Test("it is the published object with the time of its deletion, without a status")
    func fromPublished() {
        let published = """
            {"metadata":{"name":"web","uid":"u1","resourceVersion":"9"},"spec":{"x":1},"status":{}}
            """
        let stone = tombstone(published)
        #expect(stone?["metadata"]?["uid"] == "u1")
        #expect(stone?["metadata"]?["deletionTimestamp"] == "2026-11-23T07:30:00Z")
        #expect(stone?["metadata"]?["deletionGracePeriodSeconds"] == nil)
        #expect(stone?["spec"] == ["x": 1])
        #expect(stone?["status"] == nil)
    }

    @Test(
        "its version is one more, or left to the node where it is no number",
        arguments: [
            ("9", "10"), ("a3f0", nil), ("18446744073709551615", nil), ("", nil),
        ] as [(String, String?)]
    )
    func version(before: String, after: String?) {
        let stone = tombstone(#"{"metadata":{"resourceVersion":"\#(before)"},"spec":{}}"#)
        #expect(stone?["metadata"]?["resourceVersion"]?.string == after)
    }

    @Test(
        "its version goes beyond what the node stores of the same pod, which may have been changed there",
        arguments: [
            ("u1", "12", "13"), ("u1", "3", "10"), ("u2", "12", "10"), ("u1", "a3f0", "10"),
        ]
    )
    func changedAtNode(uid: String, stored: String, version: String) {
        let stone = Tombstone(
            deletion,
            retained: json(#"{"metadata":{"uid":"u1","resourceVersion":"9"},"spec":{}}"#),
            reported: nil,
            stored: ["uid": .string(uid), "resourceVersion": .string(stored)],
            now: 0
        )
        #expect(
            stone.map { json(String(decoding: $0.payload, as: UTF8.self)) }?["metadata"]?[
                "resourceVersion"
            ]?.string == version
        )
    }

    @Test("a second deletion keeps the first one's time, and may bring another grace")
    func again() {
        let leaving =
            #"{"metadata":{"uid":"u1","deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{}}"#
        let stone = tombstone(leaving, graceSeconds: 0)
        #expect(stone?["metadata"]?["deletionTimestamp"] == "2026-01-01T00:00:00Z")
        #expect(stone?["metadata"]?["deletionGracePeriodSeconds"] == 0)
    }

    @Test("without the object the empty message deletes; without a trace there is nothing to do")
    func empty() {
        let report = json(#"{"metadata":{"uid":"u1"},"status":{"phase":"Running"}}"#)
        for retained in [nil, json("{}")] as [Document?] {
            let stone = Tombstone(deletion, retained: retained, reported: report, now: 0)
            #expect(stone == .empty)
            #expect(stone?.payload == [])
        }
        #expect(Tombstone(deletion, retained: nil, reported: nil, now: 0) == nil)
    }

    @Test("it names the pod that the node has, where that is another than the published one")
    func otherPod() {
        let published = json(#"{"metadata":{"uid":"u2","resourceVersion":"9"},"spec":{"x":1}}"#)
        let report = json(#"{"metadata":{"uid":"u1"},"status":{"phase":"Running"}}"#)
        func uid(_ stone: Tombstone?) -> String? {
            guard case .object(let document) = stone else { return nil }
            return document["metadata"]?["uid"]?.string
        }
        #expect(
            uid(Tombstone(deletion, retained: published, reported: report, now: 0)) == "u1"
        )
        #expect(
            uid(Tombstone(deletion, retained: published, reported: nil, uid: "u3", now: 0)) == "u3"
        )
    }

    private func tombstone(_ retained: String, graceSeconds: Int64? = nil) -> Document? {
        var deletion = deletion
        deletion.graceSeconds = graceSeconds
        let stone = Tombstone(
            deletion,
            retained: json(retained),
            reported: nil,
            now: Collector.now
        )
        guard case .object(let document) = stone else { return Optional.none }
        return document
    }
}
