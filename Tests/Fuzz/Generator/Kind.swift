/// The types of values that generated modules use.
enum Kind: CaseIterable {
    case i32
    case i64
    case f32
    case f64
    case v128
    case funcref
    /// References to the types of ``HeapTypes``, null or not.
    case structure
    case substructure
    case words
    case bytes
    case anyref

    static let numbers: [Kind] = [.i32, .i64, .f32, .f64, .v128]

    var encoding: [UInt8] {
        switch self {
        case .i32: [0x7F]
        case .i64: [0x7E]
        case .f32: [0x7D]
        case .f64: [0x7C]
        case .v128: [0x7B]
        case .funcref: [0x70]
        case .structure: [0x63, HeapTypes.structure]
        case .substructure: [0x63, HeapTypes.substructure]
        case .words: [0x63, HeapTypes.words]
        case .bytes: [0x63, HeapTypes.bytes]
        case .anyref: [0x6E]
        }
    }

    /// What `ref.null` takes to make one.
    var heapType: UInt8? {
        switch self {
        case .i32, .i64, .f32, .f64, .v128: nil
        case .funcref: 0x70
        case .structure: HeapTypes.structure
        case .substructure: HeapTypes.substructure
        case .words: HeapTypes.words
        case .bytes: HeapTypes.bytes
        case .anyref: 0x6E
        }
    }

    var isReference: Bool { heapType != nil }
}

/// The types that every module begins with.
enum HeapTypes {
    /// A structure of i32, i64 and f64, all mutable.
    static let structure: UInt8 = 0
    /// Its subtype with an i8 and a reference to a structure more.
    static let substructure: UInt8 = 1
    /// An array of i32.
    static let words: UInt8 = 2
    /// An array of i8.
    static let bytes: UInt8 = 3

    static let encodings: [[UInt8]] = [
        [0x50, 0, 0x5F, 3, 0x7F, 1, 0x7E, 1, 0x7C, 1],
        [0x50, 1, 0, 0x5F, 5, 0x7F, 1, 0x7E, 1, 0x7C, 1, 0x78, 1, 0x63, 0, 1],
        [0x5E, 0x7F, 1],
        [0x5E, 0x78, 1],
    ]
}

/// The type of a function or block.
struct Signature: Hashable {
    var parameters: [Kind]
    var results: [Kind]
}

/// Numbers as WebAssembly writes them.
enum Encode {
    static func unsigned(_ value: Int) -> [UInt8] {
        var rest = UInt64(value)
        var bytes: [UInt8] = []
        repeat {
            let low = UInt8(truncatingIfNeeded: rest & 0x7F)
            rest >>= 7
            bytes.append(rest == 0 ? low : low | 0x80)
        } while rest != 0
        return bytes
    }

    static func signed(_ value: Int64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while true {
            let low = UInt8(truncatingIfNeeded: rest & 0x7F)
            rest >>= 7
            if (rest == 0 && low & 0x40 == 0) || (rest == -1 && low & 0x40 != 0) {
                return bytes + [low]
            }
            bytes.append(low | 0x80)
        }
    }

    static func vector(_ items: [[UInt8]]) -> [UInt8] {
        unsigned(items.count) + items.flatMap { $0 }
    }

    static func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
    }
}
