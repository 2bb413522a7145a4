/// A tar archive written byte by byte, so that it can say what no honest tool would.
///
/// Source: POSIX.1-2017, pax, "ustar Interchange Format".
struct TarArchive {
    private(set) var bytes: [UInt8] = []

    /// The archive with its end mark.
    var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1_024) }

    mutating func file(_ name: String, _ content: String, mode: Int = 0o644) {
        add(name, type: "0", content: Array(content.utf8), mode: mode)
    }
    mutating func file(_ name: String, _ content: [UInt8]) {
        add(name, type: "0", content: content)
    }
    mutating func folder(_ name: String, mode: Int = 0o755) { add(name, type: "5", mode: mode) }
    mutating func symbolicLink(_ name: String, to target: String) {
        add(name, type: "2", link: target)
    }
    mutating func hardLink(_ name: String, to target: String) { add(name, type: "1", link: target) }
    /// A pax header in front of the next entry; names in it are Unicode.
    mutating func pax(_ records: [(String, String)]) {
        var content = ""
        for (key, value) in records {
            // The length counts itself.
            let rest = key.utf8.count + value.utf8.count + 3
            var length = rest + String(rest).utf8.count
            length = rest + String(length).utf8.count
            content += "\(length) \(key)=\(value)\n"
        }
        add("pax", type: "x", content: Array(content.utf8))
    }
    /// GNU's way to say a long name of the next entry.
    mutating func longName(_ name: String) {
        add("././@LongLink", type: "L", content: Array((name + "\0").utf8))
    }
    mutating func device(_ name: String) { add(name, type: "3") }
    mutating func pipe(_ name: String) { add(name, type: "6") }

    private mutating func add(
        _ name: String,
        type: Character,
        content: [UInt8] = [],
        link: String = "",
        mode: Int = 0o644
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        func octal(_ value: Int, _ width: Int) -> String {
            let digits = String(value, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(String(name.prefix(100)), at: 0)
        put(octal(mode, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(content.count, 11), at: 124)
        put(octal(0, 11), at: 136)
        put("        ", at: 148)
        put(String(type), at: 156)
        put(String(link.prefix(100)), at: 157)
        put("ustar", at: 257)
        put("00", at: 263)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6), at: 148)
        header[154] = 0
        bytes += header + content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }
}
