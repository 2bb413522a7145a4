import Testing

@testable import Wasm

// Goal: values survive the way into slots and back, bit for bit, and are taken for no other type.
@Suite("Values")
struct ValueTests {
    private let types = TypeTable()

    static let samples: [(Value, ValueType)] = [
        (.i32(0), .i32), (.i32(.max), .i32), (.i64(.max), .i64), (.i64(1 << 63), .i64),
        (.f32(bits: 0x7FC0_0001), .f32), (.f32(bits: 0xFF80_0000), .f32),
        (.f64(bits: 0x7FF0_0000_0000_0001), .f64), (.v128(low: 1, high: .max), .v128),
        (.reference(nil), .externref), (.reference(.external(.max)), .externref),
        (.reference(.i31(0x7FFF_FFFF)), .reference(to: .i31, isNullable: true)),
    ]

    @Test("into slots and back", arguments: samples)
    func roundTrip(value: Value, type: ValueType) {
        var slots: [UInt64] = [99]
        value.append(to: &slots)
        #expect(slots.count == 1 + type.slotCount)
        var index = 1
        #expect(Value(type, slots, &index, types) == value)
        #expect(index == slots.count)
        #expect(value.has(type, types))
    }

    @Test("a number is of its own type only")
    func numbers() {
        let kinds: [ValueType] = [.i32, .i64, .f32, .f64, .v128, .funcref, .externref]
        for (value, type) in Self.samples where !type.isReference {
            #expect(kinds.filter { value.has($0, types) } == [type])
        }
    }

    @Test("null is of every reference type that may be null")
    func null() {
        let null = Value.reference(nil)
        #expect(null.has(.funcref, types))
        #expect(null.has(.externref, types))
        #expect(!null.has(.reference(to: .function, isNullable: false), types))
        #expect(!null.has(.i32, types))
    }

    @Test("the numbers of a signature's slots count a vector twice")
    func slotCounts() {
        let type = FunctionType(parameters: [.i32, .v128, .externref], results: [.v128, .v128])
        #expect(type.parameterSlotCount == 4)
        #expect(type.resultSlotCount == 4)
    }

    @Test("numbers clamp instead of overflowing")
    func clamping() {
        #expect(UInt64.max.multipliedClamped(by: 2) == .max)
        #expect(UInt64(3).multipliedClamped(by: 5) == 15)
        #expect(UInt64.max.addedClamped(1) == .max)
        #expect(UInt64(3).addedClamped(4) == 7)
    }
}
