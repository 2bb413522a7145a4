import Images
import TestKit
import Testing

// Goal: the checksum is XXH64 as others compute it, in whatever pieces the bytes come. Method: answers
// of the reference implementation (xxhsum -H1), and random pieces.
@Suite("Checksums")
struct ChecksumTests {
    static func sum(_ bytes: [UInt8]) -> UInt64 {
        var checksum = Checksum()
        checksum.update(bytes)
        return checksum.value()
    }

    @Test(
        "known answers",
        arguments: [
            ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B),
            ("abc", 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64)]
    )
    func known(text: String, answer: UInt64) {
        #expect(Self.sum(Array(text.utf8)) == answer)
    }

    @Test("bytes in pieces sum to the whole, and one flipped bit to something else")
    func pieces() {
        var random = SeededGenerator(seed: 12)
        for length in [0, 1, 7, 31, 32, 33, 63, 64, 65, 1_000] {
            var bytes = random.bytes(length)
            let whole = Self.sum(bytes)
            var checksum = Checksum()
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...40, using: &random))
                rest = rest.dropFirst(piece.count)
                checksum.update(Array(piece))
            }
            #expect(checksum.value() == whole)
            guard length > 0 else { continue }
            bytes[Int.random(in: 0..<length, using: &random)] ^= 4
            #expect(Self.sum(bytes) != whole)
        }
    }
}
