/// A blob that is not here whole yet: its bytes in a file, and beside it how they hash.
///
/// Again and again the bytes are synced and then the state of the hash is written, so that what the state
/// speaks of is on the disk whatever happens. That is done beside the transfer, which waits only when too
/// much of it is not safe yet. Bytes behind the state are still good as long as this boot lasts, because the
/// kernel keeps what a killed process wrote: they are read again, never fetched again. After a power cut
/// they may be anything, and are cut off.
struct PartialBlob: ~Copyable {
    /// Bytes that are not safe yet, at most: what a power cut may cost.
    static let endangeredByteCountMax: Int64 = 1024 * 1024
    /// Bytes after which the next checkpoint is begun: half, so that the other half comes meanwhile.
    static let checkpointByteCount = endangeredByteCountMax / 2
    /// Blobs that are no larger are fetched again whole: two more files would cost more.
    static let keptByteCountMin: Int64 = 64 * 1024

    private let blob: BlobDescriptor
    private var files: PartialFiles
    private var hasher: DigestHasher
    private let bootID: String
    /// Which of the two places the next state goes to: never where the newest is.
    private var slot: Int
    /// Bytes that are safe.
    private var checkpoint: Int64
    /// Bytes that will be when the checkpoint is made that is under way.
    private var begun: Int64
    /// Bytes that are here.
    private(set) var byteCount: Int64
    /// Bytes that were here when it began.
    let resumedFrom: Int64
    /// Whether a sync failed, so that nothing more is believed of these files.
    private var hasFailed = false

    // Why not an initialiser that throws: the compiler wants all parts of it at once.
    private init(
        _ blob: BlobDescriptor,
        _ files: consuming PartialFiles,
        _ hasher: consuming DigestHasher,
        bootID: String,
        slot: Int,
        checkpoint: Int64,
        byteCount: Int64
    ) {
        self.blob = blob
        self.files = files
        self.hasher = hasher
        self.bootID = bootID
        self.slot = slot
        self.checkpoint = checkpoint
        begun = checkpoint
        self.byteCount = byteCount
        resumedFrom = byteCount
    }

    /// Goes on with what lies at `path`, or begins.
    static func open(_ blob: BlobDescriptor, at path: String) throws(ImageError) -> PartialBlob {
        let isKept = blob.byteCount > keptByteCountMin
        let files = PartialFiles(
            data: try OpenFile(path, ImageStore.readWriteCreate),
            state: isKept ? try OpenFile(statePath(path), ImageStore.readWriteCreate) : nil
        )
        var hasher = DigestHasher(blob.digest.algorithm)
        let bootID = currentBootID()
        let length = StoreFile.byteCount(path) ?? 0
        var checkpoint: Int64 = 0
        var hashed: Int64 = 0
        let found = isKept ? PartialRecord.newest(statePath(path), for: blob) : nil
        if let record = found?.record, record.byteCount <= length,
            hasher.resume(from: record.state)
        {
            let isSameBoot = !bootID.isEmpty && record.bootID == bootID
            let good = min(isSameBoot ? length : record.byteCount, blob.byteCount)
            checkpoint = record.byteCount
            hashed = record.byteCount
            try files.seek(to: hashed)
            while hashed < good {
                let most = min(Int64(ImageLimits.chunkByteCount), good - hashed)
                let bytes = try files.read(Int(most))
                guard !bytes.isEmpty else { break }
                hasher.update(bytes)
                hashed += Int64(bytes.count)
            }
        } else {
            // Why gone for good: a state of bytes that are written anew would be believed after a cut.
            try files.forgetState()
        }
        try files.truncate(to: hashed)
        var partial = PartialBlob(
            blob,
            files,
            hasher,
            bootID: bootID,
            slot: 1 - (found?.slot ?? 1),
            checkpoint: checkpoint,
            byteCount: hashed
        )
        // Why at once: a kill before the first sync must find which boot the bytes are of.
        guard isKept, hashed == checkpoint else { return partial }
        try partial.saveAtOnce()
        if let slash = path.lastIndex(of: "/") { try StoreFile.syncFolder(String(path[..<slash])) }
        return partial
    }

