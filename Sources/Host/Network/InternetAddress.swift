/// An IPv4 or IPv6 address: 4 or 16 bytes in network order.
public struct InternetAddress: Hashable, Sendable {
    /// The bytes, the first of the text first.
    public let bytes: [UInt8]

    /// An address of 4 or 16 bytes; nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads `127.64.0.1` or `fd00::1`; nil for what is neither.
    public init?(_ text: some StringProtocol) {
        let text = Array(text.utf8)
        // Why 45: the longest text of an address is no longer.
        guard text.count <= 45 else { return nil }
        let isLong = text.contains(UInt8(ascii: ":"))
        guard let bytes = isLong ? Self.long(text) : Self.short(text[...]) else { return nil }
        self.bytes = bytes
    }

    /// Whether it stands for every address of the host.
    public var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

    /// The IPv4 address that an IPv6 one of the form `::ffff:a.b.c.d` stands for; else this one.
    public var unmapped: InternetAddress {
        let prefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]
        guard bytes.count == 16, bytes.starts(with: prefix) else { return self }
        return InternetAddress(bytes: Array(bytes.suffix(4))) ?? self
    }

    /// Whether both have the same first `bitCount` bits, and the same length.
    func agrees(with other: InternetAddress, bitCount: Int) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        for (index, pair) in zip(bytes, other.bytes).enumerated() {
            let bits = min(8, max(0, bitCount - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            guard pair.0 & mask == pair.1 & mask else { return false }
        }
        return true
    }

    private static func short(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text
        // Why not split(): the runtime would make the type of its result at every start of a workload.
        repeat {
            let part = rest.prefix { $0 != UInt8(ascii: ".") }
            // Why no leading zero: some read it as octal, and nobody should have to guess.
            guard (1...3).contains(part.count), part.count == 1 || part.first != 0x30,
                let value = number(part, radix: 10), let byte = UInt8(exactly: value)
            else { return nil }
            bytes.append(byte)
            rest = rest[part.endIndex...]
        } while rest.popFirst() != nil
        return bytes.count == 4 ? bytes : nil
    }

    // Source: RFC 4291, section 2.2: groups of 16 bits, `::` once for a run of zeros, IPv4 at the end.
    private static func long(_ text: [UInt8]) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        let gaps = text.indices.dropLast().filter { text[$0] == colon && text[$0 + 1] == colon }
        guard gaps.count <= 1 else { return nil }
        guard let gap = gaps.first else {
            let bytes = groups(text[...])
            return bytes?.count == 16 ? bytes : nil
        }
        guard let head = groups(text[..<gap]), let tail = groups(text[(gap + 2)...]),
            head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let last = short(part) else { return nil }
                bytes += last
            } else {
                guard (1...4).contains(part.count), let group = number(part, radix: 16) else {
                    return nil
                }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes
    }

    /// At most four digits, so the value fits.
    private static func number(_ digits: ArraySlice<UInt8>, radix: Int) -> Int? {
        var value = 0
        for digit in digits {
            let one: UInt8
            switch digit {
            case 0x30...0x39: one = digit - 0x30
            case 0x41...0x46: one = digit - 0x41 + 10
            case 0x61...0x66: one = digit - 0x61 + 10
            case _: return nil
            }
            guard one < radix else { return nil }
            value = value * radix + Int(one)
        }
        return value
    }
}

extension InternetAddress: CustomStringConvertible {
    /// `127.64.0.1`, or eight groups in hexadecimal.
    public var description: String {
        if bytes.count == 4 { return bytes.map { "\($0)" }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { index in
            String(Int(bytes[index]) << 8 | Int(bytes[index + 1]), radix: 16)
        }
        return groups.joined(separator: ":")
    }
}
