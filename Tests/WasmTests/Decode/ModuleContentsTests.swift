import Testing

@testable import Wasm

// Goal: what a good module declares is there after decoding, imports first, at the right offsets.
@Suite("Contents of a module")
struct ModuleContentsTests {
    private func module(
        _ sections: [Wire.Section],
        _ features: WasmFeatures = .all
    ) throws -> Module {
        try Module(bytes: ModuleBytes(copying: Wire.module(sections)), features: features)
    }

    @Test("an empty module is a module")
    func empty() throws {
        let module = try module([])
        #expect(module.imports.isEmpty)
        #expect(module.exports.isEmpty)
        #expect(module.functionCount == 0)
    }

    @Test("imports come first in each index space, in their order")
    func imports() throws {
        let module = try module([
            Wire.types([Wire.functionType([Wire.i32], [Wire.i64]), Wire.functionType([], [])]),
            Wire.imports([
                Wire.importEntry("env", "f", [0, 0]),
                Wire.importEntry("env", "t", [1, Wire.funcref, 1, 2, 3]),
                Wire.importEntry("env", "m", [2, 0, 1]),
                Wire.importEntry("env", "g", [3, Wire.f64, 1]),
                Wire.importEntry("env", "e", [4, 0, 1]),
            ]),
            Wire.functions([1]),
            Wire.globals([[Wire.i32, 0] + Wire.zero]),
            Wire.code([Wire.body([])]),
        ])
        #expect(module.imports.map(\.name) == ["f", "t", "m", "g", "e"])
        #expect(module.imports.allSatisfy { $0.module == "env" })
        #expect(module.functionType(0) == FunctionType(parameters: [.i32], results: [.i64]))
        #expect(module.functionType(1) == FunctionType())
        #expect(module.functionType(2) == nil)
        #expect(module.importedFunctionCount == 1)
        #expect(module.tables[0].type.limits == Limits(minimum: 2, maximum: 3))
        #expect(module.memories[0].limits == Limits(minimum: 1))
        #expect(module.globals[0].type == GlobalType(value: .f64, isMutable: true))
        #expect(module.globals[0].initializer == nil)
        #expect(module.globals[1].initializer != nil)
        #expect(module.importedTagCount == 1)
    }

    @Test("exports are found by name")
    func exports() throws {
        let module = try module([
            Wire.memories([[0, 0], [5, 0, 9]]),
            Wire.exports([("first", 2, 0), ("second", 2, 1), ("", 2, 1)]),
        ])
        #expect(module.export("second")?.index == 1)
        #expect(module.export("")?.index == 1)
        #expect(module.export("third") == nil)
        #expect(module.memories[1].limits == Limits(minimum: 0, maximum: 9, is64: true))
    }

    @Test("a body's range is its bytes behind their length")
    func bodies() throws {
        let bytes = Wire.module([
            Wire.types([Wire.functionType([], [])]), Wire.functions([0, 0]),
            Wire.code([Wire.body([0x01]), Wire.body([])]),
        ])
        let module = try Module(bytes: ModuleBytes(copying: bytes))
        #expect(module.codeBodies.map { Array(bytes[$0.range]) } == [[0, 1, 0x0B], [0, 0x0B]])
    }

