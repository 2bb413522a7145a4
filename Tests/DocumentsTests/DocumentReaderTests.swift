import Documents
import Testing

/// Errors name the field, its line and what was expected.
@Suite struct DocumentReaderTests {
    private func reader() throws -> DocumentReader {
        DocumentReader(
            try Document(
                jsonText: """
                    {"spec": {
                      "containers": [
                        {"name": "a"},
                        {"image": 3, "none": null}
                      ],
                      "labels": {"a.b/c": 1}
                    }}
                    """
            )
        )
    }

    private func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch {
            return "\(error)"
        }
    }

    @Test func errorsCarryPathAndLine() throws {
        let spec = try reader().required("spec")
        let containers = try spec.required("containers").elements()
        #expect(
            failure { _ = try containers[0].required("image") }
                == "spec.containers[0].image: Required value (line 3)"
        )
        #expect(
            failure { _ = try containers[1].required("image").string() }
                == "spec.containers[1].image: must be a string, but is an integer (line 4)"
        )
        #expect(
            failure { _ = try containers[1].required("none") }
                == "spec.containers[1].none: Required value (line 4)"
        )
        #expect(
            failure { _ = try spec.required("labels").stringMap() }
                == "spec.labels[a.b/c]: must be a string, but is an integer (line 6)"
        )
        #expect(
            failure { _ = try spec.elements() }
                == "spec: must be an array, but is an object (line 1)"
        )
        #expect(
            failure { _ = try containers[1].required("image").integer(in: 4...5) }
                == "spec.containers[1].image: Invalid value: 3: must be between 4 and 5, inclusive (line 4)"
        )
    }

    @Test func absentAndNullAreTheSame() throws {
        let container = try reader().required("spec").required("containers").elements()[1]
        #expect(try container.optional("none") == nil)
        #expect(try container.optional("nothing") == nil)
        #expect(try container.optional("image")?.integer() == 3)
        #expect(failure { _ = try container.required("image").optional("x") }.contains("an object"))
    }

    @Test func unknownFieldsAreRefusedWithTheNearestName() throws {
        let container = DocumentReader(["nmae": "x"], path: "c")
        #expect(
            failure { try container.refuseUnknown(known: ["name", "image"]) }
                == "c.nmae: unknown field; did you mean name?"
        )
        #expect(
            failure { try container.refuseUnknown(known: ["volumes"]) } == "c.nmae: unknown field"
        )
        try container.refuseUnknown(known: ["nmae"])
    }

    @Test(
        arguments: [
            ("contianers", "containers"), ("Image", "image"), ("imagePullPolcy", "imagePullPolicy"),
            ("zzz", nil), ("", nil),
        ] as [(String, String?)]
    )
    func theNearestNameIsFoundIfItIsNear(word: String, expected: String?) {
        let names = ["containers", "image", "imagePullPolicy", "initContainers"]
        #expect(Spelling.nearest(to: word, among: names) == expected)
    }
}
