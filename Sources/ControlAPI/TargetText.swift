/// Writes the path and query of a request line; the opposite of ``RequestTarget``.
enum TargetText {
    static func encode(path: [String], query: [String: String]) -> String {
        let path = "/" + path.map(encode).joined(separator: "/")
        guard !query.isEmpty else { return path }
        // Sorted, so that the same question is the same bytes.
        let pairs = query.sorted { $0.key < $1.key }
        return path + "?"
            + pairs.map { encode($0.key) + "=" + encode($0.value) }.joined(separator: "&")
    }

    /// Leaves the unreserved characters of RFC 3986 section 2.3 and encodes every other byte.
    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
