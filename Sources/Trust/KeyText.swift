internal import KubeModel

/// Keys as text: PEM around the two DER forms of RFC 8410, as OpenSSL writes them.
enum KeyText {
    // Source: RFC 8410, sections 4 and 7: what stands in front of the 32 bytes of a key.
    static let publicPrefix: [UInt8] = [
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]
    static let privatePrefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ]
    // Why: a key's file has 120 bytes; a larger one is something else.
    static let byteCountMax = 4_096

    /// The text of a key.
    static func pem(_ key: [UInt8], prefix: [UInt8], label: String) -> String {
        "-----BEGIN \(label)-----\n\(Base64.encode(prefix + key))\n-----END \(label)-----\n"
    }

    /// The 32 bytes of a key; nil for anything else.
    ///
    /// The lines around the base64 may be missing, so that a public key fits into one line of a
    /// configuration file.
    static func key(_ text: String, prefix: [UInt8], label: String) -> [UInt8]? {
        guard text.utf8.count <= byteCountMax else { return nil }
        var lines = text.split(whereSeparator: \.isNewline).map(String.init)
        if lines.first == "-----BEGIN \(label)-----" {
            guard lines.last == "-----END \(label)-----", lines.count >= 3 else { return nil }
            lines = Array(lines.dropFirst().dropLast())
        }
        guard let bytes = Base64.decode(lines.joined()), bytes.starts(with: prefix) else {
            return nil
        }
        let key = Array(bytes.dropFirst(prefix.count))
        return key.count == Ed25519.keyByteCount ? key : nil
    }
}
