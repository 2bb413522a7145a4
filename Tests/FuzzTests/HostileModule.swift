@testable import WasmGenerator

/// Modules that ask for too much.
struct HostileModule: Sendable {
    let name: String
    let bytes: [UInt8]
    /// What `swiftlet-run` may say to it, one of these.
    let answers: [String]

    private init(_ name: String, _ sections: [[UInt8]], _ answers: String...) {
        self.name = name
        self.bytes = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0] + sections.joined()
        self.answers = answers
    }

    private static func section(_ id: UInt8, _ contents: [UInt8]) -> [UInt8] {
        [id] + Encode.unsigned(contents.count) + contents
    }

    /// `count` times the same entry.
    private static func list(_ id: UInt8, _ count: Int, _ entry: [UInt8]) -> [UInt8] {
        section(id, Encode.unsigned(count) + Array(repeating: entry, count: count).joined())
    }

    private static func body(_ code: [UInt8], locals: [UInt8] = [0]) -> [UInt8] {
        Encode.unsigned(locals.count + code.count) + locals + code
    }

    private static let start: [UInt8] =
        section(7, [1, 6] + Array("_start".utf8) + [0, 0])
    private static let oneType = section(1, [1, 0x60, 0, 0])
    private static let oneFunction = section(3, [1, 0])

    /// A module whose `_start` has this body.
    private static func program(
        _ name: String,
        _ code: [UInt8],
        locals: [UInt8] = [0],
        types: [UInt8] = oneType,
        memory: [UInt8] = [],
        _ answers: String...
    ) -> HostileModule {
        var module = HostileModule(
            name,
            [types, oneFunction, memory, start, section(10, [1] + body(code, locals: locals))]
        )
        module = HostileModule(name: name, bytes: module.bytes, answers: answers)
        return module
    }

    private init(name: String, bytes: [UInt8], answers: [String]) {
        self.name = name
        self.bytes = bytes
        self.answers = answers
    }

    private static let most: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]

    private static func times(_ count: Int, _ code: [UInt8]) -> [UInt8] {
        Array(Array(repeating: code, count: count).joined())
    }

    /// Refused before anything runs, or run at the price of their own size.
    static let bombs: [HostileModule] = [
        program("2^32 - 1 locals", [0x0B], locals: [1] + most + [0x7F], "too many locals"),
        program(
            "2^32 - 1 locals twice",
            [0x0B],
            locals: [2] + most + [0x7F] + most + [0x7E],
            "too many locals"
        ),
        program(
            "a million nested blocks",
            times(1_000_000, [0x02, 0x40]) + times(1_000_001, [0x0B]),
            "",
            "nest"
        ),
        program("a million operands", times(1_000_000, [0x41, 0]) + [0x00, 0x0B], "", "operands"),
        program(
            "br_table with a million targets",
            [0x41, 5, 0x0E] + Encode.unsigned(1_000_000) + times(1_000_001, [0]) + [0x0B],
            "",
            "br_table"
        ),
        program(
            "a million loops one after another",
            times(1_000_000, [0x03, 0x40, 0x0B]) + [0x0B],
            "",
            "memory limit"
        ),
        program(
            "branches that move a thousand values each",
            [0x02, 1, 0x41, 7] + times(1_000, [0x41, 1]) + times(100_000, [0x41, 0, 0x0D, 0])
                + [0x0C, 0, 0x0B] + times(1_001, [0x1A]) + [0x0B],
            types: section(
                1,
                [2, 0x60, 0, 0, 0x60, 0] + Encode.unsigned(1_000) + times(1_000, [0x7F])
            ),
            "a function's code of"
        ),
        .init(
            "a hundred thousand functions of fifty thousand locals",
            [
                oneType, list(3, 100_000, [0]), start,
                list(10, 100_000, body([0x0B], locals: [1] + Encode.unsigned(50_000) + [0x7E])),
            ],
            "\"functionsTranslated\":1,"
        ),
        program(
            "locals without a first value, all given one, and one of them read again and again",
            (0..<40_000).flatMap { local -> [UInt8] in
                [0xD2, 0, 0x21] + Encode.unsigned(local)
            } + times(400_000, [0x20, 0, 0x1A]) + [0x0B],
            locals: [1] + Encode.unsigned(40_000) + [0x64, 0x70],
            "\"functionsTranslated\":1,"
        ),
        program(
            "blocks and locals above thousands of operands",
            [0x20, 1] + times(8_000, [0x41, 0])
                + times(150_000, [0x20, 0, 0x02, 0x40, 0x0B, 0x21, 0]) + times(8_001, [0x1A]) + [
                    0x0B
                ],
            locals: [1, 2, 0x7F],
            "\"functionsTranslated\":1,"
        ),
        program(
            "blocks of a thousand values, one after another",
            times(1_000, [0x41, 1]) + times(100_000, [0x02, 1, 0x0B]) + times(1_000, [0x1A]) + [
                0x0B
            ],
            types: section(
                1,
                [2, 0x60, 0, 0, 0x60] + Encode.unsigned(1_000) + times(1_000, [0x7F])
                    + Encode.unsigned(1_000) + times(1_000, [0x7F])
            ),
            "named so often"
        ),
        program(
            "arrays of ten thousand operands that nobody reaches",
            [0x00] + times(50_000, [0xFB, 8, 1] + Encode.unsigned(10_000) + [0x1A]) + [0x0B],
            types: section(1, [2, 0x60, 0, 0, 0x5E, 0x7F, 0]),
            "named so often"
        ),
        program(
            "the last of ten thousand fields, again and again",
            times(100_000, [0x20, 0, 0xFB, 2, 1] + Encode.unsigned(9_999) + [0x1A]) + [0x0B],
            locals: [1, 1, 0x63, 1],
            types: section(
                1,
                [2, 0x60, 0, 0, 0x5F] + Encode.unsigned(10_000) + times(10_000, [0x7F, 0])
            ),
            "null structure reference"
        ),
        program(
            "two hundred thousand places where exceptions are caught",
            times(200_000, [0x1F, 0x40, 1, 2, 0, 0x0B]) + [0x0B],
            "try_tables in a function"
        ),
        .init("a million types", [list(1, 1_000_000, [0x60, 0, 0])], "memory limit"),
        .init("ten thousand types", [list(1, 10_000, [0x60, 0, 0])], "_start"),
        .init("more types than there may be", [section(1, most + [0x60, 0, 0])], "unexpected end"),
        .init(
            "a recursion group of a million structures",
            [section(1, [1, 0x4E] + Encode.unsigned(1_000_000) + times(1_000_000, [0x5F, 0]))],
            "memory limit"
        ),
        .init(
            "a thousand types of a thousand parameters",
            [list(1, 1_000, [0x60] + Encode.unsigned(1_000) + times(1_000, [0x7E]) + [0])],
            "_start"
        ),
        .init(
            "a table of 2^32 - 1 elements",
            [section(4, [1, 0x70, 0] + most)],
            "needs",
            "at least"
        ),
        .init("a memory of 4 GiB", [section(5, [1, 0, 0x80, 0x80, 4])], "needs", "at least"),
        .init(
            "a hundred thousand globals",
            [list(6, 100_000, [0x7F, 0, 0x41, 0, 0x0B])],
            "_start",
            "memory limit",
            "at least"
        ),
        .init("a million globals", [list(6, 1_000_000, [0x7F, 0, 0x41, 0, 0x0B])], "memory limit"),
        .init(
            "a million functions in a segment of elements",
            [
                oneType, list(3, 1, [0]), section(4, [1, 0x70, 0, 1]),
                section(9, [1, 1, 0] + Encode.unsigned(1_000_000) + times(1_000_000, [0])),
                section(10, [1] + body([0x0B])),
            ],
            "_start"
        ),
        .init(
            "a hundred thousand segments of elements",
            [section(4, [1, 0x70, 0, 1]), list(9, 100_000, [1, 0, 0])],
            "_start",
            "memory limit",
            "at least"
        ),
        .init(
            "a hundred thousand segments of data",
            [section(5, [1, 0, 1]), list(11, 100_000, [0, 0x41, 0, 0x0B, 1, 7])],
            "_start",
            "memory limit",
            "at least"
        ),
        .init(
            "a constant of a hundred thousand operands",
            [section(6, [1, 0x7F, 0] + times(100_000, [0x41, 0]) + [0x0B])],
            "invalid",
            "constant"
        ),
    ]

    /// Would run for ever, or take everything, if they were let.
    static let runaways: [HostileModule] = [
        .init(
            "a start function that never ends",
            [
                oneType, oneFunction, section(8, [0]),
                section(10, [1] + body([0x03, 0x40, 0x0C, 0, 0x0B, 0x0B])),
            ],
            "time limit exceeded"
        ),
        program("a loop", [0x03, 0x40, 0x0C, 0, 0x0B, 0x0B], "time limit exceeded"),
        program("a recursion", [0x10, 0, 0x0B], "call stack exhausted"),
        program("a tail call to itself", [0x12, 0, 0x0B], "time limit exceeded"),
        program(
            "a loop that grows and fills a memory",
            [
                0x03, 0x40, 0x41, 1, 0x40, 0, 0x1A, 0x41, 0, 0x41, 1, 0x3F, 0, 0x41, 16, 0x74, 0xFC,
                11, 0, 0x0C, 0, 0x0B, 0x0B,
            ],
            memory: section(5, [1, 0, 1]),
            "time limit exceeded"
        ),
        program(
            "a list of structures that is kept",
            [
                0x03, 0x40, 0x20, 0, 0xFB, 0, 1, 0x21, 0, 0x0C, 0, 0x0B, 0x0B,
            ],
            locals: [1, 1, 0x63, 1],
            types: section(1, [2, 0x60, 0, 0, 0x5F, 1, 0x63, 1, 1]),
            "memory limit exceeded"
        ),
        program(
            "an array of all references to structures",
            [
                0x41, 0x80, 0x80, 0xC0, 0, 0xFB, 7, 2, 0x21, 0, 0x03, 0x40, 0x20, 0, 0x20, 1, 0xFB,
                1,
                1, 0xFB, 14, 2, 0x20, 1, 0x41, 1, 0x6A, 0x22, 1, 0x41, 0x80, 0x80, 0xC0, 0, 0x48,
                0x0D, 0, 0x0B, 0x0B,
            ],
            locals: [2, 1, 0x63, 2, 1, 0x7F],
            types: section(1, [3, 0x60, 0, 0, 0x5F, 1, 0x7F, 1, 0x5E, 0x63, 1, 1]),
            "memory limit exceeded"
        ),
        program(
            "an array of 2^31 elements",
            [0x41] + Encode.signed(Int64(Int32.min)) + [0xFB, 7, 1, 0x1A, 0x0B],
            types: section(1, [2, 0x60, 0, 0, 0x5E, 0x7E, 1]),
            "memory limit exceeded"
        ),
    ]
}

extension HostileModule: CustomStringConvertible {
    var description: String { name }
}
