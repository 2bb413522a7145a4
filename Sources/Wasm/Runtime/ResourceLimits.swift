/// What one store may use.
public struct ResourceLimits: Sendable {
    /// Bytes of all together: memories, tables, globals, stacks, translated code.
    public var memoryBytes: UInt64
    /// Bytes of the interpreter's stack; deep recursion traps at its end.
    public var stackBytes: UInt64
    /// Instructions that guests may run, roughly; `nil` for as many as they like.
    public var fuel: UInt64?
    /// Calls inside one another, host functions included.
    public var callDepthMax: Int

    /// 1 MiB: room for some ten thousand small frames, a hundredth of a small board's memory.
    public static let stackBytesUsual: UInt64 = 1 << 20
    /// What other engines allow too; a runaway recursion meets the end of the stack first.
    public static let callDepthUsual = 50_000

    /// Limits for a store; the stack is part of `memoryBytes`.
    public init(
        memoryBytes: UInt64,
        stackBytes: UInt64 = stackBytesUsual,
        callDepthMax: Int = callDepthUsual,
        fuel: UInt64? = nil
    ) {
        self.memoryBytes = memoryBytes
        self.stackBytes = stackBytes
        self.callDepthMax = callDepthMax
        self.fuel = fuel
    }
}
