/// An operator without immediates, or with a lane's number only.
struct Operator {
    var code: [UInt8]
    var operands: [Kind]
    var result: Kind
    /// Lanes that its immediate can name, 0 for no immediate.
    var laneCount = 0
    /// Whether it gives a vector with NaNs whose bits are up to the machine.
    ///
    /// Numbers are not marked: of them the bits are seen by few operators, those of ``showsNaN``.
    var makesNaN = false
    /// Whether the bits of a NaN that it is given can be seen in what it gives.
    var showsNaN = false

    /// Whether the last operand must not be zero.
    var divides: Bool {
        code.count == 1 && ((0x6D...0x70).contains(code[0]) || (0x7F...0x82).contains(code[0]))
    }

    /// Of a vector operator, whether its lanes are f32.
    var hasSmallLanes: Bool {
        let number = code.count > 2 ? Int(code[1] & 0x7F) | Int(code[2]) << 7 : Int(code[1])
        return number == 94 || (103...106).contains(number) || (227...233).contains(number)
    }
}

/// The operators by what they give.
///
/// Source: WebAssembly 3.0, §5.4 (instructions).
enum Operators {
    static let byResult: [Kind: [Operator]] = Dictionary(grouping: all, by: \.result)
    private static let all = numeric + conversions + vectors + floatVectors + lanes

    private static func plain(
        _ codes: ClosedRange<UInt8>,
        _ operands: [Kind],
        _ result: Kind,
        showsNaN: Bool = false
    ) -> [Operator] {
        codes.map {
            Operator(code: [$0], operands: operands, result: result, showsNaN: showsNaN)
        }
    }

    private static let numeric: [Operator] =
        plain(0x45...0x45, [.i32], .i32) + plain(0x46...0x4F, [.i32, .i32], .i32)
        + plain(0x50...0x50, [.i64], .i32) + plain(0x51...0x5A, [.i64, .i64], .i32)
        + plain(0x5B...0x60, [.f32, .f32], .i32) + plain(0x61...0x66, [.f64, .f64], .i32)
        + plain(0x67...0x69, [.i32], .i32) + plain(0x6A...0x78, [.i32, .i32], .i32)
        + plain(0x79...0x7B, [.i64], .i64) + plain(0x7C...0x8A, [.i64, .i64], .i64)
        + plain(0x8B...0x8C, [.f32], .f32) + plain(0x8D...0x91, [.f32], .f32)
        + plain(0x92...0x97, [.f32, .f32], .f32)
        + plain(0x98...0x98, [.f32, .f32], .f32, showsNaN: true)
        + plain(0x99...0x9A, [.f64], .f64) + plain(0x9B...0x9F, [.f64], .f64)
        + plain(0xA0...0xA5, [.f64, .f64], .f64)
        + plain(0xA6...0xA6, [.f64, .f64], .f64, showsNaN: true)
        + plain(0xC0...0xC1, [.i32], .i32) + plain(0xC2...0xC4, [.i64], .i64)

    private static let conversions: [Operator] =
        plain(0xA7...0xA7, [.i64], .i32) + plain(0xA8...0xA9, [.f32], .i32)
        + plain(0xAA...0xAB, [.f64], .i32) + plain(0xAC...0xAD, [.i32], .i64)
        + plain(0xAE...0xAF, [.f32], .i64) + plain(0xB0...0xB1, [.f64], .i64)
        + plain(0xB2...0xB3, [.i32], .f32) + plain(0xB4...0xB5, [.i64], .f32)
        + plain(0xB6...0xB6, [.f64], .f32)
        + plain(0xB7...0xB8, [.i32], .f64) + plain(0xB9...0xBA, [.i64], .f64)
        + plain(0xBB...0xBB, [.f32], .f64)
        + plain(0xBC...0xBC, [.f32], .i32, showsNaN: true)
        + plain(0xBD...0xBD, [.f64], .i64, showsNaN: true)
        + plain(0xBE...0xBE, [.i32], .f32) + plain(0xBF...0xBF, [.i64], .f64)
        + [
            saturating(0, .f32, .i32), saturating(1, .f32, .i32), saturating(2, .f64, .i32),
            saturating(3, .f64, .i32), saturating(4, .f32, .i64), saturating(5, .f32, .i64),
            saturating(6, .f64, .i64), saturating(7, .f64, .i64),
        ]

    private static func saturating(_ code: UInt8, _ from: Kind, _ to: Kind) -> Operator {
        Operator(code: [0xFC, code], operands: [from], result: to)
    }

    private static func vector(
        _ codes: [ClosedRange<Int>],
        _ operands: [Kind],
        _ result: Kind = .v128,
        laneCount: Int = 0,
        makesNaN: Bool = false,
        showsNaN: Bool = false
    ) -> [Operator] {
        codes.joined().map {
            Operator(
                code: [0xFD] + Encode.unsigned($0),
                operands: operands,
                result: result,
                laneCount: laneCount,
                makesNaN: makesNaN,
                showsNaN: showsNaN
            )
        }
    }

    private static let vectors: [Operator] =
        vector(
            [
                14...14, 35...64, 78...81, 101...102, 110...115, 118...121, 123...123, 130...130,
                133...134, 142...147, 149...153, 155...159, 174...174, 177...177, 181...186,
                188...191, 206...206, 209...209, 213...223,
            ],
            [.v128, .v128]
        )
        + vector(
            [
                77...77, 96...98, 124...129, 135...138, 160...161, 167...170, 192...193, 199...202,
                224...225, 236...237, 248...255,
            ],
            [.v128]
        )
        + vector([82...82], [.v128, .v128, .v128])
        + vector([107...109, 139...141, 171...173, 203...205], [.v128, .i32])
        + vector(
            [83...83, 99...100, 131...132, 163...164, 195...196],
            [.v128],
            .i32
        )

