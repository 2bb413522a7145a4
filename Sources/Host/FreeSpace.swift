/// Room on the file system that holds a path.
public struct FreeSpace: Equatable, Sendable {
    /// Bytes that a process without privileges can still write.
    public let freeBytes: UInt64
    /// Bytes in all.
    public let totalBytes: UInt64

    /// Room that somebody else has measured.
    public init(freeBytes: UInt64, totalBytes: UInt64) {
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
    }

    /// Asks the file system now.
    public init(_ path: String) throws(HostError) {
        (freeBytes, totalBytes) = try SystemCall.space(at: path)
    }
}
