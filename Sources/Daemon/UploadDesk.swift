internal import Images
internal import Supervisor

/// Archives that operators are sending, each under a name of ours.
///
/// One that nobody has added to for a while goes, so that a broken connection leaves nothing behind.
actor UploadDesk {
    // Why two: each may be as large as the disk allows.
    private static let countMax = 2
    private static let patience = Duration.seconds(120)

    private struct Entry {
        var upload: ImageUpload
        var touched: ContinuousClock.Instant
    }

    private let images: StoredImages
    private var entries: [String: Entry] = [:]
    private var number: UInt64 = 0

    init(images: StoredImages) { self.images = images }

    /// Begins one; `nil` when too many are on their way.
    func begin() async throws(ImageProblem) -> String? {
        let now = ContinuousClock.now
        entries = entries.filter { now - $0.value.touched < Self.patience }
        guard entries.count < Self.countMax else { return nil }
        number += 1
        // A number of this life of the daemon: what an earlier one left has no lock and is replaced.
        let name = "\(number)"
        let upload = try await images.beginUpload(name)
        entries[name] = Entry(upload: upload, touched: now)
        return name
    }

    /// Adds a piece; answers how many bytes are here, or `nil` when there is no such upload.
    ///
    /// A piece that does not follow the last one is not taken; the count says where to go on.
    func append(
        _ bytes: [UInt8],
        to name: String,
        at offset: Int64
    ) async throws(ImageProblem) -> Int64? {
        guard let entry = entries[name] else { return nil }
        entries[name]?.touched = ContinuousClock.now
        _ = try await images.append(bytes, to: entry.upload, at: offset)
        return entry.upload.byteCount
    }

    /// Hands over a whole archive and forgets it here; it goes with who holds it.
    func take(_ name: String) -> ImageUpload? { entries.removeValue(forKey: name)?.upload }
}
