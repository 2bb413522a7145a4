/// What a function takes and gives.
public struct FunctionType: Hashable, Sendable {
    /// In order of the arguments.
    public var parameters: [ValueType]
    /// In order of the results.
    public var results: [ValueType]

    /// A function from `parameters` to `results`.
    public init(parameters: [ValueType] = [], results: [ValueType] = []) {
        self.parameters = parameters
        self.results = results
    }
}

extension FunctionType: CustomStringConvertible {
    /// `(i32 i32) -> (i64)`.
    public var description: String {
        func list(_ types: [ValueType]) -> String {
            "(\(types.map(\.description).joined(separator: " ")))"
        }
        return "\(list(parameters)) -> \(list(results))"
    }
}

/// What a field of a structure or an element of an array holds.
public enum StorageType: Hashable, Sendable {
    /// One byte, an i32 on the stack.
    case i8
    /// Two bytes, an i32 on the stack.
    case i16
    /// A value as it is.
    case value(ValueType)

    /// The type that reading it leaves on the stack.
    public var unpacked: ValueType {
        switch self {
        case .i8, .i16: .i32
        case .value(let type): type
        }
    }
}

/// A field of a structure, or the elements of an array.
public struct FieldType: Hashable, Sendable {
    /// What it holds.
    public var storage: StorageType
    /// Whether it can be written after its birth.
    public var isMutable: Bool
}

/// The shape of a type of a module.
public enum CompositeType: Hashable, Sendable {
    /// A function.
    case function(FunctionType)
    /// Fields, in order.
    case structure([FieldType])
    /// Elements, all of one type.
    case array(FieldType)
}

/// An entry of a module's type section.
///
/// Source: WebAssembly 3.0, §2.3.8 (composite types) and §2.3.9 (recursive types).
public struct SubType: Hashable, Sendable {
    /// Whether no other type may name this one as its supertype.
    public var isFinal: Bool
    /// The declared supertypes: none or one index of an earlier type.
    public var supertypes: [UInt32]
    /// The shape.
    public var composite: CompositeType

    /// A type as version 1 knew it: final and alone.
    public init(_ function: FunctionType) {
        self.init(isFinal: true, supertypes: [], composite: .function(function))
    }

    init(isFinal: Bool, supertypes: [UInt32], composite: CompositeType) {
        self.isFinal = isFinal
        self.supertypes = supertypes
        self.composite = composite
    }
}
