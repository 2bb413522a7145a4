/// References as slots, tables and globals hold them: 64 bits.
///
/// 0 is null. The two lowest bits tell the rest apart: 00 an address of a function or object of ours,
/// 01 an i31, 10 a number that the host gave out.
enum ReferenceBits {
    static let null: UInt64 = 0

    static func external(_ number: UInt32) -> UInt64 { UInt64(number) << 2 | 2 }

    static func i31(_ number: UInt32) -> UInt64 { UInt64(number & 0x7FFF_FFFF) << 2 | 1 }

    /// The host's view of `bits`, whose static type is `type`.
    static func reference(_ bits: UInt64, _ type: ValueType, _ types: TypeTable) -> Reference? {
        if bits == null { return nil }
        switch bits & 3 {
        case 2: return .external(UInt32(truncatingIfNeeded: bits >> 2))
        case 1: return .i31(UInt32(truncatingIfNeeded: bits >> 2))
        default:
            let function = ValueType.reference(to: .function, isNullable: true)
            return types.matches(type, function)
                ? .function(FunctionHandle(bits: bits)) : .object(ObjectHandle(bits: bits))
        }
    }

    /// The bits of a reference.
    static func bits(_ reference: Reference?) -> UInt64 {
        switch reference {
        case nil: null
        case .function(let handle): handle.bits
        case .external(let number): external(number)
        case .i31(let number): i31(number)
        case .object(let handle): handle.bits
        }
    }
}
