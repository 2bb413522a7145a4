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
            let safe = try cut(path)
            #expect(1_800_000 - safe <= 1_048_576 && safe < 1_800_000)
            let bytes = try readBytes(path)
            let lost = [UInt8](repeating: 0, count: 1_800_000 - safe)
            try writeFile(path, bytes[..<safe] + lost)
            var partial = try PartialBlob.open(Self.blob, at: path)
            #expect(partial.resumedFrom == Int64(safe))
            try partial.append(Array(Self.bytes[safe...]))
            #expect(try partial.finish() == Self.blob.digest)
        }
    }

    /// Makes the state one of an earlier life of the machine; answers with the bytes that it speaks of.
    private func cut(_ path: String) throws -> Int {
        let found = try #require(PartialRecord.newest(path + ".state", for: Self.blob))
        var record = found.record
        record.bootID = "another"
        let slot = PartialRecord.Slot(record, of: Self.blob, found.slot)
        var bytes = try readBytes(path + ".state")
        bytes.replaceSubrange(
            Int(slot.place)..<Int(slot.place) + slot.bytes.count,
            with: slot.bytes
        )
        try writeFile(path + ".state", bytes)
        return Int(record.byteCount)
    }

    @Test(
        "at no moment is more than a MiB in danger, however large the pieces are that come",
        arguments: [1_000, 16_384, 262_144, 700_000, 1_500_000]
    )
    func bound(pieceByteCount: Int) throws {
        try withScratchDirectory { folder in
            var partial = try PartialBlob.open(Self.blob, at: folder + "/b")
            var position = 0
            while position < Self.bytes.count {
                let next = min(position + pieceByteCount, Self.bytes.count)
                try partial.append(Array(Self.bytes[position..<next]))
                position = next
                let known = PartialRecord.newest(folder + "/b.state", for: Self.blob)
                // A piece that is larger than all that may be in danger is in danger whole.
                let most = max(1_048_576, pieceByteCount)
                #expect(position - Int(known?.record.byteCount ?? 0) <= most, "at \(position)")
            }
            #expect(try partial.finish() == Self.blob.digest)
        }
    }

    @Test("a state that a cut has torn leaves the one before it")
    func torn() throws {
        try withScratchDirectory { folder in
            let path = folder + "/b"
            for end in [600_000, 1_200_000, 1_900_000] {
                var partial = try PartialBlob.open(Self.blob, at: path)
                try partial.append(Array(Self.bytes[Int(partial.resumedFrom)..<end]))
                try partial.keep()
            }
            let good = try readBytes(path + ".state")
            let newest = try #require(PartialRecord.newest(path + ".state", for: Self.blob))
            #expect(newest.record.byteCount == 1_900_000)
            // The kernel writes sectors: the first half of the record is new, the second is not, or is lost.
            let place = Int(PartialRecord.Slot(newest.record, of: Self.blob, newest.slot).place)
            for (from, to) in [(place, place + 512), (place + 200, place + 1_024)] {
                var bad = good
                for index in from..<min(to, bad.count) { bad[index] = 0 }
                try writeFile(path + ".state", bad)
                let left = try #require(PartialRecord.newest(path + ".state", for: Self.blob))
                #expect(left.record.byteCount == 1_200_000)
                #expect(left.slot == 1 - newest.slot)
                // Same boot: what lies behind it is hashed again, and not fetched.
                #expect(try PartialBlob.open(Self.blob, at: path).resumedFrom == 1_900_000)
            }
        }
    }

    @Test("a state of bytes that are written anew is forgotten for good")
    func forgotten() throws {
        try withScratchDirectory { folder in
            let path = folder + "/b"
            _ = try fetch(path, to: 2_000_000)
            // The bytes are gone, as after a repair of the file system; then half of them come again.
            try writeFile(path, [])
            #expect(try PartialBlob.open(Self.blob, at: path).resumedFrom == 0)
            try writeFile(
                path,
                Array(Self.bytes[..<1_000_000]) + [UInt8](repeating: 0, count: 1_400_000)
            )
            #expect(try cut(path) == 0)
            #expect(try PartialBlob.open(Self.blob, at: path).resumedFrom == 0)
        }
    }

    @Test("a state of an older version, one record in a file of its own, is gone on from")
    func older() throws {
        try withScratchDirectory { folder in
            let path = folder + "/b"
            var hasher = DigestHasher(.sha256)
            hasher.update(Array(Self.bytes[..<1_048_576]))
            let record = PartialRecord(bootID: "x", byteCount: 1_048_576, state: hasher.state)
            try writeFile(path, Array(Self.bytes[..<1_200_000]))
            try writeFile(path + ".state", record.bytes(for: Self.blob))
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
            let found = try #require(PartialRecord.newest(folder + "/b.state", for: Self.blob))
            #expect(found.record.byteCount == 700_000)
        }
    }

    @Test("a state that is damaged, of another blob, or ahead of its bytes is not believed")
    func damage() throws {
        try withScratchDirectory { folder in
            let path = folder + "/b"
            _ = try fetch(path, to: 1_200_000)
            let found = try #require(PartialRecord.newest(path + ".state", for: Self.blob))
            #expect(found.record.byteCount > 0)
            let good = found.record.bytes(for: Self.blob)
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
            try writeFile(path, Array(data[..<(Int(found.record.byteCount) - 1)]))
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
