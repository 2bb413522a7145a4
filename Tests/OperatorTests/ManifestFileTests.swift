import Documents
import TestKit
import Testing

@testable import Operator

// Goal: every object of a file is applied or named in an error with its line; none is left out.
// Method: files as text.
@Suite("Manifest files")
struct ManifestFileTests {
    private let pod = "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {}}"

    @Test("several YAML documents give several objects, in order, empty ones left out")
    func several() throws {
        let text = """
            # first
            apiVersion: v1
            kind: Pod
            metadata:
              name: a
            ---
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: b, namespace: shop}
            """
        let file = try read(text)
        #expect(file.objects.map(\.key.name) == ["a", "b"])
        #expect(file.objects.map(\.key.namespace) == ["default", "shop"])
        #expect(file.objects[0].document["metadata"]?["namespace"] == "default")
    }

    @Test("JSON and a v1.List are taken")
    func json() throws {
        let one = #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}"#
        #expect(try read("\n " + one).objects.count == 1)
        let list = #"{"apiVersion":"v1","kind":"List","items":[\#(one),\#(one)]}"#
        #expect(try read(list).objects.count == 2)
        #expect(try read(one, namespace: "shop").objects[0].key.namespace == "shop")
    }

    @Test(
        "what cannot be applied is named, with the field and the line",
        arguments: [
            ("", "f.yaml: it holds no object"),
            ("# nothing", "f.yaml: it holds no object"),
            ("kind: Pod\nmetadata: {}\n", "f.yaml: apiVersion: Required value (line 1)"),
            (
                "apiVersion: apps/v1\nkind: Deployment\n",
                #"f.yaml: apiVersion: must be "v1", but is "apps/v1" (line 1)"#
            ),
            (
                "apiVersion: v1\nkind: Service\n",
                "f.yaml: kind: Service cannot be applied: Pod, ConfigMap and Secret can (line 2)"
            ),
            (
                "apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}\n",
                "f.yaml: metadata.name: Required value (line 4)"
            ),
            (
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: 7\n",
                "f.yaml: metadata.name: must be a string, but is an integer (line 4)"
            ),
            (
                "apiVersion: v1\nkind: List\n",
                "f.yaml: items: Required value: a List holds its objects there"
            ),
            ("just text", "f.yaml: must be an object, but is a string (line 1)"),
        ]
    )
    func refused(text: String, message: String) {
        let error = #expect(throws: OperatorError.self) { try read(text) }
        #expect(error?.description == message)
        #expect(error?.exitCode == 1)
    }

    @Test(
        "a name that would be another topic or path is refused",
        arguments: ["a/b", "+", "#", "../x", "A", ""]
    )
    func names(name: String) {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: "
        let named = #expect(throws: OperatorError.self) { try read(pod + "\"\(name)\"\n") }
        #expect(named?.description.hasPrefix("f.yaml: metadata.name: Invalid value") == true)
        let placed = #expect(throws: OperatorError.self) {
            try read(pod + "web\n  namespace: \"\(name)\"\n")
        }
        #expect(placed?.description.hasPrefix("f.yaml: metadata.namespace: Invalid") == true)
    }

    @Test("broken YAML and JSON are refused with their place")
    func broken() {
        for text in ["{\"a\": 1,}", "a: [1", "a: 1\na: 2", "\t- x"] {
            let error = #expect(throws: OperatorError.self) { try read(text) }
            #expect(error?.description.contains("line ") == true)
        }
    }

    @Test("a namespace on the command line and another one in the file contradict each other")
    func namespaces() throws {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\n"
        #expect(try read(text, namespace: "shop").objects.count == 1)
        let error = #expect(throws: OperatorError.self) { try read(text, namespace: "other") }
        #expect(error?.description.contains("leave one of them out") == true)
    }

    @Test("a file beyond the bound is refused by its size")
    func tooLong() {
        let bytes = [UInt8](repeating: 0x20, count: ManifestFile.byteCountMax + 1)
        #expect(throws: OperatorError.self) {
            try ManifestFile(bytes: bytes, path: "f", namespace: "d", isNamespaceGiven: false)
        }
    }

    @Test("random damage gives an error or objects, never a crash", arguments: 0..<300)
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = random.mutated(Array("\(pod)\n---\n\(pod)\n".utf8), changesMax: 10)
        _ = try? ManifestFile(bytes: bytes, path: "f", namespace: "d", isNamespaceGiven: false)
    }

    private func read(_ text: String, namespace: String? = nil) throws -> ManifestFile {
        try ManifestFile(
            bytes: Array(text.utf8),
            path: "f.yaml",
            namespace: namespace ?? "default",
            isNamespaceGiven: namespace != nil
        )
    }
}
