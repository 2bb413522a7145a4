import TestKit
import Testing

@testable import Images

// Goal: what is on the disk is neither fetched nor hashed again, and what a power cut left is not
// believed. Method: pulls that stop at every kind of place, with the state on disk changed in between.
@Suite("Partial blobs")
struct PartialBlobTests {
    static let bytes: [UInt8] = {
        var random = SeededGenerator(seed: 9)
        return random.bytes(2_500_000)
    }()

    static let blob = BlobDescriptor(
        mediaType: "application/octet-stream",
        digest: Digest.of(bytes),
        byteCount: Int64(bytes.count)
    )

    /// Takes bytes up to a place, as a pull that is killed there.
    func fetch(_ path: String, to end: Int, blob: BlobDescriptor = blob) throws -> Int64 {
        var partial = try PartialBlob.open(blob, at: path)
        let start = partial.resumedFrom
        var position = Int(start)
        while position < end {
            let next = min(position + 16_384, end)
            try partial.append(Array(Self.bytes[position..<next]))
            position = next
        }
        return start
    }

    @Test("a killed pull goes on at its last byte", arguments: [1, 65_536, 1_048_576, 2_000_001])
    func kill(count: Int) throws {
        try withScratchDirectory { folder in
            let path = folder + "/b"
            #expect(try fetch(path, to: count) == 0)
            var partial = try PartialBlob.open(Self.blob, at: path)
            #expect(partial.resumedFrom == Int64(count))
            try partial.append(Array(Self.bytes[count...]))
            #expect(try partial.finish() == Self.blob.digest)
        }
    }

    @Test("after a power cut it goes on at the last sync, whatever stands behind it")
    func powerCut() throws {
        try withScratchDirectory { folder in
            let path = folder + "/b"
            _ = try fetch(path, to: 1_800_000)
            var record = try #require(PartialRecord.read(path + ".state", for: Self.blob))
            #expect(record.byteCount == 1_048_576)
            record.bootID = "another"
            try writeFile(path + ".state", record.bytes(for: Self.blob))
            let bytes = try readBytes(path)
            try writeFile(path, bytes[..<1_500_000] + [UInt8](repeating: 0, count: 300_000))
            var partial = try PartialBlob.open(Self.blob, at: path)
            #expect(partial.resumedFrom == 1_048_576)
            try partial.append(Array(Self.bytes[1_048_576...]))
            #expect(try partial.finish() == Self.blob.digest)
        }
    }

    @Test("a link that is cut leaves all on the disk that came")
    func keep() throws {
        try withScratchDirectory { folder in
            var partial = try PartialBlob.open(Self.blob, at: folder + "/b")
            try partial.append(Array(Self.bytes[..<700_000]))
            try partial.keep()
            let record = try #require(PartialRecord.read(folder + "/b.state", for: Self.blob))
            #expect(record.byteCount == 700_000)
        }
    }

    @Test("a state that is damaged, of another blob, or ahead of its bytes is not believed")
    func damage() throws {
        try withScratchDirectory { folder in
            let path = folder + "/b"
            _ = try fetch(path, to: 1_200_000)
            let good = try readBytes(path + ".state")
            let data = try readBytes(path)
            var other = Self.blob
            other.byteCount += 1
            for index in stride(from: 0, to: good.count, by: 7) {
                var bad = good
                bad[index] ^= 1
                #expect(PartialRecord(bad, for: Self.blob) == nil, "byte \(index)")
                #expect(PartialRecord(Array(good[..<index]), for: Self.blob) == nil)
            }
            #expect(PartialRecord(good, for: other) == nil)
            try writeFile(path, Array(data[..<1_000_000]))
            #expect(try PartialBlob.open(Self.blob, at: path).resumedFrom == 0)
        }
    }

    @Test("a state whose numbers lead out of libcrypto's buffer is refused")
    func hostileState() {
        for algorithm in Digest.Algorithm.allCases {
            var hasher = DigestHasher(algorithm)
            hasher.update([1, 2, 3])
            let state = hasher.state
            var refused = 0
            for index in state.indices {
                var bad = state
                bad[index] = 0xFF
                var again = DigestHasher(algorithm)
                if !again.resume(from: bad) { refused += 1 }
            }
            #expect(refused >= 7)
            var again = DigestHasher(algorithm)
            let isShort = again.resume(from: Array(state.dropLast()))
            let isWhole = again.resume(from: state)
            #expect(!isShort && isWhole)
            again.update([4])
            let digest = again.finish()
            #expect(digest == Digest.of([1, 2, 3, 4], algorithm))
        }
    }

    @Test("small blobs leave no state")
    func small() throws {
        try withScratchDirectory { folder in
            let bytes = Array(Self.bytes[..<65_536])
            let blob = BlobDescriptor(
                mediaType: "",
                digest: Digest.of(bytes),
                byteCount: Int64(bytes.count)
            )
            _ = try fetch(folder + "/b", to: 1_000, blob: blob)
            #expect(throws: TestKitError.self) { try readBytes(folder + "/b.state") }
            #expect(try PartialBlob.open(blob, at: folder + "/b").resumedFrom == 0)
        }
    }
}
