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
    /// Processor time of the whole process.
    var processorNanoseconds: Int64
    /// Until the guest's first instruction: mapping, decoding, linking.
    var startNanoseconds: Int64
    /// Bytes of the module's file.
    var moduleBytes: Int
    /// What the store gave out, at its most, and how often it had to refuse.
    var usage: ResourceUsage
    /// Bytes that this process alone has written to, at the end; `nil` where the kernel does not tell.
    var privateBytes: Int64?
    /// Instructions that were counted, when they were.
    var fuelUsed: UInt64?

    func text(_ form: Form) -> String {
        switch form {
        case .text: lines.map { label, value in Self.line(label, value) }.joined()
        case .json:
            "{" + numbers.map { "\"\($0)\":\($1)" }.joined(separator: ",") + ",\"peakBytes\":{"
                + shares.map { "\"\($0.share.name)\":\($0.bytes)" }.joined(separator: ",")
                + "}}\n"
        }
    }

    private static func line(_ label: String, _ value: String) -> String {
        label + String(repeating: " ", count: max(1, 18 - label.utf8.count)) + value + "\n"
    }

    private var lines: [(String, String)] {
        var lines = [
            ("wall time", "\(wallNanoseconds / 1_000) us"),
            ("processor time", "\(processorNanoseconds / 1_000) us"),
            ("start", "\(startNanoseconds / 1_000) us"),
        ]
        if let fuelUsed { lines.append(("fuel", "\(fuelUsed)")) }
        let percent = usage.codePercent
        let hundredths = percent % 100
        let ratio = "\(percent / 100).\(hundredths < 10 ? "0" : "")\(hundredths)"
        lines += [
            ("module", "\(moduleBytes) bytes"),
            (
                "translated",
                "\(usage.functionsTranslated) functions, \(usage.bodyBytesTranslated) bytes to "
                    + "\(usage.codeBytes) (\(ratio) for each), \(usage.functionsEvicted) evicted"
            ),
            ("memory peak", "\(usage.memoryBytesPeak) bytes, \(usage.refusedAllocations) refused"),
        ]
        if let privateBytes { lines.append(("process", "\(privateBytes) bytes of its own")) }
        return lines + shares.map { ("  \($0.share.name)", "\($0.bytes) bytes") }
    }

    private var shares: [(share: MemoryShare, bytes: UInt64)] {
        MemoryShare.allCases.map { ($0, usage.sharePeaks[$0] ?? 0) }
    }

    private var numbers: [(String, Int64)] {
        var numbers = [
            ("wallNanoseconds", wallNanoseconds), ("processorNanoseconds", processorNanoseconds),
            ("startNanoseconds", startNanoseconds), ("moduleBytes", Int64(moduleBytes)),
            ("memoryBytesPeak", Int64(clamping: usage.memoryBytesPeak)),
            ("memoryRefusals", Int64(clamping: usage.refusedAllocations)),
            ("functionsTranslated", Int64(usage.functionsTranslated)),
            ("functionsEvicted", Int64(usage.functionsEvicted)),
            ("bodyBytesTranslated", Int64(usage.bodyBytesTranslated)),
            ("codeBytes", Int64(usage.codeBytes)),
            ("codePercent", Int64(usage.codePercent)),
        ]
        if let privateBytes { numbers.append(("privateBytes", privateBytes)) }
        if let fuelUsed { numbers.append(("fuel", Int64(clamping: fuelUsed))) }
        return numbers
    }
}
