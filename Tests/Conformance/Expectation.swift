import Documents
import TestKit
import Wasm

/// What a result must be.
enum Expectation {
    /// Exactly this.
    case value(Value)
    /// A NaN of 32 or 64 bits.
    case nan(NaN)
    /// A vector, lane by lane.
    case lanes([Lane], laneType: String)
    /// A reference that is not null, of the kind the name says: `funcref`, `anyref`, …
    case anyReference(String)
    /// Any of these.
    case either([Expectation])

    /// A pattern for NaNs.
    struct NaN {
        let is64: Bool
        /// Only the payload's top bit is set; otherwise at least that one is.
        let isCanonical: Bool

        func matches(_ bits: UInt64) -> Bool {
            let top: UInt64 = is64 ? 0x7FF8_0000_0000_0000 : 0x7FC0_0000
            let magnitude = bits & (is64 ? UInt64.max >> 1 : 0x7FFF_FFFF)
            return isCanonical ? magnitude == top : magnitude & top == top
        }
    }

    enum Lane {
        case bits(UInt64)
        case nan(NaN)
    }

    init(_ document: Document) throws {
        let type = try required(document["type"]?.string, "value's type")
        switch type {
        case "either":
            let values = try required(document["values"]?.array, "values")
            self = .either(try values.map { try Expectation($0) })
        case "v128":
            let laneType = try required(document["lane_type"]?.string, "lane_type")
            let lanes = try required(document["value"]?.array, "lanes").map { lane in
                try Self.lane(try required(lane.string, "lane"), laneType)
            }
            self = .lanes(lanes, laneType: laneType)
        case "i32", "i64", "f32", "f64":
            let text = try required(document["value"]?.string, "value")
            self = Self.scalar(try Self.lane(text, type), type)
        default:
            guard let text = document["value"]?.string else {
                self = type.contains("null") ? .value(.reference(nil)) : .anyReference(type)
                return
            }
            self = .value(.reference(try Self.reference(text)))
        }
    }

    private static func reference(_ text: String) throws -> Reference? {
        if text == "null" { return nil }
        return .external(try required(UInt32(text), "a reference's number"))
    }

    private static func lane(_ text: String, _ type: String) throws -> Lane {
        let is64 = type == "f64"
        switch text {
        case "nan:canonical": return .nan(NaN(is64: is64, isCanonical: true))
        case "nan:arithmetic": return .nan(NaN(is64: is64, isCanonical: false))
        default:
            let bits = Int64(text).map(UInt64.init(bitPattern:)) ?? UInt64(text)
            return .bits(try required(bits, "a number"))
        }
    }

    private static func scalar(_ lane: Lane, _ type: String) -> Expectation {
        switch lane {
        case .nan(let nan): return .nan(nan)
        case .bits(let bits):
            switch type {
            case "i32": return .value(.i32(UInt32(truncatingIfNeeded: bits)))
            case "i64": return .value(.i64(bits))
            case "f32": return .value(.f32(bits: UInt32(truncatingIfNeeded: bits)))
            default: return .value(.f64(bits: bits))
            }
        }
    }

    /// The value itself, where the expectation is a plain one: then it can be an argument.
    var value: Value? {
        switch self {
        case .value(let value): return value
        case .lanes(let lanes, let laneType):
            let bitWidth = Self.bitWidth(laneType)
            var words: [UInt64] = [0, 0]
            for (index, lane) in lanes.enumerated() {
                guard case .bits(let bits) = lane else { return nil }
                let mask = UInt64.max >> UInt64(64 - bitWidth)
                let position = index * bitWidth
                words[position / 64] |= (bits & mask) << UInt64(position % 64)
            }
            return .v128(low: words[0], high: words[1])
        case .nan, .anyReference, .either: return nil
        }
    }

    private static func bitWidth(_ laneType: String) -> Int {
        switch laneType {
        case "i8": 8
        case "i16": 16
        case "i32", "f32": 32
        default: 64
        }
    }

    func matches(_ actual: Value) -> Bool {
        switch self {
        case .value(let value): actual == value
        case .nan(let nan): Self.matches(nan, actual)
        case .lanes(let lanes, let laneType): Self.matches(lanes, laneType, actual)
        case .anyReference(let type): Self.matches(type, actual)
        case .either(let choices): choices.contains { $0.matches(actual) }
        }
    }

    private static func matches(_ nan: NaN, _ actual: Value) -> Bool {
        switch actual {
        case .f32(let bits): !nan.is64 && nan.matches(UInt64(bits))
        case .f64(let bits): nan.is64 && nan.matches(bits)
        case .i32, .i64, .v128, .reference: false
        }
    }

    private static func matches(_ lanes: [Lane], _ laneType: String, _ actual: Value) -> Bool {
        guard case .v128(let low, let high) = actual else { return false }
        let bitWidth = bitWidth(laneType)
        let mask = UInt64.max >> UInt64(64 - bitWidth)
        for (index, lane) in lanes.enumerated() {
            let position = index * bitWidth
            let bits = (position < 64 ? low : high) >> UInt64(position % 64) & mask
            switch lane {
            case .bits(let wanted): if bits != wanted & mask { return false }
            case .nan(let nan): if !nan.matches(bits) { return false }
            }
        }
        return true
    }

    private static func matches(_ type: String, _ actual: Value) -> Bool {
        guard case .reference(let reference?) = actual else { return false }
        switch (type, reference) {
        case ("funcref", .function), ("externref", .external), ("i31ref", .i31),
            ("eqref", .i31), ("eqref", .object), ("structref", .object), ("arrayref", .object),
            ("exnref", .object), ("anyref", _), ("externref", .i31), ("externref", .object):
            return true
        case (_, .function), (_, .external), (_, .i31), (_, .object):
            return false
        }
    }
}
