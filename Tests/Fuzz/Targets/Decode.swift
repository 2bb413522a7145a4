import Wasm

// Fuzzer for libFuzzer: any bytes are a module, or are refused at a byte that they have.

/// Decodes and validates what the fuzzer made up.
@_cdecl("LLVMFuzzerTestOneInput")
public func testDecoding(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let input = ModuleBytes(UnsafeRawBufferPointer(start: bytes, count: count))
    do throws(ModuleError) {
        let module = try Module(bytes: input)
        try module.validateAllBodies()
    } catch {
        precondition((0...count).contains(error.byteOffset) && !error.message.isEmpty)
    }
    return 0
}
