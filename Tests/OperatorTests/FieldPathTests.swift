import Documents
import Testing

@testable import Operator

// Goal: a refusal from afar finds its line in the operator's file. Method: a file with known lines.
@Suite("Field paths")
struct FieldPathTests {
    private static let file = """
        kind: Pod
        metadata:
          labels: {a.b/c: x}
        spec:
          containers:
            - name: one
            - name: two
              image: i
        """

    @Test(
        "the line of the field, or of what should hold it",
        arguments: [
            ("spec.containers[1].image: bad", 8), ("spec.containers[1].command[0]: bad", 7),
            ("spec.containers[0].name: bad", 6), ("spec.containers[9]: bad", 6),
            ("spec.restartPolicy: Required value", 5), ("kind: bad", 1),
            ("metadata.labels[zzz]: bad", 3),
            ("nothing.here: bad", nil), ("no path at all", nil), ("two words: bad", nil),
            (": bad", nil), ("...: bad", nil), ("[]: bad", nil), ("", nil),
            ("spec.containers[-1]: bad", 6), ("spec.containers[99999999999999999999]: bad", 6),
        ] as [(String, Int?)]
    )
    func lines(message: String, line: Int?) throws {
        let document = try #require(try Document.yaml(text: Self.file).first)
        #expect(FieldPath.line(of: message, in: document) == line)
    }

    @Test(
        "the line that the node has counted is left out, and nothing else",
        arguments: [
            ("a.b: bad (line 1)", "a.b: bad"), ("a.b: bad", "a.b: bad"),
            ("a (line 1) b", "a (line 1) b"), ("bad (line x)", "bad (line x)"),
            ("bad (line )", "bad (line )"), (" (line 7)", ""), (")", ")"), ("", ""),
        ]
    )
    func nodeLines(message: String, expected: String) {
        #expect(FieldPath.withoutLine(message) == expected)
    }

    @Test(
        "what could mean something else in a topic or a path is no name",
        arguments: ["", "a/b/c", "node/a", "+", "#", "a b", "A", "-a", "pod/", "a_b", "../x", "ü"]
    )
    func names(argument: String) {
        let error = #expect(throws: OperatorError.self) {
            try PodName(argument: argument, namespace: "default")
        }
        #expect(error?.exitCode == 64)
        #expect(throws: OperatorError.self) {
            try PodName(argument: "a", namespace: argument)
        }
    }

    @Test("a pod can be named alone or with its kind")
    func goodNames() throws {
        for argument in ["web.1", "pod/web.1", "pods/web.1", "po/web.1"] {
            let name = try PodName(argument: argument, namespace: "shop")
            #expect(name == PodName(namespace: "shop", name: "web.1"))
        }
    }
}
