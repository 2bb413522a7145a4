/// A blob that is not here whole yet: its bytes in a file, and beside it how they hash.
///
/// Each ``checkpointByteCount`` the bytes are synced and then the state of the hash is replaced, so
/// that what the state speaks of is on the disk whatever happens. Bytes behind it are still good as
/// long as this boot lasts, because the kernel keeps what a killed process wrote: they are read again,
/// never fetched again. After a power cut they may be anything, and are cut off.
struct PartialBlob: ~Copyable {
    /// Bytes between two syncs: what a power cut may cost.
    static let checkpointByteCount: Int64 = 1024 * 1024
    /// Blobs that are no larger are fetched again whole: two more files would cost more.
    static let keptByteCountMin: Int64 = 64 * 1024

    private let blob: BlobDescriptor
    private let path: String
    private let file: OpenFile
    private var hasher: DigestHasher
    private let bootID: String
    private var checkpoint: Int64
    /// Bytes that are here.
    private(set) var byteCount: Int64
    /// Bytes that were here when it began.
    let resumedFrom: Int64

    // Why not an initialiser that throws: the compiler wants all parts of it at once.
    private init(
        _ blob: BlobDescriptor,
        _ path: String,
        _ file: consuming OpenFile,
        _ hasher: consuming DigestHasher,
        bootID: String,
        checkpoint: Int64,
        byteCount: Int64
    ) {
        self.blob = blob
        self.path = path
        self.file = file
        self.hasher = hasher
        self.bootID = bootID
        self.checkpoint = checkpoint
        self.byteCount = byteCount
        resumedFrom = byteCount
    }

    /// Goes on with what lies at `path`, or begins.
    static func open(_ blob: BlobDescriptor, at path: String) throws(ImageError) -> PartialBlob {
        let file = try OpenFile(path, ImageStore.readWriteCreate)
        var hasher = DigestHasher(blob.digest.algorithm)
        let bootID = currentBootID()
        let length = StoreFile.byteCount(path) ?? 0
        var checkpoint: Int64 = 0
        var hashed: Int64 = 0
        let record = PartialRecord.read(statePath(path), for: blob)
        if let record, record.byteCount <= length, hasher.resume(from: record.state) {
            let isSameBoot = !bootID.isEmpty && record.bootID == bootID
            let good = min(isSameBoot ? length : record.byteCount, blob.byteCount)
            checkpoint = record.byteCount
            hashed = record.byteCount
            try file.seek(to: hashed)
            while hashed < good {
                let most = min(Int64(ImageLimits.chunkByteCount), good - hashed)
                let bytes = try file.read(Int(most))
                guard !bytes.isEmpty else { break }
                hasher.update(bytes)
                hashed += Int64(bytes.count)
            }
        }
        try file.truncate(to: hashed)
        try file.seek(to: hashed)
        let partial = PartialBlob(
            blob,
            path,
            file,
            hasher,
            bootID: bootID,
            checkpoint: checkpoint,
            byteCount: hashed
        )
        // Why at once: a kill before the first sync must find which boot the bytes are of.
        if hashed == checkpoint, blob.byteCount > keptByteCountMin { try partial.save() }
        return partial
    }

    /// Takes the next bytes.
    mutating func append(_ bytes: [UInt8]) throws(ImageError) {
        let sum = byteCount + Int64(bytes.count)
        guard sum <= blob.byteCount else {
            throw .sizeMismatch(what: "blob \(blob.digest)", expected: blob.byteCount, actual: sum)
        }
        try file.write(bytes)
        hasher.update(bytes)
        byteCount = sum
        guard byteCount - checkpoint >= Self.checkpointByteCount else { return }
        try keep()
    }

    /// Brings all that is here to the disk, so that a power cut costs nothing of it.
    mutating func keep() throws(ImageError) {
        guard blob.byteCount > Self.keptByteCountMin, byteCount > checkpoint else { return }
        try file.sync()
        checkpoint = byteCount
        try save()
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
        try file.sync()
        return hasher.finish()
    }

    private func save() throws(ImageError) {
        let record = PartialRecord(bootID: bootID, byteCount: checkpoint, state: hasher.state)
        try StoreFile.replace(Self.statePath(path), record.bytes(for: blob))
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

/// What is known of the bytes of a partial blob, as a file of three lines and a digest of them.
struct PartialRecord: Equatable {
    private static let byteCountMax: Int64 = 4_096

    var bootID: String
    var byteCount: Int64
    var state: [UInt8]

    /// What stands in the file; the last line is a digest of the others.
    func bytes(for blob: BlobDescriptor) -> [UInt8] {
        let digits = state.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        let body = "\(blob.digest) \(blob.byteCount)\n\(bootID) \(byteCount)\n\(digits.joined())\n"
        return Array((body + Digest.of(Array(body.utf8)).hex + "\n").utf8)
    }

    /// What a file says, if it is whole and about this blob.
    static func read(_ path: String, for blob: BlobDescriptor) -> PartialRecord? {
        guard let bytes = try? StoreFile.read(path, byteCountMax: byteCountMax) else { return nil }
        return PartialRecord(bytes, for: blob)
    }

    init(bootID: String, byteCount: Int64, state: [UInt8]) {
        self.bootID = bootID
        self.byteCount = byteCount
        self.state = state
    }

    init?(_ bytes: [UInt8], for blob: BlobDescriptor) {
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        guard lines.count == 5, lines[4].isEmpty, lines[0] == "\(blob.digest) \(blob.byteCount)"
        else { return nil }
        let body = lines[..<3].joined(separator: "\n") + "\n"
        guard Digest.of(Array(body.utf8)).hex == lines[3] else { return nil }
        let words = lines[1].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, let byteCount = Int64(words[1]),
            (0...blob.byteCount).contains(byteCount)
        else { return nil }
        let digits = Array(lines[2])
        var state: [UInt8] = []
        for start in stride(from: 0, to: digits.count - 1, by: 2) {
            guard let byte = UInt8(String(digits[start...start + 1]), radix: 16) else { return nil }
            state.append(byte)
        }
        self.init(bootID: String(words[0]), byteCount: byteCount, state: state)
    }
}
