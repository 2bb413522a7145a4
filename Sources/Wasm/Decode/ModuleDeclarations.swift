/// An entry of the import section.
public struct Import: Sendable {
    /// The name of what it comes from.
    public var module: String
    /// Its name there.
    public var name: String
    /// What it must be.
    public var type: ImportType
}

/// An entry of the export section.
public struct Export: Sendable {
    /// Unique in its module.
    public var name: String
    /// Which index space ``index`` counts in.
    public var kind: ExternalKind
    /// Imports first.
    public var index: UInt32
}

/// An expression that is evaluated when the module is instantiated; already validated.
struct ConstantExpression: Sendable {
    /// Offsets from the start of the module, the final `end` included.
    var range: Range<Int>
}

/// A table that the module defines or imports.
struct TableDeclaration: Sendable {
    var type: TableType
    /// The first value of each element; `nil` for null, and for imported tables.
    var initializer: ConstantExpression?
}

/// A global that the module defines or imports.
struct GlobalDeclaration: Sendable {
    var type: GlobalType
    /// `nil` for imported globals.
    var initializer: ConstantExpression?
}

/// When a segment is written into its table or memory.
enum SegmentMode: Sendable {
    /// By instructions only.
    case passive
    /// At instantiation, into the table or memory `target` at `offset`; gone afterwards.
    case active(target: UInt32, offset: ConstantExpression)
    /// Never: it only declares that `ref.func` may name its functions.
    case declarative
}

/// References for a table.
///
/// The elements stay in the module's bytes until they are needed.
struct ElementSegment: Sendable {
    /// How ``range`` is to be read.
    enum Form: Sendable {
        /// ``count`` indices of functions.
        case functionIndices
        /// ``count`` constant expressions, one after another.
        case expressions
    }

    var mode: SegmentMode
    var type: ValueType
    var form: Form
    var count: Int
    /// Offsets from the start of the module.
    var range: Range<Int>

    /// Bytes that its references take in an instance, until it is dropped.
    var costBytes: UInt64 {
        if case .declarative = mode { return 0 }
        return UInt64(count) * 8
    }
}

/// Bytes for a memory.
struct DataSegment: Sendable {
    var mode: SegmentMode
    /// Offsets from the start of the module.
    var range: Range<Int>
}

/// The body of a function that the module defines.
struct CodeBody: Sendable {
    private var start: UInt32
    private var count: UInt32

    /// Offsets from the start of the module: the local declarations and the expression.
    @inline(__always)
    var range: Range<Int> { Int(start)..<Int(start) + Int(count) }

    /// - Precondition: the range lies in a module, so below `ModuleLimits.byteCountMax`.
    init(range: Range<Int>) {
        self.start = UInt32(range.lowerBound)
        self.count = UInt32(range.count)
    }
}
