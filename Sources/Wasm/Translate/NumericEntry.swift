/// What the translator knows about one of the operators 0x45 to 0xC4 and 0xFC 0 to 7.
struct NumericEntry {
    enum Shape: UInt8 {
        case none
        /// Forms SS SI AS AI.
        case commutative
        /// Forms SS SI AS AI SA.
        case right
        /// The same, and IS IA.
        case binary
        /// Forms SS SI AS AI; a swap changes the condition.
        case comparison
        /// Equal to zero.
        case isZero
        /// Forms S A.
        case unary
        /// Form A.
        case held
        /// The same bits with another type.
        case wrap
        case extendUnsigned
        /// Bits that change registers.
        case reinterpret
        /// Form A, by way of the f64 that an f32 is.
        case promoted
    }

    var shape = Shape.none
    var operation: UInt16 = 0
    var operand = ValueType.unknown
    var result = ValueType.unknown
    /// Whether each form has a second handler that writes a slot as well.
    var hasSlotResult = true
    /// Of a comparison: its place in the generator's table of conditions.
    var condition: UInt16 = 0

    /// By opcode; 0xFC n is at 0xC5 + n.
    static let table = makeTable()

    private static func makeTable() -> [NumericEntry] {
        var table = [NumericEntry](repeating: NumericEntry(), count: 0xCD)
        addComparisons(&table)
        addIntegers(&table)
        addFloats(&table)
        addConversions(&table)
        return table
    }

    private static func addComparisons(_ table: inout [NumericEntry]) {
        // In the order of the opcodes: places in the generator's table of conditions.
        let integer: [UInt16] = [0, 1, 2, 6, 4, 8, 5, 9, 3, 7]
        let bases: [(Int, UInt16, ValueType)] = [
            (0x46, Operation.i32Eq, .i32), (0x51, Operation.i64Eq, .i64),
        ]
        for (code, base, type) in bases {
            table[code - 1] = NumericEntry(
                shape: .isZero,
                operation: base,
                operand: type,
                result: .i32
            )
            for (index, condition) in integer.enumerated() {
                table[code + index] = NumericEntry(
                    shape: .comparison,
                    operation: base,
                    operand: type,
                    result: .i32,
                    condition: condition
                )
            }
        }
        let floats: [(Int, UInt16, ValueType)] = [
            (0x5B, Operation.f32Eq, .f32), (0x61, Operation.f64Eq, .f64),
        ]
        for (code, base, type) in floats {
            for index in 0..<6 {
                table[code + index] = NumericEntry(
                    shape: .comparison,
                    operation: base,
                    operand: type,
                    result: .i32,
                    condition: UInt16(index)
                )
            }
        }
    }

    private static func addIntegers(_ table: inout [NumericEntry]) {
        typealias O = Operation
        let narrow = [
            O.i32Clz, O.i32Ctz, O.i32Popcnt, O.i32Add, O.i32Sub, O.i32Mul, O.i32DivS, O.i32DivU,
            O.i32RemS, O.i32RemU, O.i32And, O.i32Or, O.i32Xor, O.i32Shl, O.i32ShrS, O.i32ShrU,
            O.i32Rotl, O.i32Rotr,
        ]
        let wide = [
            O.i64Clz, O.i64Ctz, O.i64Popcnt, O.i64Add, O.i64Sub, O.i64Mul, O.i64DivS, O.i64DivU,
            O.i64RemS, O.i64RemU, O.i64And, O.i64Or, O.i64Xor, O.i64Shl, O.i64ShrS, O.i64ShrU,
            O.i64Rotl, O.i64Rotr,
        ]
        addIntegers(&table, from: 0x67, .i32, narrow)
        addIntegers(&table, from: 0x79, .i64, wide)
    }

    private static func addIntegers(
        _ table: inout [NumericEntry],
        from code: Int,
        _ type: ValueType,
        _ operations: [UInt16]
    ) {
        for (index, operation) in operations.enumerated() {
            let shape: Shape =
                switch index {
                case 0...2: .held
                case 3, 5, 10, 11, 12: .commutative
                case 4, 13: .binary
                default: .right
                }
            table[code + index] = NumericEntry(
                shape: shape,
                operation: operation,
                operand: type,
                result: type,
                hasSlotResult: !(0...2 ~= index || 6...9 ~= index)
            )
        }
    }

