/// Small files of `key=value` lines, as our programs leave them for each other.
///
/// A value holds no line end. The last line ends in one too, so that half a file is seen as such. Values are
/// known where a file was read, and not where one is made: a dictionary costs every start of a workload.
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
    }

    private static let checksumKey = "checksum"

    /// Adds a first line that tells whether all after it are those that were written.
    ///
    /// Why the first: what loses it has lost what stands beside it on the disk too.
    mutating func addChecksum() {
        bytes = Array("\(Self.checksumKey)=\(Self.checksum(bytes[...]))\n".utf8) + bytes
    }

    /// Refuses lines that are not those that were written, as a power cut may leave them where nobody
    /// synced: blocks that are empty, or somebody else's.
    ///
    /// Lines without a checksum pass: an older runner wrote them, and it synced them.
    func checkSum(path: String) throws(HostError) {
        guard let wanted = values[Self.checksumKey] else { return }
        let firstLine = Array("\(Self.checksumKey)=\(wanted)\n".utf8)
        guard bytes.starts(with: firstLine),
            wanted == Self.checksum(bytes.dropFirst(firstLine.count))
        else { throw .malformed(path: path, reason: "is not what was written") }
    }

    // Source: FNV-1a, 64 bits. Against accidents, not against forgers: those would write a right one.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "\(hash)"
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
