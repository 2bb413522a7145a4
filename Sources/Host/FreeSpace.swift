/// Room on the file system that holds a path.
public struct FreeSpace: Equatable, Sendable {
    /// Bytes that a process without privileges can still write.
    public let freeBytes: UInt64
    /// Bytes in all.
    public let totalBytes: UInt64

    /// Asks the file system now.
    public init(_ path: String) throws(HostError) {
        (freeBytes, totalBytes) = try SystemCall.space(at: path)
    }
}
