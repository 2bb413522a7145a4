/// How large a memory or table is at first, and may become.
public struct Limits: Hashable, Sendable {
    /// In pages of a memory, or elements of a table.
    public var minimum: UInt64
    /// In the same unit; `nil` when nothing but the address space bounds it.
    public var maximum: UInt64?
    /// Whether addresses are 64-bit.
    public var is64: Bool
    /// Whether threads may share it (memories only).
    public var isShared: Bool

    /// Limits with 32-bit addresses, not shared, unless said otherwise.
    public init(
        minimum: UInt64,
        maximum: UInt64? = nil,
        is64: Bool = false,
        isShared: Bool = false
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.is64 = is64
        self.isShared = isShared
    }

    /// The type of an address: i64 or i32.
    public var addressType: ValueType { is64 ? .i64 : .i32 }
}

/// The type of a table.
public struct TableType: Hashable, Sendable {
    /// A reference type.
    public var element: ValueType
    /// In elements.
    public var limits: Limits

    /// A table of `element`.
    public init(element: ValueType, limits: Limits) {
        self.element = element
        self.limits = limits
    }
}

/// The type of a memory.
public struct MemoryType: Hashable, Sendable {
    /// Bytes in the unit of ``limits``.
    public static let bytesPerPage: UInt64 = 65_536

    /// In pages of 64 KiB.
    public var limits: Limits

    /// A memory of `limits` pages.
    public init(limits: Limits) {
        self.limits = limits
    }
}

/// The type of a global.
public struct GlobalType: Hashable, Sendable {
    /// What it holds.
    public var value: ValueType
    /// Whether it can be written.
    public var isMutable: Bool

    /// A global that holds `value`.
    public init(value: ValueType, isMutable: Bool) {
        self.value = value
        self.isMutable = isMutable
    }
}

/// The type of an exception's tag.
public struct TagType: Hashable, Sendable {
    /// The index of a function type without results.
    public var typeIndex: UInt32
}

/// What an import wants.
public enum ImportType: Hashable, Sendable {
    /// A function; the index of its type.
    case function(typeIndex: UInt32)
    /// A table.
    case table(TableType)
    /// A memory.
    case memory(MemoryType)
    /// A global.
    case global(GlobalType)
    /// A tag.
    case tag(TagType)
}

/// The five index spaces that imports and exports speak of.
public enum ExternalKind: UInt8, Sendable {
    /// Functions.
    case function = 0
    /// Tables.
    case table = 1
    /// Memories.
    case memory = 2
    /// Globals.
    case global = 3
    /// Tags.
    case tag = 4
}
