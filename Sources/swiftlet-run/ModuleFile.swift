import Glibc
import Wasm

// This file is a fence: it maps the module into memory.

/// A module's file, mapped read-only: its pages are shared by all processes that run it, and the
/// kernel can drop them.
enum ModuleFile {
    // Source: WebAssembly, sizes are 32 bits.
    private static let byteCountMax = Int64(UInt32.max)

    /// Maps the file for as long as this process runs.
    static func map(_ path: String) throws(RunError) -> ModuleBytes {
        // Safety: the path is a Swift string; the facts are a local.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, reason: lastError) }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else {
            throw .file(path: path, reason: lastError)
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw .file(path: path, reason: "is not a file")
        }
        guard facts.st_size <= byteCountMax else {
            throw .file(path: path, reason: "is larger than 4 GiB")
        }
        guard facts.st_size > 0 else { return ModuleBytes(copying: []) }
        let length = Int(facts.st_size)
        let base = unsafe mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let base = unsafe base, unsafe base != MAP_FAILED else {
            throw .file(path: path, reason: lastError)
        }
        // Safety: never unmapped; the image store changes no file that it has taken in.
        return unsafe ModuleBytes(UnsafeRawBufferPointer(start: base, count: length))
    }

    private static var lastError: String {
        // Safety: strerror answers with a zero-terminated string for every number.
        unsafe String(cString: strerror(errno))
    }
}
