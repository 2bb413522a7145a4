import Wasm

// Fuzzer for libFuzzer: whatever a module does, it ends, and keeps to its budget.

/// Instructions that an input may spend: endless loops are no surprise here.
private let fuel: UInt64 = 20_000
private let memoryBytes: UInt64 = 4 << 20
/// Exports that are called: the last of many bring nothing new.
private let callCountMax = 16

/// Translates and runs what the fuzzer made up; imports are given what they ask for.
@_cdecl("LLVMFuzzerTestOneInput")
public func testExecution(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let input = ModuleBytes(UnsafeRawBufferPointer(start: bytes, count: count))
    guard let module = try? Module(bytes: input) else { return 0 }
    let limits = ResourceLimits(memoryBytes: memoryBytes, stackBytes: 256 << 10, fuel: fuel)
    let store = Store(limits: limits)
    // Bodies are validated on their first call, as after admission.
    if let imports = try? StandIns.imports(for: module, in: store),
        let instance = try? store.instantiate(module, imports: imports)
    {
        for export in module.exports.prefix(callCountMax) where export.kind == .function {
            guard let type = instance.functionType(export.name) else { continue }
            _ = try? instance.invoke(export.name, type.parameters.map(StandIns.zero))
        }
    }
    precondition(store.usage.memoryBytesPeak <= memoryBytes, "over the budget")
    return 0
}
