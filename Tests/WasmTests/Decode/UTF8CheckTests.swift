import TestKit
import Testing

@testable import Wasm

// Goal: names are UTF-8 exactly as Unicode defines it.
// Method: the borders of its table 3-7, and the standard library as a second opinion on random bytes.
@Suite("UTF-8 in names")
struct UTF8CheckTests {
    private func isValid(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { UTF8Check.isValid($0) }
    }

    @Test(
        "the first and last of each length are valid",
        arguments: [
            [], [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80],
            [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF],
            [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
        ] as [[UInt8]]
    )
    func valid(bytes: [UInt8]) {
        #expect(isValid(bytes))
        #expect(isValid([0x61] + bytes + [0x62]))
    }

    @Test(
        "overlong forms, surrogates, numbers too large and cut-off sequences are not",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x7F], [0xC2, 0xC0],
            [0xE0, 0x9F, 0xBF], [0xE0, 0xA0], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xEF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
            [0xF1, 0x80, 0x80, 0x00],
        ] as [[UInt8]]
    )
    func invalid(bytes: [UInt8]) {
        #expect(!isValid(bytes))
        #expect(!isValid([0x61] + bytes))
    }

    @Test("random bytes are judged as the standard library judges them")
    func random() {
        var random = SeededGenerator(seed: 8)
        let seeds = "aé€𝄞\u{D7FF}\u{E000}\u{10FFFF}".utf8
        for _ in 0..<4_000 {
            let bytes = random.mutated(Array(seeds), changesMax: 3)
            #expect(isValid(bytes) == (String(validating: bytes, as: UTF8.self) != nil))
        }
    }
}
