/// A random uid for an object that is new (RFC 9562, version 4).
enum UniqueID {
    static func make(using random: inout some RandomNumberGenerator) -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
        }
        return text
    }
}

extension UniqueID {
    /// One from the system's own randomness.
    static func random() -> String {
        var random = SystemRandomNumberGenerator()
        return make(using: &random)
    }
}
