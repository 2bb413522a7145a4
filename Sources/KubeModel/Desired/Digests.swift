/// The digests that this module needs and does not make itself, since it knows no library.
public struct Digests: Sendable {
    /// SHA-1 (FIPS 180-4): 20 bytes, for UUIDs only.
    public var sha1: @Sendable ([UInt8]) -> [UInt8]
    /// SHA-256 (FIPS 180-4): 32 bytes.
    public var sha256: @Sendable ([UInt8]) -> [UInt8]

    /// Digests by these functions.
    public init(
        sha1: @escaping @Sendable ([UInt8]) -> [UInt8],
        sha256: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        self.sha1 = sha1
        self.sha256 = sha256
    }
}

/// Bytes as lowercase hexadecimal digits.
public enum Hexadecimal {
    /// Two digits a byte.
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that `text` stands for; nil for what is no pairs of lowercase hexadecimal digits.
    public static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for start in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(of: digits[start]), let low = value(of: digits[start + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// UUIDs that are made from names (RFC 9562, version 5).
public enum NameUUID {
    /// The space of names of this project: the version 5 UUID of `swiftlet.dev` in the space of domain
    /// names.
    static let space: [UInt8] = [
        0xE3, 0xC3, 0x36, 0x45, 0xF0, 0xBE, 0x5A, 0x9D, 0x8E, 0x1F, 0xA2, 0xB9, 0x0A, 0x86, 0x2A,
        0xC6,
    ]

    /// The UUID of `name` in `space`.
    ///
    /// - Parameters:
    ///   - name: Any text.
    ///   - space: The 16 bytes of the space's own UUID.
    ///   - sha1: The digest.
    /// - Returns: 36 characters in lower case.
    public static func version5(
        name: String,
        space: [UInt8],
        sha1: ([UInt8]) -> [UInt8]
    ) -> String {
        var bytes = Array(sha1(space + Array(name.utf8)).prefix(16))
        while bytes.count < 16 { bytes.append(0) }
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        let parts = [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10..<16]]
        return parts.map { Hexadecimal.text($0) }.joined(separator: "-")
    }

    /// The uid of an object that was written by hand: the UUID of `NODE/KIND/NAMESPACE/NAME`.
    ///
    /// - Parameters:
    ///   - node: The node's name.
    ///   - kind: The kind, as `Pod`.
    ///   - namespace: The object's namespace.
    ///   - name: The object's name.
    ///   - digests: Where SHA-1 comes from.
    /// - Returns: 36 characters in lower case; the same each time.
    public static func ofObject(
        node: String,
        kind: ObjectKind,
        namespace: String,
        name: String,
        digests: Digests
    ) -> String {
        version5(
            name: "\(node)/\(kind.rawValue)/\(namespace)/\(name)",
            space: space,
            sha1: digests.sha1
        )
    }
}
