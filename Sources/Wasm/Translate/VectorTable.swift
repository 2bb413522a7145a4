/// What the operands of a vector operator are, and how they lie behind its code.
enum VectorShape {
    /// A vector to a vector.
    case unary
    /// Two to one.
    case binary
    /// Three to one.
    case ternary
    /// A vector to an i32.
    case number
    /// A vector and an i32 to a vector.
    case shift
    /// A number of this type to a vector.
    case splat(ValueType)
    /// A vector and a lane's index to a number of this type.
    case extract(ValueType, laneCount: UInt8)
    /// A vector, a number of this type and a lane's index to a vector.
    case replace(ValueType, laneCount: UInt8)
    /// Two vectors and 16 indices of bytes to a vector.
    case shuffle
    /// 16 bytes.
    case constant
    /// An address to a vector.
    case load(alignment: UInt8)
    /// An address, a vector and a lane's index to a vector; as many lanes as `16 >> alignment`.
    case loadLane(alignment: UInt8)
    /// An address and a vector.
    case store(alignment: UInt8)
    /// An address, a vector and a lane's index.
    case storeLane(alignment: UInt8)
}

/// What the translator must know of a vector operator.
///
/// Alignments are logarithms, as modules have
/// them: the natural one is the largest allowed.
struct VectorEntry {
    var operation: UInt16
    var shape: VectorShape
    /// Of an access to other memories than the first, which moves a number: the operator that makes the vector
    /// of it, or it of the vector; 0 where the number's bits are the vector's.
    var number: UInt16 = 0
}

/// The vector operators by the number behind the prefix 0xFD.
///
/// Relaxed operators do what the strict ones do, which the specification allows and which is the
/// same on every machine.
///
/// Source: WebAssembly 3.0, §5.4.8 (vector instructions).
struct VectorTable {
    private var entries = [VectorEntry?](repeating: nil, count: 276)

    /// From this number on operators are relaxed ones.
    static let firstRelaxed: UInt32 = 256

    private static let shared = VectorTable()

    /// The operator with the number `opcode`, or `nil` when there is none.
    static func entry(_ opcode: UInt32) -> VectorEntry? {
        opcode < shared.entries.count ? shared.entries[Int(opcode)] : nil
    }

    private init() {
        putMemory()
        putLanes()
        putComparisons()
        putBits()
        putBytes()
        putWords()
        putDoubleWords()
        putQuadWords()
        putFloats()
        putConversions()
        putRelaxed()
    }

    /// Gives consecutive numbers, from `first` on, to operators of one shape.
    private mutating func put(_ first: Int, _ shape: VectorShape, _ operations: UInt16...) {
        for (offset, operation) in operations.enumerated() {
            entries[first + offset] = VectorEntry(operation: operation, shape: shape)
        }
    }

    private mutating func putAccess(
        _ opcode: Int,
        _ shape: VectorShape,
        _ operation: UInt16,
        _ number: UInt16
    ) {
        entries[opcode] = VectorEntry(operation: operation, shape: shape, number: number)
    }

    private mutating func putMemory() {
        typealias Op = Operation
        put(0, .load(alignment: 4), Op.v128Load)
        putAccess(1, .load(alignment: 3), Op.v128Load8x8S, Op.i16x8ExtendLowI8x16S)
        putAccess(2, .load(alignment: 3), Op.v128Load8x8U, Op.i16x8ExtendLowI8x16U)
        putAccess(3, .load(alignment: 3), Op.v128Load16x4S, Op.i32x4ExtendLowI16x8S)
        putAccess(4, .load(alignment: 3), Op.v128Load16x4U, Op.i32x4ExtendLowI16x8U)
        putAccess(5, .load(alignment: 3), Op.v128Load32x2S, Op.i64x2ExtendLowI32x4S)
        putAccess(6, .load(alignment: 3), Op.v128Load32x2U, Op.i64x2ExtendLowI32x4U)
        putAccess(7, .load(alignment: 0), Op.v128Load8Splat, Op.i8x16Splat)
        putAccess(8, .load(alignment: 1), Op.v128Load16Splat, Op.i16x8Splat)
        putAccess(9, .load(alignment: 2), Op.v128Load32Splat, Op.i32x4Splat)
        putAccess(10, .load(alignment: 3), Op.v128Load64Splat, Op.i64x2Splat)
        put(11, .store(alignment: 4), Op.v128Store)
        putAccess(84, .loadLane(alignment: 0), Op.v128Load8Lane, Op.i8x16ReplaceLane)
        putAccess(85, .loadLane(alignment: 1), Op.v128Load16Lane, Op.i16x8ReplaceLane)
        putAccess(86, .loadLane(alignment: 2), Op.v128Load32Lane, Op.i32x4ReplaceLane)
        putAccess(87, .loadLane(alignment: 3), Op.v128Load64Lane, Op.i64x2ReplaceLane)
        putAccess(88, .storeLane(alignment: 0), Op.v128Store8Lane, Op.i8x16ExtractLaneU)
        putAccess(89, .storeLane(alignment: 1), Op.v128Store16Lane, Op.i16x8ExtractLaneU)
        putAccess(90, .storeLane(alignment: 2), Op.v128Store32Lane, Op.i32x4ExtractLane)
        putAccess(91, .storeLane(alignment: 3), Op.v128Store64Lane, Op.i64x2ExtractLane)
        put(92, .load(alignment: 2), Op.v128Load32Zero)
        put(93, .load(alignment: 3), Op.v128Load64Zero)
    }

