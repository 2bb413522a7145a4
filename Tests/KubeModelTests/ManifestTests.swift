import Documents
import TestKit
import Testing

@testable import KubeModel

// Goal: rules 2 and 3: which manifest counts is decided by its fields and nothing else. Method: tables.
@Suite("Manifests")
struct ManifestTests {
    static let digest = String(repeating: "0a", count: 32)

    private func text(_ change: String = "", items: String? = nil) -> [UInt8] {
        let item =
            #"{"kind":"Pod","namespace":"default","name":"web","uid":"u","resourceVersion":"7","#
            + #""sha256":"\#(Self.digest)"}"#
        let head =
            #""node":"gw-1","epoch":"e","generation":3,"issuedAt":"2026-11-23T08:00:00Z""#
        return Array("{\(head)\(change),\"items\":[\(items ?? item)]}".utf8)
    }

    @Test("what is written is read back, the same bytes each time")
    func roundTrip() throws {
        let manifest = try DesiredManifest(payload: text(#","allowEmpty":true"#))
        #expect(manifest.generation == 3 && manifest.allowsEmpty)
        #expect(manifest.items.first?.sha256 == [UInt8](repeating: 0x0A, count: 32))
        let again = try DesiredManifest(payload: manifest.payload)
        #expect(again == manifest)
        #expect(again.payload == manifest.payload)
    }

    @Test(
        "rule 3: a manifest that is not understood whole is refused whole",
        arguments: [
            (#","generatoin":4"#, nil, "generatoin"),
            (#","allowEmpty":"yes""#, nil, "allowEmpty"),
            ("", #"{"kind":"Node","namespace":"d","name":"w","sha256":"00"}"#, "items[0].kind"),
            ("", #"{"kind":"Pod","namespace":"d","name":"w","sha256":"00"}"#, "items[0].sha256"),
            ("", #"{"kind":"Pod","namespace":"d","name":"w"}"#, "items[0].sha256"),
            (
                "", #"{"kind":"Pod","namespace":"d","name":"W","sha256":"\#(digest)"}"#,
                "metadata.name"
            ),
            (
                "",
                #"{"kind":"Pod","namespace":"d","name":"w","sha256":"\#(digest)"},"#
                    + #"{"kind":"Pod","namespace":"d","name":"w","sha256":"\#(digest)"}"#,
                "listed twice"
            ),
            ("", #"{"kind":"Pod","namespace":"d","name":"w","sha256":"\#(digest)","x":1}"#, "x"),
        ] as [(String, String?, String)]
    )
    func refused(change: String, items: String?, part: String) {
        let error = #expect(throws: ManifestError.self) {
            try DesiredManifest(payload: text(change, items: items))
        }
        #expect(error?.reason == "Invalid")
        #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }

    @Test("rule 8: a manifest of 256 KiB is read, one byte more is not")
    func tooLarge() {
        let small = text()
        let room = DesiredManifest.payloadByteCountMax - small.count
        let full = small + [UInt8](repeating: 0x20, count: room)
        #expect(throws: Never.self) { try DesiredManifest(payload: full) }
        #expect(throws: ManifestError.self) { try DesiredManifest(payload: full + [0x20]) }
    }

    @Test("damaged manifests are refused or taken, never a crash")
    func damaged() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<500 { _ = try? DesiredManifest(payload: random.mutated(text())) }
    }

    private func manifest(
        epoch: String = "e",
        generation: Int64 = 3,
        issuedAt: Int64 = 100,
        node: String = "gw-1",
        isEmpty: Bool = false,
        allowsEmpty: Bool = false
    ) throws -> DesiredManifest {
        let name = try ObjectName(namespace: "default", name: "web")
        let item = DesiredManifest.Item(address: .init(kind: .pod, name: name), sha256: [])
        return DesiredManifest(
            node: node,
            epoch: epoch,
            generation: generation,
            issuedAt: Timestamp(nanosecondsSinceEpoch: issuedAt),
            allowsEmpty: allowsEmpty,
            items: isEmpty ? [] : [item]
        )
    }

    private static let stored = ManifestHead(
        epoch: "e",
        generation: 3,
        issuedAt: Timestamp(nanosecondsSinceEpoch: 100),
        sha256: [1]
    )

    private func decide(
        _ manifest: DesiredManifest,
        _ digest: [UInt8] = [2],
        after stored: ManifestHead? = ManifestTests.stored
    ) -> ManifestOrder.Decision {
        ManifestOrder.decide(stored: stored, incoming: manifest, sha256: digest, node: "gw-1")
    }

    @Test("rule 3: same epoch: higher is accepted, equal acknowledged again, lower ignored")
    func generations() throws {
        #expect(try decide(manifest(generation: 4)) == .accepted)
        #expect(try decide(manifest(generation: 3), [1]) == .same)
        #expect(try decide(manifest(generation: 3), [2]) == .refused(.ambiguous(3)))
        #expect(try decide(manifest(generation: 2)) == .refused(.oldGeneration(2, stored: 3)))
        #expect(try decide(manifest(generation: 0), after: nil) == .accepted)
    }

    @Test("rule 3: a new epoch counts when it was issued later, whatever its generation")
    func epochs() throws {
        #expect(try decide(manifest(epoch: "f", generation: 0, issuedAt: 101)) == .accepted)
        for issuedAt: Int64 in [100, 99] {
            let decision = try decide(manifest(epoch: "f", generation: 9, issuedAt: issuedAt))
            #expect(decision == .refused(.oldEpoch("f", stored: "e")))
        }
    }

    @Test("rule 2: the fuse: an empty manifest must say that it is meant")
    func fuse() throws {
        #expect(try decide(manifest(generation: 4, isEmpty: true)) == .refused(.empty))
        let meant = try manifest(generation: 4, isEmpty: true, allowsEmpty: true)
        #expect(decide(meant) == .accepted)
    }

    @Test("rule 3: a manifest for another node is not ours, whatever it says")
    func otherNode() throws {
        let decision = try decide(manifest(generation: 9, node: "gw-2"))
        #expect(decision == .refused(.otherNode("gw-2")))
    }

    @Test("rule 1: the report says stored only when nothing is missing and nothing was refused")
    func report() {
        let reference = ObjectReference(kind: .pod, namespace: "d", name: "w", uid: "u")
        let entry = DesiredReport.Entry(reference: reference, resourceVersion: "1")
        func problem(_ kind: String) -> DesiredReport.Problem {
            .init(kind: kind, namespace: "d", name: "w", uid: "", reason: "R", message: "m")
        }
        func report(
            _ missing: [DesiredReport.Entry],
            _ errors: [DesiredReport.Problem],
            _ head: ManifestHead? = ManifestTests.stored
        ) -> DesiredReport {
            DesiredReport(manifest: head, objects: [entry], missing: missing, errors: errors)
        }
        #expect(report([], []).isStored)
        #expect(!report([entry], []).isStored)
        #expect(!report([], [problem("Pod")]).isStored)
        #expect(report([], [problem("Manifest")]).isStored, "it is about another manifest")
        #expect(report([], [problem("Pod")], nil).isStored)
        let document = report([entry], [problem("Pod")]).document
        #expect(document["epoch"] == "e" && document["generation"] == 3)
        #expect(document["missing"]?[0]?["name"] == "w")
        #expect(document["errors"]?[0]?["reason"] == "R")
        #expect(report([], [], nil).document["epoch"] == nil)
    }

    @Test("hexadecimal digits are read back, and nothing else is")
    func hexadecimal() {
        let bytes: [UInt8] = [0, 0x0F, 0xF0, 0xFF, 0x9A]
        #expect(Hexadecimal.bytes(Hexadecimal.text(bytes)) == bytes)
        for wrong in ["0", "0g", "FF", "é", "0x"] { #expect(Hexadecimal.bytes(wrong) == nil) }
    }
}
