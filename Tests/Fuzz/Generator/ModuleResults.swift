public import Wasm

/// What a generated module gives here, as text.
///
/// A line for each call: its name and the results, or `trap` and why; then one for each memory: its
/// name, its size and a sum of its bytes.
public enum ModuleResults {
    /// Limits that no generated module meets: a few pages and the heap.
    public static let limits = ResourceLimits(memoryBytes: 32 << 20)

    /// Runs `module` within `limits` and tells everything that it gives; `prepare` is given the store first.
    public static func text(
        _ module: GeneratedModule,
        limits: ResourceLimits = limits,
        prepare: (Store) -> Void = { _ in }
    ) -> String {
        do {
            let decoded = try Module(bytes: ModuleBytes(copying: module.bytes))
            try decoded.validateAllBodies()
            let store = Store(limits: limits)
            prepare(store)
            let instance = try store.instantiate(decoded, imports: Imports())
            return text(module, instance)
        } catch {
            return "refused \(error)\n"
        }
    }

    /// The module and its results for `compare.py`: seed, 8 bytes; count and bytes of the module;
    /// count and bytes of the text; integers are little-endian, counts of 4 bytes.
    public static func record(_ module: GeneratedModule) -> [UInt8] {
        var record = Encode.littleEndian(module.seed)
        for part in [module.bytes, Array(text(module).utf8)] {
            record += Encode.littleEndian(UInt32(truncatingIfNeeded: part.count)) + part
        }
        return record
    }

    private static func text(_ module: GeneratedModule, _ instance: Instance) -> String {
        var text = ""
        for name in module.calls {
            do throws(Trap) {
                let results = try instance.invoke(name, [])
                text += name + results.map { " \(number($0))" }.joined() + "\n"
            } catch {
                text += "\(name) trap \(error.reason)\n"
            }
        }
        for index in 0..<module.memoryCount {
            guard case .memory(let memory)? = instance.export("m\(index)") else { continue }
            text += "m\(index) \(memory.bytes.byteCount) \(checksum(memory.bytes))\n"
        }
        return text
    }

    /// Adler-32, of RFC 1950, which zlib has too.
    private static func checksum(_ memory: GuestMemory) -> UInt32 {
        var low: UInt32 = 1
        var high: UInt32 = 0
        var address: UInt64 = 0
        while let word = memory.load(UInt64.self, at: address) {
            for shift in 0..<8 {
                low = (low + UInt32(truncatingIfNeeded: word >> UInt64(shift * 8) & 0xFF)) % 65_521
                high = (high + low) % 65_521
            }
            address += 8
        }
        return high << 16 | low
    }

    private static func number(_ value: Value) -> UInt64 {
        switch value {
        case .i32(let bits): UInt64(bits)
        case .i64(let bits): bits
        case .f32, .f64, .v128, .reference: 0
        }
    }
}
