/// What bytes must hash to, as OCI writes it: `sha256:` or `sha512:` and lowercase hexadecimal digits.
///
/// Source: OCI image specification 1.1, descriptor.md, "Digests".
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// The hash functions that registries use.
    public enum Algorithm: String, Hashable, Sendable, CaseIterable {
        /// SHA-256.
        case sha256
        /// SHA-512.
        case sha512

        /// Hexadecimal digits of a digest.
        public var digitCount: Int {
            switch self {
            case .sha256: 64
            case .sha512: 128
            }
        }
    }

    /// The hash function.
    public let algorithm: Algorithm
    /// Lowercase hexadecimal digits.
    public let hex: String

    /// Reads `sha256:…` or `sha512:…`; `nil` when the text is neither, or has other digits.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let algorithm = Algorithm(rawValue: String(parts[0])),
            parts[1].utf8.count == algorithm.digitCount,
            parts[1].utf8.allSatisfy(Self.isDigit)
        else { return nil }
        self.algorithm = algorithm
        hex = String(parts[1])
    }

    init(algorithm: Algorithm, bytes: [UInt8]) {
        self.algorithm = algorithm
        let digits = Array("0123456789abcdef".utf8)
        hex = String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }

    /// `sha256:` and the digits.
    public var description: String { "\(algorithm.rawValue):\(hex)" }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
