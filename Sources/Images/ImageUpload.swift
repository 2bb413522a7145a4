/// An archive that an operator sends piece by piece; gone with this value.
///
/// Its file is locked, so that nobody takes it for a leftover, and is removed when this ends, however
/// that is.
public final class ImageUpload: Sendable {
    /// Largest archive in bytes.
    public static let byteCountMax: Int64 = 2 * 1024 * 1024 * 1024

    /// Where the archive is.
    public let path: String
    private let lockPath: String
    private let lock: OpenFile
    private let file: OpenFile
    private let store: ImageStore

    /// Begins an archive under a name that is new.
    public init(_ store: ImageStore, name: String) throws(ImageError) {
        self.store = store
        path = "\(store.directory)/ingest/upload-\(name)"
        lockPath = "\(path).lock"
        lock = try OpenFile(lockPath, ImageStore.readWriteCreate)
        guard lock.lockAtOnce() else { throw .notFound("upload \(name) is somebody else's") }
        file = try OpenFile(path, ImageStore.writeCreateTruncate)
    }

    deinit {
        try? StoreFile.removeTree(path)
        try? StoreFile.removeTree(lockPath)
    }

    /// How many bytes are here.
    public var byteCount: Int64 { StoreFile.byteCount(path) ?? 0 }

    /// Adds bytes, which must follow those that are here.
    ///
    /// Answers `false` when `offset` is not where the last ones ended.
    public func append(_ bytes: [UInt8], at offset: Int64) throws(ImageError) -> Bool {
        let byteCount = byteCount
        guard offset == byteCount else { return false }
        let sum = byteCount + Int64(bytes.count)
        guard sum <= Self.byteCountMax else {
            throw .tooLarge(what: "the archive", actual: sum, most: Self.byteCountMax)
        }
        if let room = store.room() {
            let reserve = DiskReserve.byteCount(ofTotal: room.totalByteCount)
            guard room.freeByteCount - Int64(bytes.count) >= reserve else {
                throw .noRoom(
                    path: store.name,
                    neededByteCount: reserve + Int64(bytes.count),
                    freeByteCount: room.freeByteCount
                )
            }
        }
        try file.write(bytes)
        return true
    }
}
