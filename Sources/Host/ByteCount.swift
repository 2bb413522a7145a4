/// A number of bytes as a user writes it: `1048576`, `64Mi`, `2G`.
///
/// Source: Kubernetes resource quantities, whole numbers only: `Ki Mi Gi Ti` count in 1024s, and
/// `k M G T` in 1000s.
public struct ByteCount: Equatable, Sendable {
    /// The bytes.
    public let bytes: UInt64

    private static let units: [(suffix: String, bytes: UInt64)] = [
        ("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("Ti", 1 << 40),
        ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000), ("", 1),
    ]

    /// Reads a number with its unit; `nil` when it is none, or more than 64 bits hold.
    public init?(_ text: String) {
        for unit in Self.units where text.hasSuffix(unit.suffix) {
            guard let count = wholeNumber(text.dropLast(unit.suffix.count)) else { return nil }
            let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
            guard !overflow else { return nil }
            self.bytes = bytes
            return
        }
        return nil
    }
}

/// A length of time as a user writes it: `10s`, `1m30s`, `250ms`, `1h`.
public struct TimeSpan: Equatable, Sendable {
    /// The nanoseconds.
    public let nanoseconds: UInt64

    // "ms" stands before "m": the longer unit is tried first.
    private static let units: [(suffix: String, nanoseconds: UInt64)] = [
        ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
    ]

    /// Reads one or more numbers, each with its unit; `nil` when it is none, or beyond 64 bits.
    public init?(_ text: String) {
        var rest = Substring(text)
        var total: UInt64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            guard let count = wholeNumber(digits),
                let unit = Self.units.first(where: { rest.hasPrefix($0.suffix) })
            else { return nil }
            rest = rest.dropFirst(unit.suffix.count)
            let (part, tooLong) = count.multipliedReportingOverflow(by: unit.nanoseconds)
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !tooLong, !overflow else { return nil }
            total = sum
        }
        nanoseconds = total
    }
}

/// A number of digits alone: no sign, no blank.
func wholeNumber(_ text: Substring) -> UInt64? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt64(text)
}
