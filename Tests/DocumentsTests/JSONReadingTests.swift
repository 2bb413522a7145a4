import Documents
import Testing

/// What is JSON, what is refused, and where the refusal points.
@Suite struct JSONReadingTests {
    @Test func aDocumentKeepsOrderTypesAndLines() throws {
        let text = """
            {"b": 1,
             "a": [true, null,
                   -2.5e3, "x\\n"], "c": {},
             "d": []}
            """
        let document = try Document(jsonText: text)
        #expect(document.members?.map(\.name) == ["b", "a", "c", "d"])
        #expect(document["b"]?.integer == 1)
        #expect(document["a"]?[0]?.bool == true)
        #expect(document["a"]?[1]?.isNull == true)
        #expect(document["a"]?[2]?.number == -2500)
        #expect(document["a"]?[3]?.string == "x\n")
        #expect(document["a"]?[4] == nil)
        #expect(document.line == 1)
        #expect(document["a"]?.line == 2)
        #expect(document["a"]?[2]?.line == 3)
        #expect(document["c"]?.line == 3)
        #expect(document["d"]?.line == 4)
    }

    @Test(arguments: [
        ("{\"a\":1,\"a\":2}", "duplicate object key near '\"a\"'", 1),
        ("[1,]", "unexpected token", 1),
        ("{\"a\":1}\n x", "end of file expected", 2),
        ("[9223372036854775808]", "too big integer", 1),
        ("[-9223372036854775809]", "too big negative integer", 1),
        ("[1e999]", "real number overflow", 1),
        ("[NaN]", "invalid token", 1),
        ("[01]", "invalid token", 1),
        ("[\"\\ud800\"]", "invalid Unicode '\\uD800'", 1),
        ("[\"\\u0000\"]", "\\u0000 is not allowed", 1),
        ("[\n\"a\nb\"]", "unexpected newline", 2),
        ("", "unexpected token near end of file", 1),
        ("{", "string or '}' expected", 1),
    ])
    func whatIsNotJSONIsRefusedWithItsPlace(text: String, message: String, line: Int) {
        do {
            let document = try Document(jsonText: text)
            Issue.record("\(text) was read as \(document.jsonText())")
        } catch {
            #expect(error.message.hasPrefix(message), "\(error)")
            #expect(error.line == line)
        }
    }

    @Test(arguments: [
        [0x5B, 0x22, 0xFF, 0x22, 0x5D], [0x5B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x5D],
        [0x5B, 0x22, 0xC0, 0x80, 0x22, 0x5D], [0x5B, 0x00, 0x5D], [0xEF, 0xBB, 0xBF, 0x5B, 0x5D],
    ])
    func bytesThatAreNoTextAreRefused(bytes: [UInt8]) {
        #expect(throws: DocumentError.self) { try Document(json: bytes) }
    }

    @Test func anErrorShowsNothingOfTheDocument() {
        do {
            _ = try Document(jsonText: "{\"password\": \"hunter2\" \"x\": 1}")
            Issue.record("was read")
        } catch {
            #expect(!error.description.contains("hunter2"))
            #expect(!error.description.contains("near"))
        }
    }

    @Test func wholeNumbersStayWhole() throws {
        let text = "[9223372036854775807,-9223372036854775808,9007199254740993,1.0,1e2]"
        let document = try Document(jsonText: text)
        #expect(document[0]?.integer == .max)
        #expect(document[1]?.integer == .min)
        #expect(document[2]?.integer == 9_007_199_254_740_993)
        #expect(document[3]?.integer == nil)
        #expect(document[4] == .real(100))
    }

    @Test func depth64IsReadAnd65IsNot() throws {
        let nested = { (depth: Int) in
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try Document(jsonText: nested(64))
        do {
            _ = try Document(jsonText: "\n" + nested(65))
            Issue.record("was read")
        } catch {
            #expect(error.line == 2)
            #expect(error.column == 65)
        }
        #expect(throws: DocumentError.self) {
            try Document(json: [UInt8](repeating: 0x5B, count: 500_000))
        }
        // Why: brackets inside a text are no nesting.
        _ = try Document(jsonText: "[\"\\\"" + String(repeating: "[", count: 100) + "\"]")
    }

    @Test func limitsOfBytesAndValuesHold() throws {
        let text = "[1,2,3,4]"
        _ = try Document(jsonText: text, limits: DocumentLimits(byteCountMax: 9, nodeCountMax: 5))
        #expect(throws: DocumentError.self) {
            try Document(jsonText: text, limits: DocumentLimits(byteCountMax: 8))
        }
        #expect(throws: DocumentError.self) {
            try Document(jsonText: text, limits: DocumentLimits(nodeCountMax: 4))
        }
    }

    @Test func scalarsAloneAreDocuments() throws {
        #expect(try Document(jsonText: " \"a\" ") == "a")
        #expect(try Document(jsonText: "null") == nil)
        #expect(try Document(jsonText: "-0") == 0)
    }
}
