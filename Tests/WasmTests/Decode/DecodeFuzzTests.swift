import TestKit
import Testing

@testable import Wasm

// Goal: no bytes whatever stop the host: a module is decoded and validated, or refused with an
// offset inside it.
// Method: a module that uses every section, changed at random with fixed seeds; every prefix of it.
// The specification's own modules are changed likewise in ConformanceTests.
@Suite("Damaged modules")
struct DecodeFuzzTests {
    /// A module with every section and most forms of their entries.
    static let everything = Wire.module([
        Wire.types([
            Wire.functionType([Wire.i32], [Wire.i32]), [0x60, 0, 0],
            [0x4E, 2, 0x50, 0, 0x5F, 2, 0x63, 1, 1, 0x78, 0, 0x5E, Wire.i64, 1],
        ]),
        Wire.imports([
            Wire.importEntry("env", "f", [0, 0]), Wire.importEntry("env", "g", [3, Wire.i32, 0]),
        ]),
        Wire.functions([0, 1]),
        Wire.tables([[Wire.funcref, 1, 2, 9], [0x40, 0, 0x64, 0, 0, 3, 0xD2, 1, 0x0B]]),
        Wire.memories([[1, 1, 2], [5, 0, 3]]),
        Wire.tags([[0, 1]]),
        Wire.globals([
            [Wire.i32, 1, 0x23, 0, 0x41, 5, 0x6A, 0x0B], [Wire.funcref, 0, 0xD2, 0, 0x0B],
        ]),
        Wire.exports([("run", 0, 1), ("memory", 2, 0), ("table", 1, 1)]),
        Wire.start(2),
        Wire.elements([[0] + Wire.zero + [1, 0], [5, Wire.funcref, 1, 0xD2, 1, 0x0B]]),
        Wire.dataCount(2),
        Wire.code([
            Wire.body([0x20, 0, 0x41, 1, 0x6A]), Wire.body([0x41, 0, 0x10, 1, 0x1A]),
        ]),
        Wire.data([[0] + Wire.zero + [3, 1, 2, 3], [1, 2, 9, 9]]),
        Wire.custom("name", [1, 4, 1, 1, 1, 0x66]),
    ])

    /// Decodes and validates; whatever is thrown must point into the module.
    static func judge(_ bytes: [UInt8]) -> Bool {
        do {
            let module = try Module(bytes: ModuleBytes(copying: bytes), features: .all)
            for index in 0..<4 { _ = module.functionName(UInt32(index)) }
            try module.validateAllBodies()
            return true
        } catch {
            #expect(0...bytes.count ~= error.byteOffset, "\(error)")
            #expect(!error.message.isEmpty)
            return false
        }
    }

    @Test("the module is good as it is")
    func intact() throws {
        let module = try Module(bytes: ModuleBytes(copying: Self.everything))
        try module.validateAllBodies()
    }

    @Test("cut anywhere, it is refused or still a module")
    func prefixes() {
        for length in 0..<Self.everything.count {
            _ = Self.judge(Array(Self.everything[..<length]))
        }
    }

    @Test("with any one byte changed to any value, it is refused or still a module")
    func singleBytes() {
        for position in Self.everything.indices {
            for value in stride(from: 0, through: 255, by: 5) {
                var bytes = Self.everything
                bytes[position] = UInt8(value)
                _ = Self.judge(bytes)
            }
        }
    }

    @Test("changed at random, it is refused or still a module", arguments: 1...8 as ClosedRange)
    func random(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var acceptedCount = 0
        for _ in 0..<3_000 where Self.judge(random.mutated(Self.everything, changesMax: 3)) {
            acceptedCount += 1
        }
        // Else the changes test nothing but the first bytes.
        #expect(acceptedCount > 0)
    }

    @Test("numbers as large as they can be written are refused without allocating for them")
    func hugeCounts() {
        let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]
        for id in UInt8(1)...13 {
            #expect(!Self.judge(Wire.module([Wire.Section(id: id, contents: huge)])))
            #expect(!Self.judge(Wire.preamble + [id] + huge))
        }
        for form: [UInt8] in [[1, 0x60], [1, 0x60, 0], [1, 0x5F], [1, 0x4E]] {
            let section = Wire.Section(id: 1, contents: form + huge)
            #expect(!Self.judge(Wire.module([section])))
        }
    }
}