    private static let floatVectors: [Operator] =
        vector([65...76], [.v128, .v128])
        + vector(
            [94...95, 103...106, 116...117, 122...122, 148...148, 227...227, 239...239],
            [.v128],
            makesNaN: true
        )
        + vector([228...233, 240...245], [.v128, .v128], makesNaN: true)
        + vector([234...235, 246...247], [.v128, .v128])

    private static let lanes: [Operator] =
        vector([15...17], [.i32]) + vector([18...18], [.i64])
        + vector([19...19], [.f32], showsNaN: true) + vector([20...20], [.f64], showsNaN: true)
        + vector([21...22], [.v128], .i32, laneCount: 16)
        + vector([23...23], [.v128, .i32], laneCount: 16)
        + vector([24...25], [.v128], .i32, laneCount: 8)
        + vector([26...26], [.v128, .i32], laneCount: 8)
        + vector([27...27], [.v128], .i32, laneCount: 4)
        + vector([28...28], [.v128, .i32], laneCount: 4)
        + vector([29...29], [.v128], .i64, laneCount: 2)
        + vector([30...30], [.v128, .i64], laneCount: 2)
        + vector([31...31], [.v128], .f32, laneCount: 4)
        + vector([32...32], [.v128, .f32], laneCount: 4, showsNaN: true)
        + vector([33...33], [.v128], .f64, laneCount: 2)
        + vector([34...34], [.v128, .f64], laneCount: 2, showsNaN: true)
}

/// A load or store.
struct Access {
    var code: [UInt8]
    var kind: Kind
    /// The natural alignment, as a power of two: larger ones are not valid.
    var alignment: Int
    var laneCount = 0

    static let loads: [Kind: [Access]] = Dictionary(grouping: allLoads, by: \.kind)

    private static let allLoads: [Access] = [
        .init(code: [0x28], kind: .i32, alignment: 2),
        .init(code: [0x29], kind: .i64, alignment: 3),
        .init(code: [0x2A], kind: .f32, alignment: 2),
        .init(code: [0x2B], kind: .f64, alignment: 3),
        .init(code: [0x2C], kind: .i32, alignment: 0),
        .init(code: [0x2D], kind: .i32, alignment: 0),
        .init(code: [0x2E], kind: .i32, alignment: 1),
        .init(code: [0x2F], kind: .i32, alignment: 1),
        .init(code: [0x30], kind: .i64, alignment: 0),
        .init(code: [0x31], kind: .i64, alignment: 0),
        .init(code: [0x32], kind: .i64, alignment: 1),
        .init(code: [0x33], kind: .i64, alignment: 1),
        .init(code: [0x34], kind: .i64, alignment: 2),
        .init(code: [0x35], kind: .i64, alignment: 2),
        .init(code: [0xFD, 0], kind: .v128, alignment: 4),
        .init(code: [0xFD, 1], kind: .v128, alignment: 3),
        .init(code: [0xFD, 2], kind: .v128, alignment: 3),
        .init(code: [0xFD, 3], kind: .v128, alignment: 3),
        .init(code: [0xFD, 4], kind: .v128, alignment: 3),
        .init(code: [0xFD, 5], kind: .v128, alignment: 3),
        .init(code: [0xFD, 6], kind: .v128, alignment: 3),
        .init(code: [0xFD, 7], kind: .v128, alignment: 0),
        .init(code: [0xFD, 8], kind: .v128, alignment: 1),
        .init(code: [0xFD, 9], kind: .v128, alignment: 2),
        .init(code: [0xFD, 10], kind: .v128, alignment: 3),
        .init(code: [0xFD, 92], kind: .v128, alignment: 2),
        .init(code: [0xFD, 93], kind: .v128, alignment: 3),
    ]

    static let stores: [Access] = [
        .init(code: [0x36], kind: .i32, alignment: 2),
        .init(code: [0x37], kind: .i64, alignment: 3),
        .init(code: [0x38], kind: .f32, alignment: 2),
        .init(code: [0x39], kind: .f64, alignment: 3),
        .init(code: [0x3A], kind: .i32, alignment: 0),
        .init(code: [0x3B], kind: .i32, alignment: 1),
        .init(code: [0x3C], kind: .i64, alignment: 0),
        .init(code: [0x3D], kind: .i64, alignment: 1),
        .init(code: [0x3E], kind: .i64, alignment: 2),
        .init(code: [0xFD, 11], kind: .v128, alignment: 4),
        .init(code: [0xFD, 88], kind: .v128, alignment: 0, laneCount: 16),
        .init(code: [0xFD, 89], kind: .v128, alignment: 1, laneCount: 8),
        .init(code: [0xFD, 90], kind: .v128, alignment: 2, laneCount: 4),
        .init(code: [0xFD, 91], kind: .v128, alignment: 3, laneCount: 2),
    ]

    /// Loads of one lane into a vector.
    static let laneLoads: [Access] = [
        .init(code: [0xFD, 84], kind: .v128, alignment: 0, laneCount: 16),
        .init(code: [0xFD, 85], kind: .v128, alignment: 1, laneCount: 8),
        .init(code: [0xFD, 86], kind: .v128, alignment: 2, laneCount: 4),
        .init(code: [0xFD, 87], kind: .v128, alignment: 3, laneCount: 2),
    ]
}
