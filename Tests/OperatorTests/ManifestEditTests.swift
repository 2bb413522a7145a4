import Documents
import KubeModel
import Testing

@testable import Operator

// Goal: an apply or a delete by hand keeps a manifest true. Method: the edit as a value, and what the
// node says about it as documents.
@Suite("Editing a manifest")
struct ManifestEditTests {
    private func address(_ name: String) throws -> DesiredObject.Address {
        .init(kind: .pod, name: try ObjectName(namespace: "default", name: name))
    }

    private let empty = DesiredManifest(
        node: "gw-1",
        epoch: "e",
        generation: 4,
        issuedAt: Timestamp(nanosecondsSinceEpoch: 50),
        allowsEmpty: true,
        items: []
    )

    @Test("an object more is the next generation, made now")
    func list() throws {
        var edit = ManifestEdit(empty)
        edit.list(try address("a"), uid: "u", resourceVersion: "1", payload: [1])
        edit.finish(at: 70)
        #expect(edit.manifest.generation == 5 && !edit.manifest.allowsEmpty)
        #expect(edit.manifest.issuedAt.nanosecondsSinceEpoch == 70)
        #expect(edit.manifest.items.map(\.address) == [try address("a")])
        // The same again is the same manifest.
        var again = ManifestEdit(edit.manifest)
        again.list(try address("a"), uid: "u", resourceVersion: "1", payload: [1])
        again.finish(at: 90)
        #expect(again.manifest == edit.manifest)
        // Other bytes replace the item.
        again.list(try address("a"), uid: "u", resourceVersion: "2", payload: [2])
        again.finish(at: 20)
        #expect(again.manifest.items.map(\.resourceVersion) == ["2"])
        #expect(again.manifest.issuedAt.nanosecondsSinceEpoch == 70, "never before the last")
    }

    @Test(
        "the last object may go, since exactly that was asked for; what is not listed is no change"
    )
    func drop() throws {
        var edit = ManifestEdit(empty)
        edit.list(try address("a"), uid: "u", resourceVersion: "1", payload: [1])
        edit.finish(at: 60)
        var less = ManifestEdit(edit.manifest)
        less.drop(try address("b"))
        less.finish(at: 61)
        #expect(less.manifest == edit.manifest)
        less.drop(try address("a"))
        less.finish(at: 61)
        #expect(less.manifest.items.isEmpty && less.manifest.allowsEmpty)
        #expect(less.manifest.generation == 6)
    }

    @Test(
        "the node's word: our generation is yes, a later one or a refusal is no, old news is neither"
    )
    func judge() {
        let problem: Document = ["kind": "Manifest", "reason": "NotTrusted", "message": "no"]
        let known: Document = ["kind": "Manifest", "reason": "NotTrusted", "message": "before"]
        let table: [(Document, isOld: Bool, String)] = [
            (["epoch": "e", "generation": 4], false, "yes"),
            (["epoch": "e", "generation": 4], true, "yes"),
            (["epoch": "e", "generation": 3], false, "undecided"),
            (["epoch": "f", "generation": 4], false, "undecided"),
            (["epoch": "e", "generation": 5], false, "no"),
            (["epoch": "e", "generation": 3, "errors": [problem]], false, "no"),
            (["epoch": "e", "generation": 3, "errors": [problem]], true, "undecided"),
            (["errors": [known]], false, "undecided"),
            (["epoch": "e", "generation": 4, "errors": [known]], false, "yes"),
            (["errors": [["kind": "Pod", "reason": "Invalid"]]], false, "undecided"),
            ([:], false, "undecided"),
        ]
        for (status, isOld, expected) in table {
            let verdict =
                switch BrokerAccess.judge(status, empty, isOld: isOld, known: known) {
                case .yes: "yes"
                case .no: "no"
                case .undecided: "undecided"
                }
            #expect(verdict == expected, "\(status.jsonText())")
        }
    }
}
