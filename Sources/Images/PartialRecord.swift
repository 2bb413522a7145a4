/// What is known of the bytes of a partial blob: three lines and a digest of them.
///
/// A file has two places for it, written in turns: a write that a cut tears in two leaves the other.
struct PartialRecord: Equatable {
    /// Bytes of one: a SHA-512 with its digest is known in 700.
    private static let byteCountMax = 1_024
    /// Where the second begins: in another block of the disk.
    private static let secondPlace = 4_096

    /// What is written where.
    struct Slot: Equatable {
        let bytes: [UInt8]
        let place: Int64

        /// A record for the first place or the second.
        init(_ record: PartialRecord, of blob: BlobDescriptor, _ slot: Int) {
            let bytes = record.bytes(for: blob)
            let rest = max(0, PartialRecord.byteCountMax - bytes.count)
            self.bytes = bytes + [UInt8](repeating: 0, count: rest)
            place = slot == 0 ? 0 : Int64(PartialRecord.secondPlace)
        }
    }

    var bootID: String
    var byteCount: Int64
    var state: [UInt8]

    /// What stands in the file; the last line is a digest of the others.
    func bytes(for blob: BlobDescriptor) -> [UInt8] {
        let digits = state.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        let body = "\(blob.digest) \(blob.byteCount)\n\(bootID) \(byteCount)\n\(digits.joined())\n"
        return Array((body + Digest.of(Array(body.utf8)).hex + "\n").utf8)
    }

    /// What a file says that is whole and about this blob, where there are two the later, and its place.
    static func newest(
        _ path: String,
        for blob: BlobDescriptor
    ) -> (record: PartialRecord, slot: Int)? {
        let most = Int64(secondPlace + byteCountMax)
        guard let bytes = try? StoreFile.read(path, byteCountMax: most) else { return nil }
        let parts = [bytes.prefix(byteCountMax), bytes.dropFirst(secondPlace)]
        var best: (record: PartialRecord, slot: Int)?
        for (slot, part) in parts.enumerated() {
            let written = Array(part.prefix { $0 != 0 })
            guard let record = PartialRecord(written, for: blob),
                record.byteCount > best?.record.byteCount ?? -1
            else { continue }
            best = (record, slot)
        }
        return best
    }

    init(bootID: String, byteCount: Int64, state: [UInt8]) {
        self.bootID = bootID
        self.byteCount = byteCount
        self.state = state
    }

    init?(_ bytes: [UInt8], for blob: BlobDescriptor) {
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        guard lines.count == 5, lines[4].isEmpty, lines[0] == "\(blob.digest) \(blob.byteCount)"
        else { return nil }
        let body = lines[..<3].joined(separator: "\n") + "\n"
        guard Digest.of(Array(body.utf8)).hex == lines[3] else { return nil }
        let words = lines[1].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, let byteCount = Int64(words[1]),
            (0...blob.byteCount).contains(byteCount)
        else { return nil }
        let digits = Array(lines[2])
        var state: [UInt8] = []
        for start in stride(from: 0, to: digits.count - 1, by: 2) {
            guard let byte = UInt8(String(digits[start...start + 1]), radix: 16) else { return nil }
            state.append(byte)
        }
        self.init(bootID: String(words[0]), byteCount: byteCount, state: state)
    }
}
