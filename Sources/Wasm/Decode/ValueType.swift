/// The type of a value: a number, a vector or a reference.
///
/// One 32-bit word, so that the validator's stack is a plain array of words. Two equal types have
/// equal words, within one module: a concrete reference holds the *canonical* index of its type
/// (see ``TypeTable``).
///
/// Source: WebAssembly 3.0, §2.3.1-2.3.6 (value types) and §5.3.1-5.3.5 (their bytes).
public struct ValueType: Hashable, Sendable, BitwiseCopyable {
    /// 0 unknown, 1-5 numbers and vectors; else bit 31 (reference), bit 30 (nullable), low 24 bits
    /// the heap type.
    let raw: UInt32

    /// A 32-bit integer.
    public static let i32 = Self(raw: 1)
    /// A 64-bit integer.
    public static let i64 = Self(raw: 2)
    /// A 32-bit float.
    public static let f32 = Self(raw: 3)
    /// A 64-bit float.
    public static let f64 = Self(raw: 4)
    /// A 128-bit vector.
    public static let v128 = Self(raw: 5)
    /// A function or null.
    public static let funcref = reference(to: .function, isNullable: true)
    /// Anything of the host's, or null.
    public static let externref = reference(to: .external, isNullable: true)

    /// The type of what unreachable code leaves on the stack: it fits everything.
    static let unknown = Self(raw: 0)

    private static let referenceBit: UInt32 = 1 << 31
    private static let nullableBit: UInt32 = 1 << 30
    private static let heapMask: UInt32 = (1 << 24) - 1

    init(raw: UInt32) {
        self.raw = raw
    }

    /// A reference to `heap`.
    public static func reference(to heap: HeapType, isNullable: Bool) -> Self {
        Self(raw: referenceBit | (isNullable ? nullableBit : 0) | heap.raw)
    }

    /// Whether this is a reference of any kind; an unknown type is not.
    @inline(__always)
    public var isReference: Bool { raw & Self.referenceBit != 0 }

    /// Whether null is among the values; false for what is no reference.
    @inline(__always)
    public var isNullable: Bool { raw & Self.nullableBit != 0 }

    /// Whether this is i32, i64, f32 or f64.
    @inline(__always)
    public var isNumber: Bool { 1...4 ~= raw }

    /// What a reference points to; `nil` for what is no reference.
    public var heapType: HeapType? {
        isReference ? HeapType(raw: raw & Self.heapMask) : nil
    }

    /// Whether a local of this type starts with a value of its own: zero or null.
    public var isDefaultable: Bool { !isReference || isNullable }

    /// The same reference without null among its values; anything else stays as it is.
    public var asNonNullable: Self { isReference ? Self(raw: raw & ~Self.nullableBit) : self }

    /// The same reference with null among its values; anything else stays as it is.
    public var asNullable: Self { isReference ? Self(raw: raw | Self.nullableBit) : self }
}

extension ValueType: CustomStringConvertible {
    /// The text format's spelling.
    public var description: String {
        switch self {
        case .i32: "i32"
        case .i64: "i64"
        case .f32: "f32"
        case .f64: "f64"
        case .v128: "v128"
        default:
            heapType.map { isNullable ? "(ref null \($0))" : "(ref \($0))" } ?? "unknown"
        }
    }
}

/// What a reference points to: one of twelve abstract types or a type of the module.
///
/// Source: WebAssembly 3.0, §2.3.3 and §5.3.3.
public struct HeapType: Hashable, Sendable, BitwiseCopyable {
    /// An index of a type, or ``abstractBit`` and the type's byte.
    let raw: UInt32

    /// Indices of types stay below this bit: `ModuleLimits.typeCountMax` is smaller.
    private static let abstractBit: UInt32 = 1 << 23

    /// Any function.
    public static let function = Self(code: 0x70)
    /// Anything of the host's.
    public static let external = Self(code: 0x6F)
    /// Anything that lives in the guest's heap.
    public static let any = Self(code: 0x6E)
    /// What `ref.eq` compares.
    public static let equatable = Self(code: 0x6D)
    /// A 31-bit integer in a reference.
    public static let i31 = Self(code: 0x6C)
    /// Any structure.
    public static let structure = Self(code: 0x6B)
    /// Any array.
    public static let array = Self(code: 0x6A)
    /// Any exception.
    public static let exception = Self(code: 0x69)
    /// The bottom of the exceptions: only null.
    public static let noException = Self(code: 0x74)
    /// The bottom of the functions: only null.
    public static let noFunction = Self(code: 0x73)
    /// The bottom of what is the host's: only null.
    public static let noExternal = Self(code: 0x72)
    /// The bottom of the guest's heap: only null.
    public static let none = Self(code: 0x71)

    /// The bottom of all, for unreachable code; no module can name it.
    static let bottom = Self(code: 0)

    init(raw: UInt32) {
        self.raw = raw
    }

    private init(code: UInt8) {
        self.raw = Self.abstractBit | UInt32(code)
    }

    /// The abstract type that `code` stands for in a module, or `nil`.
    init?(abstractCode code: UInt8) {
        guard 0x69...0x74 ~= code else { return nil }
        self.init(code: code)
    }

    /// The module's type with the (canonical) index `index`.
    public static func type(_ index: UInt32) -> Self { Self(raw: index) }

    /// The index of the module's type; `nil` for an abstract type.
    @inline(__always)
    public var typeIndex: UInt32? { raw & Self.abstractBit == 0 ? raw : nil }
}

extension HeapType: CustomStringConvertible {
    /// The text format's spelling.
    public var description: String {
        switch self {
        case .function: "func"
        case .external: "extern"
        case .any: "any"
        case .equatable: "eq"
        case .i31: "i31"
        case .structure: "struct"
        case .array: "array"
        case .exception: "exn"
        case .noException: "noexn"
        case .noFunction: "nofunc"
        case .noExternal: "noextern"
        case .none: "none"
        default: typeIndex.map { String($0) } ?? "bottom"
        }
    }
}
