import Documents
import TestKit
import Testing

/// What is written reads back as the same document.
@Suite struct WritingTests {
    @Test func jsonIsCompactOrIndentedAndTheSameEachTime() {
        let document: Document = ["a": [1, 2.5, "x\"\u{1}\u{7F}é"], "b": [:], "c": [], "d": nil]
        #expect(
            document.jsonText()
                == "{\"a\":[1,2.5,\"x\\\"\\u0001\\u007fé\"],\"b\":{},\"c\":[],\"d\":null}"
        )
        #expect(
            document.jsonText(pretty: true) == """
                {
                  "a": [
                    1,
                    2.5,
                    "x\\"\\u0001\\u007fé"
                  ],
                  "b": {},
                  "c": [],
                  "d": null
                }
                """
        )
        #expect(Document.real(.nan).jsonText() == "null")
    }

    @Test func yamlLooksLikeWhatPeopleWrite() {
        let document: Document = [
            "metadata": ["name": "web", "labels": ["a.b/c": "yes"]],
            "list": [["name": "x", "ports": [80, 443]], [], [[1], ["k": 2]]],
            "text": "one\n  two\n\nthree\n", "last": "no end\nof line", "empty": [:],
            "date": "2001-01-01",
        ]
        let expected = """
            metadata:
              name: web
              labels:
                a.b/c: "yes"
            list:
            - name: x
              ports:
              - 80
              - 443
            - []
            - - - 1
              - k: 2
            text: |
              one
                two

              three
            last: |-
              no end
              of line
            empty: {}
            date: "2001-01-01"

            """
        #expect(document.yamlText() == expected)
        #expect((try? Document.yaml(text: expected)) == [document])
    }

    @Test(arguments: [
        "", " ", "a ", " a", "yes", "Y", "null", "~", "12", "0x1F", "1e3", ".5", "1_0", "a: b",
        "a:",
        "a #b", "#a", "- a", "-", "?", "*a", "&a", "!a", "|", ">", "'a'", "\"a\"", "%a", "@a", "`a",
        "{a", "[a", "a,b", "=", "<<", "12:30:45", "2001-01-01", "---", "...", "\n", "\n\n", "a\n",
        "a\n\n", "\na", " a\nb", "a\n b", "a \nb", "a\tb", "\ta", "a\r\nb", "\u{85}", "\u{2028}",
        "\u{FEFF}a", "\u{FFFF}", "\u{7F}", "\u{1}", "é", "日本", "🐦", "a\n#b", "a\n- b: c", "08",
        "-0",
        "+", "NaN", ".nan", "0o8", "true", "a\u{0}".replacing0(), "http://a.b:80/c?d=e&f", "a: ",
    ])
    func everyTextSurvivesYAML(text: String) throws {
        let document: Document = ["key": .string(text), "list": [.string(text)]]
        #expect(
            try Document.yaml(text: document.yamlText()) == [document],
            "\(document.yamlText())"
        )
        let named = Document.object([Document.Member(name: text, value: 1)])
        #expect(try Document.yaml(text: named.yamlText()) == [named], "\(named.yamlText())")
        #expect(try Document(json: document.json()) == document)
    }

    @Test(arguments: [UInt64](1...20))
    func randomDocumentsSurviveBothFormats(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let document = randomDocument(&generator, depth: 4)
            #expect(try Document(json: document.json()) == document)
            #expect(try Document(json: document.json(pretty: true)) == document)
            let yaml = document.yamlText()
            let read = try Document.yaml(text: yaml)
            #expect(read == (document.isNull ? [] : [document]), "seed \(seed):\n\(yaml)")
        }
    }
}

extension String {
    /// The text without NUL, which no document may hold.
    fileprivate func replacing0() -> String { String(unicodeScalars.filter { $0 != "\0" }) }
}

/// A document of any shape, at most `depth` deep, without NUL.
func randomDocument(_ generator: inout SeededGenerator, depth: Int) -> Document {
    let kind = Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &generator)
    switch kind {
    case 0: return nil
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .integer(Int64(truncatingIfNeeded: generator.next()))
    case 3:
        let real = Double(bitPattern: generator.next())
        return .real(real.isFinite ? real : 0.5)
    case 4, 5: return .string(randomText(&generator))
    case 6:
        let count = Int.random(in: 0...4, using: &generator)
        return .array((0..<count).map { _ in randomDocument(&generator, depth: depth - 1) })
    default:
        var names: Set<String> = []
        var members: [Document.Member] = []
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let name = randomText(&generator)
            guard names.insert(name).inserted else { continue }
            let value = randomDocument(&generator, depth: depth - 1)
            members.append(Document.Member(name: name, value: value))
        }
        return .object(members)
    }
}

private func randomText(_ generator: inout SeededGenerator) -> String {
    let pieces = [
        "a", "b", "yes", "1", "0", "-", ":", " ", "\n", "#", "'", "\"", "\\", "{", "[", ",", "|",
        ".", "e",
        "é", "\u{2028}", "\u{85}", "\t", "\r", "🐦", "\u{1}", "*", "&", "~", "%", "=", "<<",
        "\u{FEFF}",
    ]
    let count = Int.random(in: 0...6, using: &generator)
    return (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }
        .joined()
}
