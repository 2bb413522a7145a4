import Documents
import Testing

/// YAML as Kubernetes reads manifests.
@Suite struct YAMLReadingTests {
    private func one(_ text: String) throws -> Document {
        let documents = try Document.yaml(text: text)
        return try #require(documents.first)
    }

    @Test func aManifestBecomesTheSameTreeAsItsJSON() throws {
        let yaml = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web   # a remark
              labels: {app: web, "tier": 'front'}
            spec:
              containers:
              - name: a
                args: ["-p", "80"]
                env:
                - name: TEXT
                  value: |
                    one
                    two
              volumes: []
            """
        let json = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","labels":{"app":"web","tier":"front"}},
            "spec":{"containers":[{"name":"a","args":["-p","80"],
            "env":[{"name":"TEXT","value":"one\\ntwo\\n"}]}],"volumes":[]}}
            """
        let document = try one(yaml)
        #expect(document == (try Document(jsonText: json)))
        #expect(document["metadata"]?["name"]?.line == 4)
        #expect(document["spec"]?["containers"]?[0]?.line == 8)
        #expect(document["spec"]?["containers"]?[0]?["env"]?[0]?["value"]?.line == 12)
    }

    @Test(
        arguments: [
            ("true", .bool(true)), ("Yes", .bool(true)), ("on", .bool(true)), ("y", .bool(true)),
            ("False", .bool(false)), ("NO", .bool(false)), ("off", .bool(false)),
            ("n", .bool(false)),
            ("tRue", .string("tRue")), ("~", .null), ("null", .null), ("Null", .null), ("\"\"", ""),
            ("12", .integer(12)), ("-12", .integer(-12)), ("+12", .integer(12)), ("0", .integer(0)),
            ("0644", .integer(420)), ("0o17", .integer(15)), ("0x1F", .integer(31)),
            ("-0x1F", .integer(-31)), ("0b101", .integer(5)), ("1_000", .integer(1000)),
            ("08", .real(8)), ("1.5", .real(1.5)), (".5", .real(0.5)), ("1e3", .real(1000)),
            ("1.5e-3", .real(0.0015)), ("1.", .real(1)), ("-2.5", .real(-2.5)),
            ("1.2.3", .string("1.2.3")), ("1e", .string("1e")), ("-x", .string("-x")),
            ("100m", .string("100m")), ("64Mi", .string("64Mi")), ("0x", .string("0x")),
            ("0xZZ", .string("0xZZ")), ("12:30", .string("12:30")), (".", .string(".")),
            ("2001-01-01", .string("2001-01-01")), ("127.0.0.1", .string("127.0.0.1")),
            ("'12'", .string("12")), ("!!str 12", .string("12")), ("! 12", .string("12")),
            ("!!int 12", .integer(12)), ("!!float 12", .real(12)), ("!!bool yes", .bool(true)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ] as [(String, Document)]
    )
    func aPlainScalarMeansWhatKubernetesTakesItFor(text: String, expected: Document) throws {
        #expect(try one("a: \(text)")["a"] == expected)
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3", "duplicate key \"a\"", 3),
        ("a: 9223372036854775808", "whole number does not fit 64 bits", 1),
        ("a: .inf", "numbers must be finite", 1),
        ("a: -.INF", "numbers must be finite", 1),
        ("a: .nan", "numbers must be finite", 1),
        ("a: 1e999", "number is out of range", 1),
        ("a: \"x\\0\"", "the character NUL is not allowed", 1),
        ("a: !!binary aGk=", "tag tag:yaml.org,2002:binary is not supported", 1),
        ("a: !thing 1", "tag !thing is not supported", 1),
        ("a: !!int x", "value does not fit its tag", 1),
        ("\na: *b", "alias *b has no anchor", 2),
        ("a: &b [*b]", "alias *b has no anchor", 1),
        ("[1]: x", "key must be text", 1),
        ("? ~\n: x", "key must be text", 1),
        ("a: 1\n<<: 3", "<< must name a map", 2),
        ("a:\n\t- b", "found character that cannot start any token", 2),
        ("a: [1", "did not find expected ',' or ']'", 2),
        ("a: \"\\ud800\"", "found invalid Unicode character escape code", 1),
        ("a: %", "found character that cannot start any token", 1),
    ])
    func whatCannotBeReadIsRefusedWithItsPlace(text: String, message: String, line: Int) {
        do {
            let documents = try Document.yaml(text: text)
            Issue.record("was read as \(documents.map { $0.jsonText() })")
        } catch {
            #expect(error.message.hasPrefix(message), "\(error)")
            #expect(error.line == line, "\(error)")
        }
    }

    @Test func bytesThatAreNoTextAreRefusedWithTheirLine() {
        do {
            _ = try Document.yaml([0x61, 0x3A, 0x20, 0x62, 0x0A, 0x63, 0xFF])
            Issue.record("was read")
        } catch {
            #expect(error.line == 2)
            #expect(error.column == 2)
        }
    }

    @Test func aStreamHoldsSeveralDocumentsAndEmptyOnesAreLeftOut() throws {
        let documents = try Document.yaml(text: "---\na: 1\n---\n---\n# nothing\n---\nb: 2\n...\n")
        #expect(documents == [["a": 1], ["b": 2]])
        #expect(documents[1].line == 7)
        #expect(try Document.yaml(text: "").isEmpty)
        #expect(try Document.yaml(text: "\u{FEFF}a: 1") == [["a": 1]])
    }

    @Test func aliasesAndMergeKeysAreExpanded() throws {
        let text = """
            base: &base {a: 1, b: 2}
            other: &other {b: 3, c: 4}
            one: {<<: *base, b: 5}
            two: {<<: [*base, *other]}
            list: [*base]
            """
        let document = try one(text)
        #expect(document["one"] == ["b": 5, "a": 1])
        #expect(document["two"] == ["a": 1, "b": 2, "c": 4])
        #expect(document["list"] == [["a": 1, "b": 2]])
    }

    @Test func aliasesOfAliasesCannotFillTheMemory() {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...9 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(throws: DocumentError.self) { try Document.yaml(text: text) }
    }

    @Test func aliasesCannotBuildWhatIsTooDeep() {
        var text = "a0: &a0 [x]\n"
        for level in 1...70 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(throws: DocumentError.self) { try Document.yaml(text: text) }
    }

    @Test func depth64IsReadAnd65IsNot() throws {
        let nested = { (depth: Int) in
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try Document.yaml(text: nested(64))
        #expect(throws: DocumentError.self) { try Document.yaml(text: nested(65)) }
        #expect(throws: DocumentError.self) {
            try Document.yaml([UInt8](repeating: 0x5B, count: 500_000))
        }
    }

    @Test func keysThatAreNoTextBecomeText() throws {
        #expect(try one("8080: a\non: b\n0x10: c") == ["8080": "a", "true": "b", "16": "c"])
    }
}
