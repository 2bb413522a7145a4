import Testing

@testable import Wasm

// Goal: a constant expression is accepted exactly when it is constant and gives its type.
// Method: one global whose initial value is the expression.
@Suite("Constant expressions")
struct ConstantTests {
    /// A module with imported globals 0 (i32, constant) and 1 (i32, mutable), function 0, types 0
    /// (function), 1 (structure of an i64), 2 (array of f32); and the global 2 under test.
    private func decode(
        _ type: [UInt8],
        _ expression: [UInt8],
        _ features: WasmFeatures = .all
    ) -> ModuleError? {
        let gc: [[UInt8]] =
            features.contains(.garbageCollection)
            ? [[0x5F, 1, Wire.i64, 0], [0x5E, Wire.f32, 0]] : []
        let bytes = Wire.module([
            Wire.types([Wire.functionType([], [])] + gc),
            Wire.imports([
                Wire.importEntry("", "c", [3, Wire.i32, 0]),
                Wire.importEntry("", "m", [3, Wire.i32, 1]),
            ]),
            Wire.functions([0]), Wire.globals([type + [0] + expression]),
            Wire.code([Wire.body([])]),
        ])
        do {
            _ = try Module(bytes: ModuleBytes(copying: bytes), features: features)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "constants, references and arithmetic are constant",
        arguments: [
            ([Wire.i32], [0x41, 0x7F, 0x0B]),
            ([Wire.i64], [0x42, 0, 0x0B]),
            ([Wire.f32], [0x43, 0, 0, 0, 0, 0x0B]),
            ([Wire.f64], [0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0B]),
            ([Wire.v128], [0xFD, 12] + [UInt8](repeating: 1, count: 16) + [0x0B]),
            ([Wire.funcref], [0xD0, Wire.funcref, 0x0B]),
            ([Wire.externref], [0xD0, Wire.externref, 0x0B]),
            ([Wire.funcref], [0xD2, 0, 0x0B]),
            ([0x64, 0], [0xD2, 0, 0x0B]),
            ([Wire.i32], [0x23, 0, 0x0B]),
            ([Wire.i32], [0x23, 0, 0x41, 3, 0x6A, 0x41, 4, 0x6C, 0x0B]),
            ([Wire.i64], [0x42, 1, 0x42, 2, 0x7D, 0x0B]),
            ([0x6C], [0x41, 1, 0xFB, 28, 0x0B]),
            ([0x64, 1], [0x42, 7, 0xFB, 0, 1, 0x0B]),
            ([0x64, 1], [0xFB, 1, 1, 0x0B]),
            ([0x64, 2], [0x43, 0, 0, 0, 0, 0x41, 3, 0xFB, 6, 2, 0x0B]),
            ([0x64, 2], [0x41, 3, 0xFB, 7, 2, 0x0B]),
            ([0x64, 2], [0x43, 0, 0, 0, 0, 0xFB, 8, 2, 1, 0x0B]),
            ([0x6F], [0xD0, 0x6E, 0xFB, 27, 0x0B]),
        ] as [([UInt8], [UInt8])]
    )
    func accepted(type: [UInt8], expression: [UInt8]) {
        #expect(decode(type, expression) == nil)
    }

    @Test(
        "everything else is refused, with the reason",
        arguments: [
            ([Wire.i32], [0x42, 0, 0x0B], "type mismatch"),
            ([Wire.i32], [0x0B], "type mismatch"),
            ([Wire.i32], [0x41, 0, 0x41, 0, 0x0B], "type mismatch"),
            ([Wire.i32], [0x41, 0, 0x6A, 0x0B], "type mismatch"),
            ([Wire.i32], [0x42, 0, 0x41, 0, 0x6A, 0x0B], "type mismatch"),
            ([Wire.i32], [0x01, 0x41, 0, 0x0B], "constant expression required"),
            ([Wire.i32], [0x41, 0, 0x41, 0, 0x6D, 0x0B], "constant expression required"),
            ([Wire.i32], [0x23, 1, 0x0B], "constant expression required"),
            ([Wire.i32], [0x23, 2, 0x0B], "unknown global 2"),
            ([Wire.funcref], [0xD2, 1, 0x0B], "unknown function 1"),
            ([Wire.externref], [0xD2, 0, 0x0B], "type mismatch"),
            ([Wire.i32], [0x41, 0, 0x06, 0x0B], "illegal opcode 6"),
            ([Wire.i32], [0x41, 0, 0xFF, 0x0B], "illegal opcode ff"),
            ([Wire.i32], [0x41, 0], "unexpected end"),
            ([0x64, 1], [0xFB, 0, 1, 0x0B], "type mismatch"),
            ([0x64, 1], [0xFB, 0, 2, 0x0B], "unknown type 2"),
            ([0x64, 2], [0x41, 0, 0xFB, 8, 2, 9, 0x0B], "type mismatch"),
            ([Wire.v128], [0xFD, 13, 0x0B], "constant expression required"),
        ] as [([UInt8], [UInt8], String)]
    )
    func refused(type: [UInt8], expression: [UInt8], message: String) {
        #expect(decode(type, expression)?.message == message)
    }

    @Test("arithmetic is not constant when its feature is off")
    func featureOff() {
        let sum: [UInt8] = [0x41, 1, 0x41, 2, 0x6A, 0x0B]
        let found = decode([Wire.i32], sum, .version2WithoutVectors)
        #expect(found?.message == "constant expression required")
        #expect(decode([Wire.i32], [0x23, 0, 0x0B], .version2WithoutVectors) == nil)
    }

    @Test("operands that wait without end are a limit, not a flood")
    func depth() {
        let flood = [UInt8](repeating: 0x41, count: 2 * (ModuleLimits.constantDepthMax + 1))
        let found = decode([Wire.i32], flood + [0x0B])
        #expect(found?.kind == .limit)
    }
}