    private static func addFloats(_ table: inout [NumericEntry]) {
        typealias O = Operation
        let single = [
            O.f32Abs, O.f32Neg, O.f32Ceil, O.f32Floor, O.f32Trunc, O.f32Nearest, O.f32Sqrt,
            O.f32Add, O.f32Sub, O.f32Mul, O.f32Div, O.f32Min, O.f32Max, O.f32Copysign,
        ]
        let double = [
            O.f64Abs, O.f64Neg, O.f64Ceil, O.f64Floor, O.f64Trunc, O.f64Nearest, O.f64Sqrt,
            O.f64Add, O.f64Sub, O.f64Mul, O.f64Div, O.f64Min, O.f64Max, O.f64Copysign,
        ]
        addFloats(&table, from: 0x8B, .f32, single)
        addFloats(&table, from: 0x99, .f64, double)
    }

    private static func addFloats(
        _ table: inout [NumericEntry],
        from code: Int,
        _ type: ValueType,
        _ operations: [UInt16]
    ) {
        for (index, operation) in operations.enumerated() {
            let shape: Shape =
                switch index {
                case 0, 1, 6: .unary
                case 2...5: .held
                case 7, 9, 11, 12: .commutative
                case 13: .right
                default: .binary
                }
            table[code + index] = NumericEntry(
                shape: shape,
                operation: operation,
                operand: type,
                result: type,
                hasSlotResult: !(2...5 ~= index || 11...13 ~= index)
            )
        }
    }

    private static func addConversions(_ table: inout [NumericEntry]) {
        typealias O = Operation
        let list: [(Int, Shape, UInt16, ValueType, ValueType)] = [
            (0xA7, .wrap, 0, .i64, .i32),
            (0xA8, .held, O.i32TruncF32S, .f32, .i32), (0xA9, .held, O.i32TruncF32U, .f32, .i32),
            (0xAA, .held, O.i32TruncF64S, .f64, .i32), (0xAB, .held, O.i32TruncF64U, .f64, .i32),
            (0xAC, .unary, O.i64ExtendI32S, .i32, .i64),
            (0xAD, .extendUnsigned, O.i64ExtendI32U, .i32, .i64),
            (0xAE, .promoted, O.i64TruncF64S, .f32, .i64),
            (0xAF, .promoted, O.i64TruncF64U, .f32, .i64),
            (0xB0, .held, O.i64TruncF64S, .f64, .i64), (0xB1, .held, O.i64TruncF64U, .f64, .i64),
            (0xB2, .unary, O.f32ConvertI32S, .i32, .f32),
            (0xB3, .unary, O.f32ConvertI32U, .i32, .f32),
            (0xB4, .unary, O.f32ConvertI64S, .i64, .f32),
            (0xB5, .unary, O.f32ConvertI64U, .i64, .f32),
            (0xB6, .unary, O.f32DemoteF64, .f64, .f32),
            (0xB7, .unary, O.f64ConvertI32S, .i32, .f64),
            (0xB8, .unary, O.f64ConvertI32U, .i32, .f64),
            (0xB9, .unary, O.f64ConvertI64S, .i64, .f64),
            (0xBA, .unary, O.f64ConvertI64U, .i64, .f64),
            (0xBB, .unary, O.f64PromoteF32, .f32, .f64),
            (0xBC, .reinterpret, O.i32ReinterpretF32, .f32, .i32),
            (0xBD, .reinterpret, O.i64ReinterpretF64, .f64, .i64),
            (0xBE, .reinterpret, O.f32ReinterpretI32, .i32, .f32),
            (0xBF, .reinterpret, O.f64ReinterpretI64, .i64, .f64),
            (0xC0, .unary, O.i32Extend8S, .i32, .i32), (0xC1, .unary, O.i32Extend16S, .i32, .i32),
            (0xC2, .unary, O.i64Extend8S, .i64, .i64), (0xC3, .unary, O.i64Extend16S, .i64, .i64),
            (0xC4, .unary, O.i64ExtendI32S, .i64, .i64),
            (0xC5, .held, O.i32TruncSatF32S, .f32, .i32),
            (0xC6, .held, O.i32TruncSatF32U, .f32, .i32),
            (0xC7, .held, O.i32TruncSatF64S, .f64, .i32),
            (0xC8, .held, O.i32TruncSatF64U, .f64, .i32),
            (0xC9, .promoted, O.i64TruncSatF64S, .f32, .i64),
            (0xCA, .promoted, O.i64TruncSatF64U, .f32, .i64),
            (0xCB, .held, O.i64TruncSatF64S, .f64, .i64),
            (0xCC, .held, O.i64TruncSatF64U, .f64, .i64),
        ]
        for (code, shape, operation, operand, result) in list {
            table[code] = NumericEntry(
                shape: shape,
                operation: operation,
                operand: operand,
                result: result,
                hasSlotResult: shape != .held && shape != .promoted
            )
        }
    }
}
