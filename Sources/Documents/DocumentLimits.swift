/// How much of a document is taken before it is refused.
public struct DocumentLimits: Equatable, Sendable {
    /// Bytes of text.
    public var byteCountMax: Int
    /// Arrays and objects inside one another.
    public var depthMax: Int
    /// Values in the tree, those that YAML aliases repeat counted each time.
    public var nodeCountMax: Int

    /// Limits of the caller's choice; each default is that of ``message``.
    public init(
        byteCountMax: Int = 512 * 1024,
        depthMax: Int = 64,
        nodeCountMax: Int = 100_000
    ) {
        self.byteCountMax = byteCountMax
        self.depthMax = depthMax
        self.nodeCountMax = nodeCountMax
    }

    /// For what comes over the network: the contract's packet limit and depth, and a tree of less
    /// than 20 MB in memory.
    public static let message = DocumentLimits()

    /// For files that an operator or a test brings, up to 64 MiB.
    public static let file = DocumentLimits(
        byteCountMax: 64 * 1024 * 1024,
        nodeCountMax: 4_000_000
    )
}