    private mutating func putLanes() {
        typealias Op = Operation
        put(12, .constant, Op.v128Const)
        put(13, .shuffle, Op.i8x16Shuffle)
        put(14, .binary, Op.i8x16Swizzle)
        put(15, .splat(.i32), Op.i8x16Splat)
        put(16, .splat(.i32), Op.i16x8Splat)
        put(17, .splat(.i32), Op.i32x4Splat)
        put(18, .splat(.i64), Op.i64x2Splat)
        put(19, .splat(.f32), Op.f32x4Splat)
        put(20, .splat(.f64), Op.f64x2Splat)
        put(21, .extract(.i32, laneCount: 16), Op.i8x16ExtractLaneS, Op.i8x16ExtractLaneU)
        put(23, .replace(.i32, laneCount: 16), Op.i8x16ReplaceLane)
        put(24, .extract(.i32, laneCount: 8), Op.i16x8ExtractLaneS, Op.i16x8ExtractLaneU)
        put(26, .replace(.i32, laneCount: 8), Op.i16x8ReplaceLane)
        put(27, .extract(.i32, laneCount: 4), Op.i32x4ExtractLane)
        put(28, .replace(.i32, laneCount: 4), Op.i32x4ReplaceLane)
        put(29, .extract(.i64, laneCount: 2), Op.i64x2ExtractLane)
        put(30, .replace(.i64, laneCount: 2), Op.i64x2ReplaceLane)
        put(31, .extract(.f32, laneCount: 4), Op.f32x4ExtractLane)
        put(32, .replace(.f32, laneCount: 4), Op.f32x4ReplaceLane)
        put(33, .extract(.f64, laneCount: 2), Op.f64x2ExtractLane)
        put(34, .replace(.f64, laneCount: 2), Op.f64x2ReplaceLane)
    }

    private mutating func putComparisons() {
        typealias Op = Operation
        put(
            35,
            .binary,
            Op.i8x16Eq,
            Op.i8x16Ne,
            Op.i8x16LtS,
            Op.i8x16LtU,
            Op.i8x16GtS,
            Op.i8x16GtU,
            Op.i8x16LeS,
            Op.i8x16LeU,
            Op.i8x16GeS,
            Op.i8x16GeU
        )
        put(
            45,
            .binary,
            Op.i16x8Eq,
            Op.i16x8Ne,
            Op.i16x8LtS,
            Op.i16x8LtU,
            Op.i16x8GtS,
            Op.i16x8GtU,
            Op.i16x8LeS,
            Op.i16x8LeU,
            Op.i16x8GeS,
            Op.i16x8GeU
        )
        put(
            55,
            .binary,
            Op.i32x4Eq,
            Op.i32x4Ne,
            Op.i32x4LtS,
            Op.i32x4LtU,
            Op.i32x4GtS,
            Op.i32x4GtU,
            Op.i32x4LeS,
            Op.i32x4LeU,
            Op.i32x4GeS,
            Op.i32x4GeU
        )
        put(65, .binary, Op.f32x4Eq, Op.f32x4Ne, Op.f32x4Lt, Op.f32x4Gt, Op.f32x4Le, Op.f32x4Ge)
        put(71, .binary, Op.f64x2Eq, Op.f64x2Ne, Op.f64x2Lt, Op.f64x2Gt, Op.f64x2Le, Op.f64x2Ge)
        put(
            214,
            .binary,
            Op.i64x2Eq,
            Op.i64x2Ne,
            Op.i64x2LtS,
            Op.i64x2GtS,
            Op.i64x2LeS,
            Op.i64x2GeS
        )
    }

