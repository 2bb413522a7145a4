/// Small files of `key=value` lines, as our programs leave them for each other.
///
/// A value holds no line end. The last line ends in one too, so that half a file is seen as such.
struct KeyValueLines: Equatable {
    private(set) var values: [String: String] = [:]
    private(set) var bytes: [UInt8] = []
    // Why: an exit record's message is the longest value, and is cut to less.
    static let byteCountMax = 16_384

    init() {}

    /// Reads such a file.
    init(_ bytes: [UInt8], path: String) throws(HostError) {
        guard bytes.last == UInt8(ascii: "\n") else {
            throw .malformed(path: path, reason: "does not end in a line end")
        }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let mark = line.firstIndex(of: UInt8(ascii: "=")) else {
                throw .malformed(path: path, reason: "has a line without =")
            }
            let key = String(decoding: line[..<mark], as: UTF8.self)
            values[key] = String(decoding: line[(mark + 1)...], as: UTF8.self)
        }
        self.bytes = bytes
    }

    /// Adds a line; line ends in the value become blanks.
    mutating func add(_ key: String, _ value: String) {
        let line = value.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        bytes += Array("\(key)=".utf8) + line + [UInt8(ascii: "\n")]
        values[key] = String(decoding: line, as: UTF8.self)
    }

    func text(_ key: String, path: String) throws(HostError) -> String {
        guard let value = values[key] else { throw .malformed(path: path, reason: "has no \(key)") }
        return value
    }

    func number<T: FixedWidthInteger>(
        _ key: String,
        _: T.Type,
        path: String
    ) throws(HostError) -> T {
        let value = try text(key, path: path)
        guard let number = T(value) else {
            throw .malformed(path: path, reason: "has \(key)=\(value), which is no number")
        }
        return number
    }
}
