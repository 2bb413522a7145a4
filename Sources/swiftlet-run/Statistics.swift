import Wasm

/// What a run has cost.
struct Statistics {
    /// How it is told.
    enum Form {
        case text
        case json
    }

    /// From reading the module to the guest's end.
    var wallNanoseconds: Int64
    /// Until the guest's first instruction: mapping, decoding, linking.
    var startNanoseconds: Int64
    /// Bytes of the module's file.
    var moduleBytes: Int
    /// What the store gave out, at its most, and how often it had to refuse.
    var usage: ResourceUsage
    /// Instructions that were counted, when they were.
    var fuelUsed: UInt64?

    func text(_ form: Form) -> String {
        switch form {
        case .text:
            """
            wall time    \(wallNanoseconds / 1_000) us
            start        \(startNanoseconds / 1_000) us
            module       \(moduleBytes) bytes
            memory peak  \(usage.memoryBytesPeak) bytes
            translated   \(usage.functionsTranslated) functions

            """ + (fuelUsed.map { "fuel         \($0)\n" } ?? "")
        case .json:
            "{"
                + numbers.map { "\"\($0)\":\($1)" }.joined(separator: ",")
                + "}\n"
        }
    }

    private var numbers: [(String, Int64)] {
        var numbers = [
            ("wallNanoseconds", wallNanoseconds), ("startNanoseconds", startNanoseconds),
            ("moduleBytes", Int64(moduleBytes)),
            ("memoryBytesPeak", Int64(clamping: usage.memoryBytesPeak)),
            ("memoryRefusals", Int64(clamping: usage.refusedAllocations)),
            ("functionsTranslated", Int64(usage.functionsTranslated)),
        ]
        if let fuelUsed { numbers.append(("fuel", Int64(clamping: fuelUsed))) }
        return numbers
    }
}
