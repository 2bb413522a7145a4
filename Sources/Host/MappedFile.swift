internal import CLinux
internal import Glibc

// This file is a fence: it maps a file into memory.

/// A file mapped read-only for as long as this process runs: its pages are shared by all processes
/// that map it, and the kernel can drop them.
public enum MappedFile {
    /// Maps a regular file of at most `byteCountMax` bytes; an empty one is an empty buffer.
    ///
    /// The caller sees to it that nobody changes the file: the image store never does.
    public static func map(
        _ path: String,
        byteCountMax: Int64
    ) throws(HostError) -> UnsafeRawBufferPointer {
        let file = try SystemCall.open(path, O_RDONLY)
        // Its number is used bare below.
        defer { withExtendedLifetime(file) {} }
        var facts = stat()
        // Safety: the result is a local of the right type.
        guard unsafe fstat(file.number, &facts) == 0 else {
            throw .system(call: "fstat", path: path, errno: errno)
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw .malformed(path: path, reason: "is not a file")
        }
        guard facts.st_size <= byteCountMax else {
            throw .malformed(path: path, reason: "is larger than \(byteCountMax) bytes")
        }
        guard facts.st_size > 0 else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
        let length = Int(facts.st_size)
        // Safety: never unmapped, so the buffer stays valid.
        let base = unsafe mmap(nil, length, PROT_READ, MAP_PRIVATE, file.number, 0)
        guard unsafe base != MAP_FAILED else {
            throw .system(call: "mmap", path: path, errno: errno)
        }
        return unsafe UnsafeRawBufferPointer(start: base, count: length)
    }
}
