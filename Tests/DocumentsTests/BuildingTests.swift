import Documents
import Testing

/// Documents that are made in code look like what they become.
@Suite struct BuildingTests {
    @Test func literalsBecomeValuesInOrder() {
        let document: Document = ["b": 1, "a": [true, nil, 2.5, "x"], "c": ["d": [:]]]
        #expect(document.members?.map(\.name) == ["b", "a", "c"])
        #expect(document["a"] == .array([.bool(true), .null, .real(2.5), .string("x")]))
        #expect(document["c"]?["d"] == .object([]))
        #expect(document.line == nil)
        #expect(Document.strings(["a", "b"]) == ["a", "b"])
        #expect(Document.sortedStrings(["b": "2", "a": "1"]).jsonText() == #"{"a":"1","b":"2"}"#)
    }

    @Test func theBuilderLeavesOutWhatIsAbsent() {
        var builder = ObjectBuilder()
        #expect(builder.isEmpty)
        builder.set("none", nil as String?)
        builder.set("number", nil as Int64?)
        builder.set("empty", [:] as [String: String])
        builder.set("nothing", [] as [Int]) { _ in nil }
        #expect(builder.isEmpty)
        builder.set("text", "a")
        builder.set("count", 3 as Int64)
        builder.set("flag", false)
        builder.set("list", ["x"])
        builder.set("items", [1, 2]) { .integer(Int64($0)) }
        builder.set("map", ["k": "v"])
        builder.set("inner", ["null": nil] as Document)
        #expect(
            builder.document == [
                "text": "a", "count": 3, "flag": false, "list": ["x"], "items": [1, 2],
                "map": ["k": "v"], "inner": ["null": nil],
            ]
        )
    }

    @Test func aValueAnswersOnlyToItsOwnKind() {
        let all: [(document: Document, kind: String)] = [
            (nil, "null"), (true, "boolean"), (1, "integer"), (1.5, "number"), ("a", "string"),
            ([], "array"), ([:], "object"),
        ]
        for (document, kind) in all {
            #expect(document.kindName == kind)
            #expect(document.isNull == (kind == "null"))
            #expect((document.bool != nil) == (kind == "boolean"))
            #expect((document.integer != nil) == (kind == "integer"))
            #expect((document.number != nil) == (kind == "integer" || kind == "number"))
            #expect((document.string != nil) == (kind == "string"))
            #expect((document.array != nil) == (kind == "array"))
            #expect((document.members != nil) == (kind == "object"))
            #expect(document["x"] == nil)
            #expect(document[0] == nil)
            #expect(document[-1] == nil)
        }
    }

    @Test func linesTakeNoPartInEquality() throws {
        let first = try Document(jsonText: #"{"a": 1}"#)
        let second = try Document(jsonText: "\n{\n\"a\":\n1}")
        #expect(first == second)
        #expect(second["a"]?.line == 4)
        #expect(first != ["a": 1.0], "a whole number is not a real one")
        #expect(first != ["a": 1, "b": 2])
        let swapped: Document = ["b": 2, "a": 1]
        #expect(swapped != ["a": 1, "b": 2], "order is part of a document")
    }

    @Test func errorsPointAtCharactersNotBytes() {
        do {
            _ = try Document(jsonText: "[\"é🐦\", x]")
            Issue.record("was read")
        } catch {
            #expect(error.line == 1)
            #expect(error.byteOffset > error.column, "\(error)")
            #expect(error.description.hasPrefix("line 1, column "))
        }
        let error = FieldError(path: "", message: "m")
        #expect(error.description == "m")
        #expect(FieldError(path: "a.b", line: 3, message: "m").description == "a.b: m (line 3)")
    }
}
