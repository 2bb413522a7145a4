import Documents
import Testing

@testable import Operator

// Goal: what is wanted and what is reported become one pod, and never two halves of different pods.
// Method: pairs of documents as JSON, and what must come out.
@Suite("Wanted and reported")
struct PodMergeTests {
    private let wish = json(
        """
        {"metadata":{"name":"web","uid":"u1","resourceVersion":"2"},
         "spec":{"containers":[{"name":"a"}]}}
        """
    )

    @Test("a report fills in the status, and what the author did not write")
    func merged() {
        let report = json(
            """
            {"metadata":{"name":"web","uid":"u1","creationTimestamp":"2026-01-01T00:00:00Z"},
             "spec":{"nodeName":"gw-1"},"status":{"phase":"Running"}}
            """
        )
        let pod = PodMerge.merge(desired: wish, reported: report)
        #expect(pod?["spec"]?["containers"]?[0]?["name"] == "a")
        #expect(pod?["spec"]?["nodeName"] == "gw-1")
        #expect(pod?["metadata"]?["creationTimestamp"] == "2026-01-01T00:00:00Z")
        #expect(pod?["status"]?["phase"] == "Running")
    }

    @Test("what nothing is reported about is pending")
    func pending() {
        let pod = PodMerge.merge(desired: wish, reported: nil)
        #expect(pod?["status"] == ["phase": "Pending"])
    }

    @Test("a report about another uid is about the pod before, and says nothing about this one")
    func otherUID() {
        let report = json(#"{"metadata":{"uid":"u0"},"status":{"phase":"Running"}}"#)
        let pod = PodMerge.merge(desired: wish, reported: report)
        #expect(pod?["status"] == ["phase": "Pending"])
    }

    @Test("a pod that somebody wrote by hand takes its uid from the report")
    func handwritten() {
        let byHand = json(#"{"metadata":{"name":"web"},"spec":{}}"#)
        let report = json(#"{"metadata":{"uid":"u5"},"status":{"phase":"Running"}}"#)
        let pod = PodMerge.merge(desired: byHand, reported: report)
        #expect(pod?["metadata"]?["uid"] == "u5")
        #expect(pod?["status"]?["phase"] == "Running")
    }

    @Test("a pod that the node still reports, and nobody wants in the broker's memory, is shown")
    func orphan() {
        let report = json(#"{"metadata":{"name":"web"},"status":{"phase":"Running"}}"#)
        #expect(PodMerge.merge(desired: nil, reported: report) == report)
    }

    @Test("a pod that is gone is not shown, whichever half is left")
    func gone() {
        let gone = json(
            """
            {"metadata":{"uid":"u1"},"status":{"conditions":[
             {"type":"swiftlet.dev/Deleted","status":"True"}]}}
            """
        )
        let leaving = wish.setting(["metadata", "deletionTimestamp"], to: "2026-01-01T00:00:00Z")
        #expect(PodMerge.merge(desired: nil, reported: gone) == nil)
        #expect(PodMerge.merge(desired: leaving, reported: gone) == nil)
        #expect(PodMerge.merge(desired: nil, reported: nil) == nil)
        // Wanted again after that.
        let again = PodMerge.merge(desired: wish, reported: gone)
        #expect(again?["status"] == ["phase": "Pending"])
    }
}
