/// Room on the file system that holds a path.
public struct FreeSpace: Equatable, Sendable {
    /// Bytes that a process without privileges can still write.
    public let freeBytes: UInt64
    /// Bytes in all.
    public let totalBytes: UInt64
    /// Files and folders that can still be made.
    public let freeInodeCount: UInt64
    /// Files and folders there can be in all; 0 where the file system makes as many as it has room for.
    public let totalInodeCount: UInt64

    /// Room that somebody else has measured.
    public init(
        freeBytes: UInt64,
        totalBytes: UInt64,
        freeInodeCount: UInt64 = 0,
        totalInodeCount: UInt64 = 0
    ) {
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
        self.freeInodeCount = freeInodeCount
        self.totalInodeCount = totalInodeCount
    }

    /// Asks the file system now.
    public init(_ path: String) throws(HostError) { self = try SystemCall.space(at: path) }
}
