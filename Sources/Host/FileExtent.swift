/// What files take on the disk.
public struct FileExtent: Equatable, Sendable {
    /// Bytes of blocks.
    public var byteCount: Int64 = 0
    /// Files and folders.
    public var inodeCount: Int64 = 0

    // Why: nobody nests volumes deeper; what lies below is left out.
    private static let depthMax = 64
    // Why: a look must end, however many files a guest makes; as many as this is much in any case.
    private static let inodeCountMax: Int64 = 1_000_000

    /// Adds up a file, or a folder with all that is in it; links count as themselves, and what cannot be
    /// seen counts as nothing.
    public init(_ paths: String...) { for path in paths { add(path, depth: 0) } }

    private mutating func add(_ path: String, depth: Int) {
        guard inodeCount < Self.inodeCountMax, depth < Self.depthMax,
            let extent = SystemCall.extent(of: path)
        else { return }
        inodeCount += 1
        let (sum, overflow) = byteCount.addingReportingOverflow(extent.byteCount)
        byteCount = overflow ? .max : sum
        guard extent.isFolder else { return }
        for name in FileTree.names(in: path) { add("\(path)/\(name)", depth: depth + 1) }
    }
}
