internal import CArchive
internal import Images

// This file is a fence: libarchive's reader with Swift values in and out.

/// The entries of one layer, in order.
@safe
struct LayerReader: ~Copyable {
    private let archive: OpaquePointer?
    private let name: String
    private let stream: LayerStream?

    /// Reads an archive that is a file, plain or compressed by gzip or zstd; what is not asked for of
    /// a plain one is not read either.
    init(file: String, name: String) throws(ImageError) {
        self.name = name
        stream = nil
        // Safety: as below.
        unsafe archive = archive_read_new()
        unsafe archive_read_support_format_tar(archive)
        unsafe archive_read_support_format_empty(archive)
        unsafe archive_read_support_filter_gzip(archive)
        unsafe archive_read_support_filter_zstd(archive)
        guard unsafe archive_read_open_filename(archive, file, 65_536) == ARCHIVE_OK else {
            throw failure()
        }
    }

    /// Reads the tar archive that comes out of a stream.
    init(_ stream: LayerStream, name: String) throws(ImageError) {
        self.name = name
        self.stream = stream
        // Safety: the handle is ours alone and freed in deinit; entries are used up before the next.
        // It is nil when memory is short; every call below then answers ARCHIVE_FATAL. The stream is
        // a property, so it lives as long as the handle that knows its address.
        unsafe archive = archive_read_new()
        unsafe archive_read_support_format_tar(archive)
        unsafe archive_read_support_format_empty(archive)
        let address = unsafe Unmanaged.passUnretained(stream).toOpaque()
        let result = unsafe archive_read_open(
            archive,
            address,
            nil,
            { _, address, buffer in
                guard let address = unsafe address else { return -1 }
                let stream = unsafe Unmanaged<LayerStream>.fromOpaque(address)
                    .takeUnretainedValue()
                guard let bytes = unsafe stream.next() else {
                    return stream.problem == nil ? 0 : -1
                }
                unsafe buffer?.pointee = bytes.baseAddress
                return bytes.count
            },
            nil
        )
        guard result == ARCHIVE_OK else { throw failure() }
    }

    deinit { unsafe archive_read_free(archive) }

    /// The next entry, or `nil` at the end.
    func next() throws(ImageError) -> LayerEntry? {
        var raw: OpaquePointer?
        // Safety: libarchive fills in a pointer to an entry that it owns until the next call; all
        // that we keep of it is copied here.
        let result = unsafe archive_read_next_header(archive, &raw)
        if result == ARCHIVE_EOF { return nil }
        guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry = unsafe raw else {
            throw failure()
        }
        let path = unsafe name(archive_entry_pathname(entry), archive_entry_pathname_utf8(entry))
        let mode = UInt32(unsafe archive_entry_perm(entry))
        let hardLink = unsafe name(
            archive_entry_hardlink(entry),
            archive_entry_hardlink_utf8(entry)
        )
        if !hardLink.isEmpty {
            return LayerEntry(path: path, mode: mode, kind: .hardLink(target: hardLink))
        }
        let link = unsafe name(archive_entry_symlink(entry), archive_entry_symlink_utf8(entry))
        let type = UInt32(unsafe archive_entry_filetype(entry))
        let kind: LayerEntry.Kind =
            switch type {
            case 0o100000: .file(byteCount: unsafe archive_entry_size(entry))
            case 0o040000: .folder
            case 0o120000: .symbolicLink(target: link)
            default: .other(type: type)
            }
        return LayerEntry(path: path, mode: mode, kind: kind)
    }

    /// At most `count` bytes of the entry's content; none at its end.
    func read(_ count: Int) throws(ImageError) -> [UInt8] {
        var result = 0
        // Safety: libarchive writes at most `count` bytes, which is what the array has room for.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            result = unsafe archive_read_data(archive, buffer.baseAddress, count)
            used = max(0, result)
        }
        guard result >= 0 else { throw failure() }
        return bytes
    }

    /// A name as the archive's bytes have it, or, where libarchive keeps it as Unicode only (pax) and
    /// the locale has no letters for it, as that; empty when it is neither.
    private func name(
        _ bytes: UnsafePointer<CChar>?,
        _ unicode: @autoclosure () -> UnsafePointer<CChar>?
    ) -> String {
        unsafe text(bytes) ?? text(unicode()) ?? ""
    }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String? {
        // Safety: libarchive's strings end with a zero byte.
        guard let pointer = unsafe pointer else { return nil }
        return unsafe String(validatingCString: pointer)
    }

    private func failure() -> ImageError {
        if let problem = stream?.problem { return problem }
        let message = unsafe text(archive_error_string(archive)) ?? "it cannot be read"
        return .malformed(what: name, message: message)
    }
}

/// What an archive says of one entry; nothing of it has been checked.
struct LayerEntry: Equatable {
    enum Kind: Equatable {
        case file(byteCount: Int64)
        case folder
        case symbolicLink(target: String)
        case hardLink(target: String)
        case other(type: UInt32)
    }

    var path: String
    /// Permission bits.
    var mode: UInt32
    var kind: Kind
}