    private mutating func putBits() {
        typealias Op = Operation
        put(77, .unary, Op.v128Not)
        put(78, .binary, Op.v128And, Op.v128Andnot, Op.v128Or, Op.v128Xor)
        put(82, .ternary, Op.v128Bitselect)
        put(83, .number, Op.v128AnyTrue)
    }

    private mutating func putBytes() {
        typealias Op = Operation
        put(96, .unary, Op.i8x16Abs, Op.i8x16Neg, Op.i8x16Popcnt)
        put(99, .number, Op.i8x16AllTrue, Op.i8x16Bitmask)
        put(101, .binary, Op.i8x16NarrowI16x8S, Op.i8x16NarrowI16x8U)
        put(107, .shift, Op.i8x16Shl, Op.i8x16ShrS, Op.i8x16ShrU)
        put(
            110,
            .binary,
            Op.i8x16Add,
            Op.i8x16AddSatS,
            Op.i8x16AddSatU,
            Op.i8x16Sub,
            Op.i8x16SubSatS,
            Op.i8x16SubSatU
        )
        put(118, .binary, Op.i8x16MinS, Op.i8x16MinU, Op.i8x16MaxS, Op.i8x16MaxU)
        put(123, .binary, Op.i8x16AvgrU)
    }

    private mutating func putWords() {
        typealias Op = Operation
        put(
            124,
            .unary,
            Op.i16x8ExtaddPairwiseI8x16S,
            Op.i16x8ExtaddPairwiseI8x16U,
            Op.i32x4ExtaddPairwiseI16x8S,
            Op.i32x4ExtaddPairwiseI16x8U,
            Op.i16x8Abs,
            Op.i16x8Neg
        )
        put(130, .binary, Op.i16x8Q15mulrSatS)
        put(131, .number, Op.i16x8AllTrue, Op.i16x8Bitmask)
        put(133, .binary, Op.i16x8NarrowI32x4S, Op.i16x8NarrowI32x4U)
        put(
            135,
            .unary,
            Op.i16x8ExtendLowI8x16S,
            Op.i16x8ExtendHighI8x16S,
            Op.i16x8ExtendLowI8x16U,
            Op.i16x8ExtendHighI8x16U
        )
        put(139, .shift, Op.i16x8Shl, Op.i16x8ShrS, Op.i16x8ShrU)
        put(
            142,
            .binary,
            Op.i16x8Add,
            Op.i16x8AddSatS,
            Op.i16x8AddSatU,
            Op.i16x8Sub,
            Op.i16x8SubSatS,
            Op.i16x8SubSatU
        )
        put(149, .binary, Op.i16x8Mul, Op.i16x8MinS, Op.i16x8MinU, Op.i16x8MaxS, Op.i16x8MaxU)
        put(155, .binary, Op.i16x8AvgrU)
        put(
            156,
            .binary,
            Op.i16x8ExtmulLowI8x16S,
            Op.i16x8ExtmulHighI8x16S,
            Op.i16x8ExtmulLowI8x16U,
            Op.i16x8ExtmulHighI8x16U
        )
    }

    private mutating func putDoubleWords() {
        typealias Op = Operation
        put(160, .unary, Op.i32x4Abs, Op.i32x4Neg)
        put(163, .number, Op.i32x4AllTrue, Op.i32x4Bitmask)
        put(
            167,
            .unary,
            Op.i32x4ExtendLowI16x8S,
            Op.i32x4ExtendHighI16x8S,
            Op.i32x4ExtendLowI16x8U,
            Op.i32x4ExtendHighI16x8U
        )
        put(171, .shift, Op.i32x4Shl, Op.i32x4ShrS, Op.i32x4ShrU)
        put(174, .binary, Op.i32x4Add)
        put(177, .binary, Op.i32x4Sub)
        put(181, .binary, Op.i32x4Mul)
        put(182, .binary, Op.i32x4MinS, Op.i32x4MinU, Op.i32x4MaxS, Op.i32x4MaxU, Op.i32x4DotI16x8S)
        put(
            188,
            .binary,
            Op.i32x4ExtmulLowI16x8S,
            Op.i32x4ExtmulHighI16x8S,
            Op.i32x4ExtmulLowI16x8U,
            Op.i32x4ExtmulHighI16x8U
        )
    }

