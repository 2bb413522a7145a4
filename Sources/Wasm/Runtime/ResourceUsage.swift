/// What a store has used, for reports.
public struct ResourceUsage: Sendable {
    /// Bytes of the budget that are given out.
    public var memoryBytes: UInt64
    /// The most that ever was.
    public var memoryBytesPeak: UInt64
    /// The most that went to each share; they need not have had their peaks at the same time.
    public var sharePeaks: [MemoryShare: UInt64]
    /// How often something did not fit the budget: `memory.grow` that failed, and the like.
    public var refusedAllocations: UInt64
    /// Instructions left; `nil` when they are not counted.
    public var fuelLeft: UInt64?
    /// Functions whose bodies were translated, which their first call does.
    public var functionsTranslated: Int
    /// Functions whose code was given up to make room for that of others.
    public var functionsEvicted: Int
    /// Bytes of WebAssembly that these bodies have.
    public var bodyBytesTranslated: Int
    /// Bytes of register code made of them.
    public var codeBytes: Int

    /// Bytes of register code for each hundred bytes of WebAssembly that were translated.
    public var codePercent: Int {
        bodyBytesTranslated == 0
            ? 0
            : codeBytes.multipliedReportingOverflow(by: 100).partialValue
                / bodyBytesTranslated
    }
}
