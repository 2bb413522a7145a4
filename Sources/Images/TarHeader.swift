/// Headers of a tar archive that we write ourselves: plain files with short names.
///
/// Source: POSIX.1-2017, pax, "ustar Interchange Format".
public enum TarHeader {
    /// Bytes of a header, and what each file is filled up to a multiple of.
    public static let byteCount = 512
    /// Longest name in bytes.
    public static let nameByteCountMax = 100
    /// Largest file in bytes: eleven octal digits.
    public static let fileByteCountMax: Int64 = (1 << 33) - 1

    /// What ends an archive.
    public static let end = [UInt8](repeating: 0, count: 2 * byteCount)

    /// The header of a file; `nil` when its name or length does not fit.
    public static func file(_ name: String, byteCount: Int64) -> [UInt8]? {
        guard name.utf8.count <= nameByteCountMax, (0...fileByteCountMax).contains(byteCount)
        else { return nil }
        var header = [UInt8](repeating: 0, count: Self.byteCount)
        func put(_ text: String, _ offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        put(name, 0)
        put(octal(0o644, 7), 100)
        put(octal(0, 7), 108)
        put(octal(0, 7), 116)
        put(octal(byteCount, 11), 124)
        put(octal(0, 11), 136)
        put("        ", 148)
        put("0", 156)
        put("ustar", 257)
        put("00", 263)
        let sum = header.reduce(Int64(0)) { $0 + Int64($1) }
        put(octal(sum, 6) + "\0 ", 148)
        return header
    }

    /// The zeros after a file of that length.
    public static func padding(after byteCount: Int64) -> [UInt8] {
        let over = Int(byteCount % Int64(Self.byteCount))
        return over == 0 ? [] : [UInt8](repeating: 0, count: Self.byteCount - over)
    }

    private static func octal(_ value: Int64, _ width: Int) -> String {
        let digits = String(value, radix: 8)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
