import Testing

@testable import Wasm

// Goal: each section is read as the specification writes it, and each mistake is refused with its
// kind and the wording of the specification's tests.
// Method: modules written byte by byte, one mistake each.
@Suite("Sections of a module")
struct ModuleDecoderTests {
    /// A module, what is wrong with it, and how it is said.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var kind: ModuleError.Kind
        var message: String
        var features = WasmFeatures.all

        init(
            _ title: String,
            _ bytes: [UInt8],
            _ kind: ModuleError.Kind,
            _ message: String,
            _ features: WasmFeatures = .all
        ) {
            self.testDescription = title
            self.bytes = bytes
            self.kind = kind
            self.message = message
            self.features = features
        }
    }

    private func expectRefused(_ refusal: Refusal) {
        do {
            _ = try Module(
                bytes: ModuleBytes(copying: refusal.bytes),
                features: refusal.features
            )
            Issue.record("accepted")
        } catch {
            #expect(error.kind == refusal.kind, "\(error)")
            #expect(error.message.hasPrefix(refusal.message), "\(error)")
            #expect(0...refusal.bytes.count ~= error.byteOffset)
        }
    }

    @Test(
        "bytes that are no module are malformed",
        arguments: [
            Refusal("nothing", [], .malformed, "magic header not detected"),
            Refusal("a start", [0, 0x61, 0x73], .malformed, "magic header not detected"),
            Refusal(
                "another magic",
                [1, 0x61, 0x73, 0x6D, 1, 0, 0, 0],
                .malformed,
                "magic header not detected"
            ),
            Refusal("no version", [0, 0x61, 0x73, 0x6D], .malformed, "unknown binary version"),
            Refusal(
                "a component",
                [0, 0x61, 0x73, 0x6D, 13, 0, 1, 0],
                .malformed,
                "unknown binary version"
            ),
            Refusal(
                "an unknown section",
                Wire.module([Wire.Section(id: 14, contents: [0])]),
                .malformed,
                "malformed section id"
            ),
            Refusal(
                "a section longer than the module",
                Wire.preamble + [1, 5, 0],
                .malformed,
                "length out of bounds"
            ),
            Refusal(
                "a section longer than its contents",
                Wire.module([Wire.Section(id: 1, contents: [0, 0])]),
                .malformed,
                "section size mismatch"
            ),
            Refusal(
                "a section shorter than its contents",
                Wire.module([Wire.Section(id: 1, contents: [1, 0x60])]),
                .malformed,
                "unexpected end"
            ),
            Refusal(
                "a section twice",
                Wire.module([Wire.types([]), Wire.types([])]),
                .malformed,
                "unexpected content after last section"
            ),
            Refusal(
                "sections out of order",
                Wire.module([Wire.functions([]), Wire.types([])]),
                .malformed,
                "unexpected content after last section"
            ),
            Refusal(
                "functions without code",
                Wire.module([Wire.types([Wire.functionType([], [])]), Wire.functions([0])]),
                .malformed,
                "function and code section have inconsistent lengths"
            ),
            Refusal(
                "code without functions",
                Wire.module([Wire.code([Wire.body([])])]),
                .malformed,
                "function and code section have inconsistent lengths"
            ),
            Refusal(
                "fewer data segments than counted",
                Wire.module([Wire.dataCount(1), Wire.data([])]),
                .malformed,
                "data count and data section have inconsistent lengths"
            ),
            Refusal(
                "a custom section without a name",
                Wire.module([Wire.Section(id: 0, contents: [])]),
                .malformed,
                "unexpected end"
            ),
            Refusal(
                "a custom section whose name is not UTF-8",
                Wire.module([Wire.Section(id: 0, contents: [1, 0xFF])]),
                .malformed,
                "malformed UTF-8 encoding"
            ),
        ]
    )
    func structure(refusal: Refusal) {
        expectRefused(refusal)
    }

    @Test(
        "a type that is none is malformed, one that is not there is unknown",
        arguments: [
            Refusal(
                "no such form",
                Wire.module([Wire.types([[0x40, 0, 0]])]),
                .malformed,
                "malformed definition type"
            ),
            Refusal(
                "no such value type",
                Wire.module([Wire.types([Wire.functionType([0x01], [])])]),
                .malformed,
                "malformed value type"
            ),
            Refusal(
                "a reference to a later type",
                Wire.module([Wire.types([[0x60, 1, 0x64, 1, 0], [0x60, 0, 0]])]),
                .invalid,
                "unknown type"
            ),
            Refusal(
                "two supertypes",
                Wire.module([
                    Wire.types([
                        [0x50, 0, 0x5F, 0], [0x50, 0, 0x5F, 0], [0x50, 2, 0, 1, 0x5F, 0],
                    ])
                ]),
                .invalid,
                "sub type"
            ),
            Refusal(
                "a subtype of a final type",
                Wire.module([Wire.types([[0x5F, 0], [0x50, 1, 0, 0x5F, 0]])]),
                .invalid,
                "sub type 1 does not match super type"
            ),
            Refusal(
                "a supertype that is not there yet",
                Wire.module([Wire.types([[0x50, 1, 0, 0x5F, 0]])]),
                .invalid,
                "unknown type"
            ),
            Refusal(
                "vectors when they are off",
                Wire.module([Wire.types([Wire.functionType([Wire.v128], [])])]),
                .unsupported,
                "vectors",
                .version2WithoutVectors
            ),
            Refusal(
                "structures when they are off",
                Wire.module([Wire.types([[0x5F, 0]])]),
                .unsupported,
                "structures",
                .version2WithoutVectors
            ),
            Refusal(
                "a thousand and one parameters",
                Wire.module([
                    Wire.types([
                        Wire.functionType([UInt8](repeating: Wire.i32, count: 1_001), [])
                    ])
                ]),
                .limit,
                "1001 parameters, at most 1000"
            ),
        ]
    )
    func types(refusal: Refusal) {
        expectRefused(refusal)
    }

    @Test(
        "imports, tables, memories, globals and tags are checked as they are declared",
        arguments: [
            Refusal(
                "no such kind of import",
                Wire.module([Wire.imports([Wire.importEntry("", "", [5])])]),
                .malformed,
                "malformed import kind"
            ),
            Refusal(
                "a function of no type",
                Wire.module([Wire.imports([Wire.importEntry("", "", [0, 0])])]),
                .invalid,
                "unknown type"
            ),
            Refusal(
                "limits with a strange flag",
                Wire.module([Wire.memories([[8, 0]])]),
                .malformed,
                "malformed limits flags"
            ),
            Refusal(
                "a shared memory",
                Wire.module([Wire.memories([[3, 0, 1]])]),
                .malformed,
                "malformed limits flags",
                .version3
            ),
            Refusal(
                "a shared memory without maximum",
                Wire.module([Wire.memories([[2, 0]])]),
                .invalid,
                "shared memory must have maximum",
                .all
            ),
            Refusal(
                "a minimum above the maximum",
                Wire.module([Wire.memories([[1, 2, 1]])]),
                .invalid,
                "size minimum must not be greater than maximum"
            ),
            Refusal(
                "a memory of 65537 pages",
                Wire.module([Wire.memories([[0] + Wire.unsigned(65_537)])]),
                .invalid,
                "memory size"
            ),
            Refusal(
                "two memories when only one may be",
                Wire.module([Wire.memories([[0, 0], [0, 0]])]),
                .invalid,
                "multiple memories",
                .version2WithoutVectors
            ),
            Refusal(
                "a table of numbers",
                Wire.module([Wire.tables([[Wire.i32, 0, 0]])]),
                .malformed,
                "malformed reference type"
            ),
            Refusal(
                "a table that cannot be null and has no initial value",
                Wire.module([Wire.tables([[0x64, Wire.funcref, 0, 0]])]),
                .invalid,
                "type mismatch"
            ),
            Refusal(
                "a global that may be two things",
                Wire.module([Wire.globals([[Wire.i32, 2] + Wire.zero])]),
                .malformed,
                "malformed mutability"
            ),
            Refusal(
                "a tag with results",
                Wire.module([
                    Wire.types([Wire.functionType([], [Wire.i32])]), Wire.tags([[0, 0]]),
                ]),
                .invalid,
                "non-empty tag result type"
            ),
            Refusal(
                "a tag when exceptions are off",
                Wire.module([Wire.tags([])]),
                .malformed,
                "malformed section id",
                .version2WithoutVectors
            ),
            Refusal(
                "an export twice",
                Wire.module([Wire.memories([[0, 0]]), Wire.exports([("a", 2, 0), ("a", 2, 0)])]),
                .invalid,
                "duplicate export name"
            ),
            Refusal(
                "an export of nothing",
                Wire.module([Wire.exports([("a", 3, 0)])]),
                .invalid,
                "unknown global 0"
            ),
            Refusal(
                "a start function with a parameter",
                Wire.module([
                    Wire.types([Wire.functionType([Wire.i32], [])]), Wire.functions([0]),
                    Wire.start(0), Wire.code([Wire.body([])]),
                ]),
                .invalid,
                "start function"
            ),
            Refusal(
                "a start function that is not there",
                Wire.module([Wire.start(0)]),
                .invalid,
                "unknown function"
            ),
            Refusal(
                "elements for a table that is not there",
                Wire.module([Wire.elements([[0] + Wire.zero + [0]])]),
                .invalid,
                "unknown table"
            ),
            Refusal(
                "elements of a strange kind",
                Wire.module([Wire.elements([[8]])]),
                .malformed,
                "malformed elements segment kind"
            ),
            Refusal(
                "elements of another type than the table's",
                Wire.module([
                    Wire.tables([[Wire.externref, 0, 0]]), Wire.elements([[0] + Wire.zero + [0]]),
                ]),
                .invalid,
                "type mismatch"
            ),
            Refusal(
                "an element that is no function",
                Wire.module([Wire.elements([[1, 0, 1, 7]])]),
                .invalid,
                "unknown function 7"
            ),
            Refusal(
                "data for a memory that is not there",
                Wire.module([Wire.data([[0] + Wire.zero + [0]])]),
                .invalid,
                "unknown memory 0"
            ),
            Refusal(
                "data longer than the section",
                Wire.module([Wire.data([[1, 9, 1, 2]])]),
                .malformed,
                "length out of bounds"
            ),
            Refusal(
                "more exports than there are bytes",
                Wire.module([Wire.Section(id: 7, contents: Wire.unsigned(4_000_000_000))]),
                .malformed,
                "unexpected end"
            ),
        ]
    )
    func entities(refusal: Refusal) {
        expectRefused(refusal)
    }
}
