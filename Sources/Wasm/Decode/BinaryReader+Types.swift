/// Types, as the type section and the bodies of functions write them.
///
/// Source: WebAssembly 3.0, §5.3.
extension BinaryReader {
    /// A value type; references in it become canonical.
    ///
    /// `bound` is one more than the largest index that may be named, when that is not `types.count`:
    /// inside a group of types.
    mutating func valueType(
        _ types: TypeTable,
        bound: Int? = nil
    ) throws(ModuleError) -> ValueType {
        let start = position
        switch try byte() {
        case 0x7F: return .i32
        case 0x7E: return .i64
        case 0x7D: return .f32
        case 0x7C: return .f64
        case 0x7B:
            guard types.features.contains(.simd) else {
                throw .unsupported("vectors (feature simd)", at: start)
            }
            return .v128
        case let code:
            let type = try reference(code, types, bound, at: start)
            guard let type else { throw .malformed("malformed value type", at: start) }
            return type
        }
    }

    /// A reference type.
    mutating func referenceType(
        _ types: TypeTable,
        bound: Int? = nil
    ) throws(ModuleError) -> ValueType {
        let start = position
        let type = try reference(try byte(), types, bound, at: start)
        guard let type else { throw .malformed("malformed reference type", at: start) }
        return type
    }

    /// The reference type that begins with `code`, already read; `nil` when none does.
    private mutating func reference(
        _ code: UInt8,
        _ types: TypeTable,
        _ bound: Int?,
        at start: Int
    ) throws(ModuleError) -> ValueType? {
        switch code {
        case 0x63, 0x64:
            guard types.features.contains(.functionReferences) else {
                throw .unsupported("typed references (feature function-references)", at: start)
            }
            return .reference(to: try heapType(types, bound: bound), isNullable: code == 0x63)
        default:
            guard let heap = HeapType(abstractCode: code) else { return nil }
            try check(heap, types.features, at: start)
            return .reference(to: heap, isNullable: true)
        }
    }

    /// What a reference points to: a negative number is an abstract type, any other an index.
    mutating func heapType(_ types: TypeTable, bound: Int? = nil) throws(ModuleError) -> HeapType {
        let start = position
        let code = try s33()
        guard code < 0 else {
            guard code < Int64(bound ?? types.count) else {
                throw .invalid("unknown type \(code)", at: start)
            }
            // An index inside the group that is being read has no canonical form yet.
            let index = UInt32(truncatingIfNeeded: code)
            return .type(index < types.count ? types.canonical(index) : index)
        }
        guard position == start + 1,
            let heap = HeapType(abstractCode: UInt8(truncatingIfNeeded: code & 0x7F))
        else { throw .malformed("malformed heap type", at: start) }
        try check(heap, types.features, at: start)
        return heap
    }

    private func check(
        _ heap: HeapType,
        _ features: WasmFeatures,
        at start: Int
    ) throws(ModuleError) {
        switch heap {
        case .function, .external: return
        case .exception, .noException:
            guard features.contains(.exceptions) else {
                throw .unsupported("references to exceptions (feature exceptions)", at: start)
            }
        default:
            guard features.contains(.garbageCollection) else {
                throw .unsupported("type \(heap) (feature gc)", at: start)
            }
        }
    }

    /// The type of a field of a structure, or of an array's elements.
    mutating func fieldType(_ types: TypeTable, bound: Int) throws(ModuleError) -> FieldType {
        let storage: StorageType
        switch next {
        case 0x78:
            _ = try byte()
            storage = .i8
        case 0x77:
            _ = try byte()
            storage = .i16
        default: storage = .value(try valueType(types, bound: bound))
        }
        return FieldType(storage: storage, isMutable: try mutability())
    }

    /// 0 for what stays, 1 for what may change.
    mutating func mutability() throws(ModuleError) -> Bool {
        let start = position
        switch try byte() {
        case 0: return false
        case 1: return true
        default: throw .malformed("malformed mutability", at: start)
        }
    }

    mutating func globalType(_ types: TypeTable) throws(ModuleError) -> GlobalType {
        GlobalType(value: try valueType(types), isMutable: try mutability())
    }

    mutating func tableType(_ types: TypeTable) throws(ModuleError) -> TableType {
        let element = try referenceType(types)
        let start = position
        let limits = try limits(types.features)
        guard !limits.isShared else { throw .malformed("malformed limits flags", at: start) }
        let countMax = limits.is64 ? UInt64.max : UInt64(UInt32.max)
        guard limits.minimum <= countMax, limits.maximum ?? 0 <= countMax else {
            throw .invalid("table size must be at most \(countMax)", at: start)
        }
        return TableType(element: element, limits: limits)
    }

    mutating func memoryType(_ features: WasmFeatures) throws(ModuleError) -> MemoryType {
        let start = position
        let limits = try limits(features)
        // 4 GiB with 32-bit addresses; 2^64 bytes with 64-bit ones.
        let pageCountMax: UInt64 = limits.is64 ? 1 << 48 : 1 << 16
        guard limits.minimum <= pageCountMax, limits.maximum ?? 0 <= pageCountMax else {
            throw .invalid("memory size must be at most \(pageCountMax) pages", at: start)
        }
        guard !limits.isShared || limits.maximum != nil else {
            throw .invalid("shared memory must have maximum", at: start)
        }
        return MemoryType(limits: limits)
    }

    /// A flag byte (1: has a maximum, 2: shared, 4: 64-bit), a minimum, perhaps a maximum.
    ///
    /// Both numbers have 64 bits even where addresses have 32; what is too large is invalid.
    private mutating func limits(_ features: WasmFeatures) throws(ModuleError) -> Limits {
        let start = position
        let flags = try byte()
        guard flags < 8, flags & 2 == 0 || features.contains(.threads),
            flags & 4 == 0 || features.contains(.memory64)
        else { throw .malformed("malformed limits flags", at: start) }
        let minimum = try u64()
        var maximum: UInt64?
        if flags & 1 != 0 {
            let value = try u64()
            guard minimum <= value else {
                throw .invalid("size minimum must not be greater than maximum", at: start)
            }
            maximum = value
        }
        return Limits(
            minimum: minimum,
            maximum: maximum,
            is64: flags & 4 != 0,
            isShared: flags & 2 != 0
        )
    }
}
