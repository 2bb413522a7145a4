/// An amount of a resource, exact: `64Mi`, `250m`, `1.5`, `2e3`.
///
/// As in Kubernetes (apimachinery's resource.Quantity): what is finer than a billionth is rounded away
/// from zero, and equal amounts are equal however they were written.
public struct Quantity: Sendable {
    /// How the amount was written, and is written again.
    public enum Format: Sendable {
        /// Powers of 1,024: `Ki` to `Ei`.
        case binary
        /// Powers of 1,000: `n` to `E`.
        case decimal
        /// `e` and a power of ten.
        case exponent
    }

    /// The amount in billionths.
    public let nano: Int128
    /// The family of its suffix.
    public let format: Format

    /// The largest amount, 2^63 - 1, in billionths.
    private static let nanoMax = Int128(Int64.max) * 1_000_000_000

    /// An amount in billionths, cut to ±(2^63 - 1) whole units.
    public init(nano: Int128, format: Format = .decimal) {
        self.nano = min(max(nano, -Self.nanoMax), Self.nanoMax)
        self.format = format
    }

    /// A number of bytes.
    public init(bytes: Int64) {
        self.init(nano: Int128(bytes) * 1_000_000_000, format: .binary)
    }

    /// A number of thousandths, as of processors.
    public init(milli: Int64) {
        self.init(nano: Int128(milli) * 1_000_000, format: .decimal)
    }

    /// A number of things.
    public init(count: Int64) {
        self.init(nano: Int128(count) * 1_000_000_000, format: .decimal)
    }

    /// Whole units, a fraction counted as one more: bytes of memory.
    public var value: Int64 { Int64(clamping: Self.dividedUp(nano, by: 1_000_000_000)) }

    /// Thousandths, a fraction counted as one more: of processors.
    ///
    /// Amounts beyond Int64 are cut.
    public var milli: Int64 { Int64(clamping: Self.dividedUp(nano, by: 1_000_000)) }

    /// `dividend` / `divisor`, rounded away from zero.
    static func dividedUp(_ dividend: Int128, by divisor: Int128) -> Int128 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return remainder == 0 ? quotient : quotient + remainder.signum()
    }
}

extension Quantity: Hashable, Comparable {
    /// Whether both are the same amount.
    public static func == (left: Quantity, right: Quantity) -> Bool { left.nano == right.nano }
    /// Less before more.
    public static func < (left: Quantity, right: Quantity) -> Bool { left.nano < right.nano }
    /// By amount.
    public func hash(into hasher: inout Hasher) { hasher.combine(nano) }
}