    @Test("element segments come in eight forms")
    func elements() throws {
        let zero = Wire.zero
        let reference: [UInt8] = [0xD2, 0, 0x0B]
        let module = try module([
            Wire.types([Wire.functionType([], [])]), Wire.functions([0]),
            Wire.tables([[Wire.funcref, 0, 4], [Wire.funcref, 0, 4]]),
            Wire.elements([
                [0] + zero + [1, 0],
                [1, 0, 1, 0],
                [2, 1] + zero + [0, 1, 0],
                [3, 0, 1, 0],
                [4] + zero + [1] + reference,
                [5, Wire.funcref, 1] + reference,
                [6, 1] + zero + [Wire.funcref, 1] + reference,
                [7, Wire.funcref, 2] + reference + [0xD0, Wire.funcref, 0x0B],
            ]),
            Wire.code([Wire.body([])]),
        ])
        let targets = module.elementSegments.map { segment -> UInt32? in
            guard case .active(let target, _) = segment.mode else { return nil }
            return target
        }
        #expect(targets == [0, nil, 1, nil, 0, nil, 1, nil])
        #expect(module.elementSegments.map(\.count) == [1, 1, 1, 1, 1, 1, 1, 2])
        let nonNull = ValueType.reference(to: .function, isNullable: false)
        #expect(module.elementSegments[..<4].allSatisfy { $0.type == nonNull })
        #expect(module.elementSegments[4...].allSatisfy { $0.type == .funcref })
        let isDeclarative = module.elementSegments.map { segment in
            if case .declarative = segment.mode { true } else { false }
        }
        #expect(isDeclarative == [false, false, false, true, false, false, false, true])
        #expect(module.declaredFunctions.contains(0))
    }

    @Test("data segments come in three forms, and their bytes stay where they are")
    func data() throws {
        let bytes = Wire.module([
            Wire.memories([[0, 1], [0, 1]]), Wire.dataCount(3),
            Wire.data([[0] + Wire.zero + [2, 7, 8], [1, 1, 9], [2, 1] + Wire.zero + [0]]),
        ])
        let module = try Module(bytes: ModuleBytes(copying: bytes))
        #expect(module.dataSegments.map { Array(bytes[$0.range]) } == [[7, 8], [9], []])
        #expect(module.dataCount == 3)
    }

    @Test("custom sections may stand anywhere and mean nothing")
    func custom() throws {
        let module = try module([
            Wire.custom("a", [1]), Wire.types([]), Wire.custom("wasmedge", [9, 9, 9]),
            Wire.custom("a", []), Wire.code([]), Wire.custom(".debug_info", [0xFF]),
        ])
        #expect(module.nameSection == nil)
    }

    @Test("a function is declared when it is named outside bodies, the start function is not")
    func declared() throws {
        let module = try module([
            Wire.types([Wire.functionType([], [])]), Wire.functions([0, 0, 0, 0]),
            Wire.globals([[Wire.funcref, 0, 0xD2, 1, 0x0B]]), Wire.exports([("f", 0, 2)]),
            Wire.start(3), Wire.code([[UInt8]](repeating: Wire.body([]), count: 4)),
        ])
        #expect(
            (0..<4).map { module.declaredFunctions.contains($0) } == [false, true, true, false]
        )
        #expect(module.startFunction == 3)
    }

    @Test("a table may have an initial value, and then may be of what is never null")
    func initialisedTable() throws {
        let module = try module([
            Wire.types([Wire.functionType([], [])]), Wire.functions([0]),
            Wire.tables([[0x40, 0, 0x64, Wire.funcref, 0, 3, 0xD2, 0, 0x0B]]),
            Wire.code([Wire.body([])]),
        ])
        #expect(module.tables[0].initializer != nil)
    }

    @Test("types in a group may name each other")
    func group() throws {
        let module = try module([
            Wire.types([
                [0x4E, 2, 0x5F, 1, 0x63, 1, 1, 0x5E, 0x78, 0], [0x4E, 0], [0x60, 1, 0x64, 0, 0],
            ])
        ])
        #expect(module.types.count == 3)
        #expect(module.types.groupEnds == [2, 2, 3])
        let field = FieldType(
            storage: .value(.reference(to: .type(1), isNullable: true)),
            isMutable: true
        )
        #expect(module.types.type(0)?.composite == .structure([field]))
        #expect(
            module.types.type(1)?.composite == .array(FieldType(storage: .i8, isMutable: false))
        )
    }

    @Test("without features, version 2.0 still stands whole")
    func version2() throws {
        let module = try module(
            [
                Wire.types([Wire.functionType([Wire.i32, Wire.externref], [Wire.i32, Wire.i32])]),
                Wire.tables([[Wire.externref, 0, 1], [Wire.funcref, 0, 1]]),
            ],
            .version2WithoutVectors
        )
        #expect(module.tables.count == 2)
    }
}
