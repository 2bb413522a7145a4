import TestKit
import Testing

@testable import Wasm

// Goal: the reader gives each number as the specification encodes it, refuses the others with the
// wording of its tests, and never reads past its end.
// Method: tables of bytes; seeded round trips.
@Suite("Reading bytes of a module")
final class BinaryReaderTests {
    /// A reader does not keep its bytes alive, so the test does.
    private var kept: [ModuleBytes] = []

    private func reader(_ bytes: [UInt8]) -> BinaryReader {
        let module = ModuleBytes(copying: bytes)
        kept.append(module)
        return BinaryReader(module, 0..<bytes.count)
    }

    private func message(_ body: () throws(ModuleError) -> Void) -> String {
        do throws(ModuleError) {
            try body()
            return "none"
        } catch {
            return error.message
        }
    }

    @Test(
        "an unsigned number of 32 bits may have up to five bytes, padded or not",
        arguments: [
            ([0x00], 0), ([0x7F], 127), ([0x80, 0x01], 128), ([0x83, 0x00], 3),
            ([0xE5, 0x8E, 0x26], 624_485), ([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], 0xFFFF_FFFF),
            ([0x80, 0x80, 0x80, 0x80, 0x00], 0),
        ] as [([UInt8], UInt32)]
    )
    func unsigned32(bytes: [UInt8], expected: UInt32) throws {
        var reader = reader(bytes)
        #expect(try reader.u32() == expected)
        #expect(reader.isAtEnd)
    }

    @Test(
        "an unsigned number that is too long, too large or cut off is malformed",
        arguments: [
            ([0x80, 0x80, 0x80, 0x80, 0x80, 0x00], "integer representation too long"),
            ([0x82, 0x80, 0x80, 0x80, 0x70], "integer too large"),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0x1F], "integer too large"),
            ([0x80], "unexpected end of section or function"),
            ([], "unexpected end of section or function"),
        ] as [([UInt8], String)]
    )
    func malformedUnsigned32(bytes: [UInt8], expected: String) {
        var reader = reader(bytes)
        #expect(message { () throws(ModuleError) in _ = try reader.u32() } == expected)
    }

    @Test(
        "a signed number of 32 bits takes its sign from its last byte",
        arguments: [
            ([0x00], 0), ([0x3F], 63), ([0x40], -64), ([0x7F], -1), ([0x80, 0x7F], -128),
            ([0xFF, 0x00], 127), ([0xFF, 0xFF, 0xFF, 0xFF, 0x07], Int32.max),
            ([0x80, 0x80, 0x80, 0x80, 0x78], Int32.min),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0x7F], -1), ([0x80, 0x80, 0x80, 0x80, 0x00], 0),
        ] as [([UInt8], Int32)]
    )
    func signed32(bytes: [UInt8], expected: Int32) throws {
        var reader = reader(bytes)
        #expect(try reader.s32() == expected)
    }

    @Test(
        "the bits behind the sign must repeat it",
        arguments: [
            [0x80, 0x80, 0x80, 0x80, 0x70], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
            [0x80, 0x80, 0x80, 0x80, 0x1F], [0xFF, 0xFF, 0xFF, 0xFF, 0x4F],
        ] as [[UInt8]]
    )
    func unusedBits(bytes: [UInt8]) {
        var reader = reader(bytes)
        let found = message { () throws(ModuleError) in _ = try reader.s32() }
        #expect(found == "integer too large")
    }

    @Test("a signed number of 64 bits may have ten bytes, no eleven")
    func signed64() throws {
        let nines = [UInt8](repeating: 0x80, count: 9)
        var smallest = reader(nines + [0x7F])
        #expect(try smallest.s64() == Int64.min)
        var long = reader(nines + [0x80, 0x00])
        let found = message { () throws(ModuleError) in _ = try long.s64() }
        #expect(found == "integer representation too long")
        var large = reader(nines + [0x7E])
        #expect(message { () throws(ModuleError) in _ = try large.s64() } == "integer too large")
    }

    @Test("33-bit numbers hold every 32-bit index and the negative codes")
    func signed33() throws {
        var largest = reader([0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
        #expect(try largest.s33() == 0xFFFF_FFFF)
        var code = reader([0x40])
        #expect(try code.s33() == -64)
        var smallest = reader([0x80, 0x80, 0x80, 0x80, 0x70])
        #expect(try smallest.s33() == -(1 << 32))
    }

    @Test("whatever is written is read back", arguments: [1, 2, 3] as [UInt64])
    func roundTrips(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let shift = UInt64.random(in: 0..<64, using: &random)
            let number = Int64(bitPattern: random.next()) >> Int64(shift)
            var signed = reader(Wire.signed(number))
            #expect(try signed.s64() == number)
            var unsigned = reader(Wire.unsigned(Int(number & Int64.max)))
            #expect(try unsigned.u64() == UInt64(number & Int64.max))
            if let small = Int32(exactly: number) {
                var reader = reader(Wire.signed(number))
                #expect(try reader.s32() == small)
            }
        }
    }

    @Test("fixed numbers are little-endian, wherever they lie")
    func fixed() throws {
        var reader = reader([0xFF, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
        _ = try reader.byte()
        #expect(try reader.fixed32() == 0x0403_0201)
        #expect(try reader.fixed64() == 0x0C0B_0A09_0807_0605)
        #expect(reader.isAtEnd)
        let found = message { () throws(ModuleError) in _ = try reader.byte() }
        #expect(found == "unexpected end of section or function")
    }

    @Test("a number that does not fit before the end is not read, and nothing is skipped")
    func fixedAtEnd() {
        var reader = reader([1, 2, 3])
        #expect(message { () throws(ModuleError) in _ = try reader.fixed32() } != "none")
        #expect(message { () throws(ModuleError) in _ = try reader.fixed64() } != "none")
        #expect(reader.position == 0)
    }

    @Test("a length that reaches behind the end is out of bounds; up to the end it is not")
    func skip() throws {
        var reader = reader([1, 2, 3])
        #expect(
            message { () throws(ModuleError) in _ = try reader.skip(4) } == "length out of bounds"
        )
        #expect(
            message { () throws(ModuleError) in _ = try reader.skip(.max) }
                == "length out of bounds"
        )
        #expect(try reader.skip(3) == 0..<3)
    }

    @Test("a part ends where it was cut, and the whole goes on behind it")
    func part() throws {
        var whole = reader([1, 2, 3, 4])
        var part = try whole.part(2)
        #expect(try part.byte() == 1)
        #expect(try part.byte() == 2)
        #expect(part.isAtEnd)
        #expect(try whole.byte() == 3)
    }

    @Test("a range that is not inside the module is cut to it")
    func rangeOutside() {
        let bytes = ModuleBytes(copying: [1, 2, 3])
        #expect(BinaryReader(bytes, 2..<100).remaining == 1)
        #expect(BinaryReader(bytes, 50..<100).remaining == 0)
        #expect(BinaryReader(bytes, -5..<1).remaining == 1)
    }

    @Test("errors carry the offset from the start of the module, also inside a part")
    func offsets() throws {
        var whole = reader([9, 9, 9, 0x80])
        _ = try whole.skip(3)
        var part = try whole.part(1)
        do {
            _ = try part.u32()
            Issue.record("no error")
        } catch {
            #expect(error.byteOffset == 4)
            #expect(error.description.hasPrefix("malformed module at byte 4: "))
        }
    }
}
