internal import CArchive
internal import Images

// This file is a fence: libarchive's decompression with Swift values in and out.

/// The bytes of a layer after decompression, counted and hashed on their way to who reads the archive.
///
/// A class because libarchive keeps its address while it asks for more bytes.
@safe
final class LayerStream {
    private let archive: OpaquePointer?
    private let name: String
    private let byteCountMax: Int64
    private var hasher: DigestHasher?
    private(set) var byteCount: Int64 = 0
    /// What went wrong while libarchive asked; it only learns that something did.
    private(set) var problem: ImageError?
    private var hasEnded = false

    /// Opens a layer: plain, or compressed by gzip or zstd, as its first bytes say.
    ///
    /// More than `byteCountMax` bytes out of it are refused; they are hashed when `algorithm` is given.
    init(
        path: String,
        name: String,
        byteCountMax: Int64,
        algorithm: Digest.Algorithm?
    ) throws(ImageError) {
        self.name = name
        self.byteCountMax = byteCountMax
        hasher = algorithm.map { DigestHasher($0) }
        // Safety: the handle is ours alone and freed in deinit. It is nil when memory is short; every
        // call below then answers ARCHIVE_FATAL.
        unsafe archive = archive_read_new()
        unsafe archive_read_support_format_raw(archive)
        unsafe archive_read_support_format_empty(archive)
        unsafe archive_read_support_filter_gzip(archive)
        unsafe archive_read_support_filter_zstd(archive)
        guard unsafe archive_read_open_filename(archive, path, 65_536) == ARCHIVE_OK else {
            throw failure()
        }
        var entry: OpaquePointer?
        let result = unsafe archive_read_next_header(archive, &entry)
        if result == ARCHIVE_EOF {
            hasEnded = true
        } else if result != ARCHIVE_OK {
            throw failure()
        }
    }

    deinit { unsafe archive_read_free(archive) }

    /// The next bytes, in libarchive's own buffer, which is good until the next call; `nil` at the end
    /// and after a problem.
    func next() -> UnsafeRawBufferPointer? {
        guard problem == nil, !hasEnded else { return nil }
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        // Safety: libarchive fills in the address and length of a buffer of its own.
        let result = unsafe archive_read_data_block(archive, &start, &count, &offset)
        if result == ARCHIVE_EOF {
            hasEnded = true
            return nil
        }
        guard result == ARCHIVE_OK else {
            problem = failure()
            return nil
        }
        byteCount += Int64(count)
        guard byteCount <= byteCountMax else {
            problem = .hostileEntry(
                layer: name,
                name: "",
                reason: "decompresses to more than \(byteCountMax) bytes: a bomb"
            )
            return nil
        }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
        if hasher != nil { unsafe hasher?.update([UInt8](bytes)) }
        return unsafe bytes
    }

    /// Reads what comes after the archive's own end, and answers with the digest of all.
    func finish() throws(ImageError) -> Digest? {
        while unsafe next() != nil {}
        if let problem { throw problem }
        guard let hasher = hasher.take() else { return nil }
        return hasher.finish()
    }

    private func failure() -> ImageError {
        // Safety: libarchive's strings end with a zero byte and are copied at once.
        let text = unsafe archive_error_string(archive)
        let message = unsafe text.flatMap { unsafe String(validatingCString: $0) }
        return .malformed(what: "layer \(name)", message: message ?? "it cannot be decompressed")
    }
}
