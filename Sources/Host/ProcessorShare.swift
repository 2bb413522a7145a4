/// Parts of processors, in thousandths, as Kubernetes counts them.
public enum ProcessorShare {
    /// A thousand thousandths: one processor.
    public static let whole: UInt64 = 1_000

    /// How long to wait so that the use of a processor stays within its share; 0 or less: not at all.
    ///
    /// - Parameters:
    ///   - usedNanoseconds: Time of a processor that was used.
    ///   - elapsedNanoseconds: Time that has passed meanwhile.
    ///   - millicores: The share, from 1 on.
    /// - Returns: Nanoseconds.
    public static func debtNanoseconds(
        usedNanoseconds: Int64,
        elapsedNanoseconds: Int64,
        millicores: UInt64
    ) -> Int64 {
        let used = UInt64(clamping: usedNanoseconds)
        let (product, overflow) = used.multipliedReportingOverflow(by: whole)
        let needed = overflow ? UInt64(Int64.max) : product / max(millicores, 1)
        return Int64(clamping: needed).subtractingReportingOverflow(max(elapsedNanoseconds, 0))
            .partialValue
    }

    /// Reads `250m`, `0.25` or `2`; nil for anything else, and for nothing at all.
    public static func millicores(_ text: String) -> UInt64? {
        if text.last == "m" {
            return UInt64(text.dropLast()).flatMap { $0 > 0 ? $0 : nil }
        }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let cores = UInt64(first), cores <= 1_000_000 else {
            return nil
        }
        var thousandths: UInt64 = 0
        if parts.count > 1 {
            guard (1...3).contains(parts[1].utf8.count), let number = UInt64(parts[1]) else {
                return nil
            }
            thousandths = [100, 10, 1][parts[1].utf8.count - 1] * number
        }
        let all = cores * whole + thousandths
        return all > 0 ? all : nil
    }
}
