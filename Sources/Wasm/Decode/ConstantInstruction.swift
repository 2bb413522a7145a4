/// An instruction that may stand in a constant expression.
///
/// Read in two places: when the module is validated and when the expression is evaluated.
///
/// Source: WebAssembly 3.0, §3.4.13 (constant expressions).
enum ConstantInstruction {
    case end
    case i32(UInt32)
    case i64(UInt64)
    case f32(bits: UInt32)
    case f64(bits: UInt64)
    case v128(low: UInt64, high: UInt64)
    case null(HeapType)
    case function(UInt32)
    case global(UInt32)
    case arithmetic(Arithmetic, ValueType)
    /// A structure of this type, its fields from the stack or all zero or null.
    case structure(type: UInt32, isDefault: Bool)
    /// An array of this type: an element (unless it is zero or null) and a length from the stack.
    case array(type: UInt32, isDefault: Bool)
    /// An array of this type, with this many elements from the stack.
    case fixedArray(type: UInt32, count: UInt32)
    case i31
    case anyFromExternal
    case externalFromAny

    /// What two integers become.
    enum Arithmetic {
        case add, subtract, multiply
    }
}

extension BinaryReader {
    /// The next instruction of a constant expression.
    mutating func constantInstruction(
        _ types: TypeTable
    ) throws(ModuleError) -> ConstantInstruction {
        let start = position
        guard !isAtEnd else { throw .malformed("unexpected end", at: start) }
        let opcode = try byte()
        switch opcode {
        case 0x0B: return .end
        case 0x23: return .global(try u32())
        case 0x41: return .i32(UInt32(bitPattern: try s32()))
        case 0x42: return .i64(UInt64(bitPattern: try s64()))
        case 0x43: return .f32(bits: try fixed32())
        case 0x44: return .f64(bits: try fixed64())
        case 0x6A: return try arithmetic(.add, .i32, types, at: start)
        case 0x6B: return try arithmetic(.subtract, .i32, types, at: start)
        case 0x6C: return try arithmetic(.multiply, .i32, types, at: start)
        case 0x7C: return try arithmetic(.add, .i64, types, at: start)
        case 0x7D: return try arithmetic(.subtract, .i64, types, at: start)
        case 0x7E: return try arithmetic(.multiply, .i64, types, at: start)
        case 0xD0: return .null(try heapType(types))
        case 0xD2: return .function(try u32())
        case 0xFB where types.features.contains(.garbageCollection):
            return try heapInstruction(at: start)
        case 0xFD where types.features.contains(.simd):
            guard try u32() == 12 else { throw .invalid("constant expression required", at: start) }
            return .v128(low: try fixed64(), high: try fixed64())
        default:
            guard Self.isOpcode(opcode) else {
                throw .malformed("illegal opcode \(String(opcode, radix: 16))", at: start)
            }
            throw .invalid("constant expression required", at: start)
        }
    }

    /// Whether an instruction of version 3.0, or of the threads proposal, begins with `byte`.
    private static func isOpcode(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x05, 0x08, 0x0A...0x15, 0x1A...0x1C, 0x1F...0x26, 0x28...0xC4, 0xD0...0xD6,
            0xFB...0xFE:
            true
        default: false
        }
    }

    private func arithmetic(
        _ operation: ConstantInstruction.Arithmetic,
        _ type: ValueType,
        _ types: TypeTable,
        at start: Int
    ) throws(ModuleError) -> ConstantInstruction {
        guard types.features.contains(.extendedConstants) else {
            throw .invalid("constant expression required", at: start)
        }
        return .arithmetic(operation, type)
    }

    private mutating func heapInstruction(
        at start: Int
    ) throws(ModuleError) -> ConstantInstruction {
        switch try u32() {
        case 0: .structure(type: try u32(), isDefault: false)
        case 1: .structure(type: try u32(), isDefault: true)
        case 6: .array(type: try u32(), isDefault: false)
        case 7: .array(type: try u32(), isDefault: true)
        case 8: .fixedArray(type: try u32(), count: try u32())
        case 26: .anyFromExternal
        case 27: .externalFromAny
        case 28: .i31
        default: throw .invalid("constant expression required", at: start)
        }
    }
}