    private mutating func putQuadWords() {
        typealias Op = Operation
        put(192, .unary, Op.i64x2Abs, Op.i64x2Neg)
        put(195, .number, Op.i64x2AllTrue, Op.i64x2Bitmask)
        put(
            199,
            .unary,
            Op.i64x2ExtendLowI32x4S,
            Op.i64x2ExtendHighI32x4S,
            Op.i64x2ExtendLowI32x4U,
            Op.i64x2ExtendHighI32x4U
        )
        put(203, .shift, Op.i64x2Shl, Op.i64x2ShrS, Op.i64x2ShrU)
        put(206, .binary, Op.i64x2Add)
        put(209, .binary, Op.i64x2Sub)
        put(213, .binary, Op.i64x2Mul)
        put(
            220,
            .binary,
            Op.i64x2ExtmulLowI32x4S,
            Op.i64x2ExtmulHighI32x4S,
            Op.i64x2ExtmulLowI32x4U,
            Op.i64x2ExtmulHighI32x4U
        )
    }

    private mutating func putFloats() {
        typealias Op = Operation
        put(103, .unary, Op.f32x4Ceil, Op.f32x4Floor, Op.f32x4Trunc, Op.f32x4Nearest)
        put(116, .unary, Op.f64x2Ceil, Op.f64x2Floor)
        put(122, .unary, Op.f64x2Trunc)
        put(148, .unary, Op.f64x2Nearest)
        put(224, .unary, Op.f32x4Abs, Op.f32x4Neg)
        put(227, .unary, Op.f32x4Sqrt)
        put(
            228,
            .binary,
            Op.f32x4Add,
            Op.f32x4Sub,
            Op.f32x4Mul,
            Op.f32x4Div,
            Op.f32x4Min,
            Op.f32x4Max,
            Op.f32x4Pmin,
            Op.f32x4Pmax
        )
        put(236, .unary, Op.f64x2Abs, Op.f64x2Neg)
        put(239, .unary, Op.f64x2Sqrt)
        put(
            240,
            .binary,
            Op.f64x2Add,
            Op.f64x2Sub,
            Op.f64x2Mul,
            Op.f64x2Div,
            Op.f64x2Min,
            Op.f64x2Max,
            Op.f64x2Pmin,
            Op.f64x2Pmax
        )
    }

    private mutating func putConversions() {
        typealias Op = Operation
        put(94, .unary, Op.f32x4DemoteF64x2Zero, Op.f64x2PromoteLowF32x4)
        put(
            248,
            .unary,
            Op.i32x4TruncSatF32x4S,
            Op.i32x4TruncSatF32x4U,
            Op.f32x4ConvertI32x4S,
            Op.f32x4ConvertI32x4U,
            Op.i32x4TruncSatF64x2SZero,
            Op.i32x4TruncSatF64x2UZero,
            Op.f64x2ConvertLowI32x4S,
            Op.f64x2ConvertLowI32x4U
        )
    }

    private mutating func putRelaxed() {
        typealias Op = Operation
        put(256, .binary, Op.i8x16Swizzle)
        put(
            257,
            .unary,
            Op.i32x4TruncSatF32x4S,
            Op.i32x4TruncSatF32x4U,
            Op.i32x4TruncSatF64x2SZero,
            Op.i32x4TruncSatF64x2UZero
        )
        put(
            261,
            .ternary,
            Op.f32x4RelaxedMadd,
            Op.f32x4RelaxedNmadd,
            Op.f64x2RelaxedMadd,
            Op.f64x2RelaxedNmadd,
            Op.v128Bitselect,
            Op.v128Bitselect,
            Op.v128Bitselect,
            Op.v128Bitselect
        )
        put(
            269,
            .binary,
            Op.f32x4Min,
            Op.f32x4Max,
            Op.f64x2Min,
            Op.f64x2Max,
            Op.i16x8Q15mulrSatS,
            Op.i16x8RelaxedDotI8x16I7x16S
        )
        put(275, .ternary, Op.i32x4RelaxedDotI8x16I7x16AddS)
    }
}
