/// What stays free of a disk for the database and the logs, whatever a pull writes.
///
/// A pull that others leave no room for stops before the disk is full, and keeps what it has.
public struct DiskReserve: Sendable {
    // Why: a look is one system call, and a disk of 16 MB keeps no more than 700 KB.
    private static let lookAgainByteCount: Int64 = 128 * 1024

    private let path: String
    private let name: String
    private var sinceLook: Int64 = 0

    /// The disk that a path is on; `name` stands for it in errors.
    public init(at path: String, name: String) {
        self.path = path
        self.name = name
    }

    /// Bytes that stay free of a disk of so many.
    static func byteCount(ofTotal total: Int64) -> Int64 {
        min(total / 20, ImageLimits.reserveByteCountMax)
    }

    /// To be told of each write; looks from time to time.
    ///
    /// - Parameters:
    ///   - byteCount: What was written.
    ///   - missing: What is still to be written, as far as that is known.
    /// - Throws: ``ImageError/noRoom(path:neededByteCount:freeByteCount:)`` when less is free than must stay.
    public mutating func wrote(_ byteCount: Int, missing: Int64 = 0) throws(ImageError) {
        sinceLook &+= Int64(byteCount)
        guard sinceLook >= Self.lookAgainByteCount else { return }
        sinceLook = 0
        guard let room = StoreFile.room(at: path) else { return }
        let reserve = Self.byteCount(ofTotal: room.totalByteCount)
        guard room.freeByteCount < reserve else { return }
        throw .noRoom(
            path: name,
            neededByteCount: reserve.addingReportingOverflow(max(0, missing)).partialValue,
            freeByteCount: room.freeByteCount
        )
    }
}
