// A workload in Swift: the toolchain's embedded mode compiles it to a module of about a kilobyte.
// It greets through the one WASI function that it needs.

/// Where the bytes of one piece of output lie in the module's memory.
struct OutputVector {
    var start: UnsafePointer<UInt8>
    var byteCount: Int32
}

// Why `c`: Swift's own calling convention adds two parameters, and the import would not link.
@_extern(c)
@_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_write")
func fd_write(
    _ descriptor: Int32,
    _ vectors: UnsafeRawPointer,
    _ vectorCount: Int32,
    _ writtenByteCount: UnsafeMutablePointer<Int32>
) -> Int32

@_cdecl("_start")
func start() {
    let text: StaticString = "greetings from Swift, inside Swift\n"
    var vector = OutputVector(start: text.utf8Start, byteCount: Int32(text.utf8CodeUnitCount))
    var written: Int32 = 0
    _ = fd_write(1, &vector, 1, &written)
}