    /// Takes the next bytes.
    mutating func append(_ bytes: [UInt8]) throws(ImageError) {
        let sum = byteCount + Int64(bytes.count)
        guard sum <= blob.byteCount else {
            throw .sizeMismatch(what: "blob \(blob.digest)", expected: blob.byteCount, actual: sum)
        }
        if files.keepsState { try makeSafe(before: sum) }
        try files.append(bytes)
        hasher.update(bytes)
        byteCount = sum
        guard files.keepsState, byteCount - begun >= Self.checkpointByteCount else { return }
        if try collect(waits: false) { try begin() }
    }

    /// Waits until the bytes up to `sum` may come without too many of them being in danger.
    private mutating func makeSafe(before sum: Int64) throws(ImageError) {
        guard sum - checkpoint > Self.endangeredByteCountMax else { return }
        try collect(waits: true)
        guard sum - checkpoint > Self.checkpointByteCount, byteCount > checkpoint else { return }
        try begin()
        // Only a source that hands over half a megabyte at once makes us wait for this one too.
        if sum - checkpoint > Self.endangeredByteCountMax { try collect(waits: true) }
    }

    private mutating func begin() throws(ImageError) {
        let slot = nextSlot()
        begun = byteCount
        try guarded { files throws(ImageError) in try files.begin(slot) }
    }

    /// Answers whether no checkpoint is under way any more.
    @discardableResult
    private mutating func collect(waits: Bool) throws(ImageError) -> Bool {
        var isIdle = false
        try guarded { files throws(ImageError) in isIdle = try files.collect(waits: waits) }
        if isIdle { checkpoint = begun }
        return isIdle
    }

    private mutating func saveAtOnce() throws(ImageError) {
        let slot = nextSlot()
        try guarded { files throws(ImageError) in try files.save(slot) }
        checkpoint = byteCount
        begun = byteCount
    }

    /// Syncs; when that fails, what was not safe is given up at once.
    ///
    /// Why: Linux forgets bytes that a disk would not take, and the next sync succeeds without them
    /// (fsync(2), "EIO"). They are fetched and written once more.
    private mutating func guarded(
        _ sync: (inout PartialFiles) throws(ImageError) -> Void
    ) throws(ImageError) {
        do throws(ImageError) { try sync(&files) } catch {
            hasFailed = true
            begun = checkpoint
            try? files.truncate(to: checkpoint)
            throw error
        }
    }

    /// What is known of the bytes that are here, for the place where the older state stands.
    private mutating func nextSlot() -> PartialRecord.Slot {
        let record = PartialRecord(bootID: bootID, byteCount: byteCount, state: hasher.state)
        defer { slot = 1 - slot }
        return PartialRecord.Slot(record, of: blob, slot)
    }

    /// Brings all that is here to the disk, so that a power cut costs nothing of it.
    mutating func keep() throws(ImageError) {
        guard !hasFailed else { return }
        try collect(waits: true)
        guard files.keepsState, byteCount > checkpoint else { return }
        try saveAtOnce()
    }

    /// Syncs the bytes and gives their digest.
    consuming func finish() throws(ImageError) -> Digest {
        guard byteCount == blob.byteCount else {
            throw .sizeMismatch(
                what: "blob \(blob.digest)",
                expected: blob.byteCount,
                actual: byteCount
            )
        }
        try collect(waits: true)
        try guarded { files throws(ImageError) in try files.sync() }
        return hasher.finish()
    }

    /// Takes away the bytes and what is known of them.
    static func remove(_ path: String) throws(ImageError) {
        try StoreFile.removeTree(statePath(path))
        try StoreFile.removeTree(path)
    }

    static func statePath(_ path: String) -> String { "\(path).state" }

    /// Which life of this machine it is; empty when the kernel does not say.
    private static func currentBootID() -> String {
        let bytes = try? StoreFile.read("/proc/sys/kernel/random/boot_id", byteCountMax: 64)
        return String(decoding: bytes ?? [], as: UTF8.self).filter { !$0.isNewline }
    }
}
