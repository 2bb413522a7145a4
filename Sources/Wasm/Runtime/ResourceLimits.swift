/// What one store may use.
public struct ResourceLimits: Sendable {
    /// Bytes of all together: memories, tables, globals, stacks, translated code.
    public var memoryBytes: UInt64
    /// Bytes of the interpreter's stack; deep recursion traps at its end.
    public var stackBytes: UInt64
    /// Bytes of translated code, of `memoryBytes`; when they are used up, cold functions are
    /// evicted.
    public var codeBytes: UInt64
    /// Instructions that guests may run, roughly; `nil` for as many as they like.
    public var fuel: UInt64?
    /// Calls inside one another, host functions included.
    public var callDepthMax: Int

    /// 1 MiB: room for some ten thousand small frames, a hundredth of a small board's memory.
    public static let stackBytesUsual: UInt64 = 1 << 20
    /// A part of all memory that translated code may have, and what is enough for any program: the code
    /// of SQLite, all of it, takes 2 MiB.
    public static let codePart: UInt64 = 4
    private static let codeBytesEnough: UInt64 = 64 << 20
    /// What other engines allow too; a runaway recursion meets the end of the stack first.
    public static let callDepthUsual = 50_000

    /// Limits for a store; stack and code are part of `memoryBytes`.
    ///
    /// Without `codeBytes` it is a fourth of all.
    public init(
        memoryBytes: UInt64,
        stackBytes: UInt64 = stackBytesUsual,
        codeBytes: UInt64? = nil,
        callDepthMax: Int = callDepthUsual,
        fuel: UInt64? = nil
    ) {
        self.memoryBytes = memoryBytes
        self.stackBytes = stackBytes
        self.codeBytes = codeBytes ?? min(memoryBytes / Self.codePart, Self.codeBytesEnough)
        self.callDepthMax = callDepthMax
        self.fuel = fuel
    }
}
