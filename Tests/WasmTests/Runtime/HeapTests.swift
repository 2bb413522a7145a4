import Testing

@testable import Wasm

// Goal: objects live as long as something leads to them, and no longer than the budget allows.
// Method: a guest that makes lists and garbage, in budgets far smaller than all it makes.
@Suite("Objects of guests")
struct HeapTests {
    /// Type 0 is a list's node: the next one, and a number.
    private func instance(_ guest: Guest) throws -> Instance {
        let node: [UInt8] = [0x5F, 2, 0x63, 0, 0, Wire.i32, 0]
        // Makes as many nodes as the argument says, and keeps none.
        let waste: [UInt8] = [
            0x03, 0x40, 0xFB, 1, 0, 0x1A, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B, 0x41, 7,
        ]
        // Makes a list of n … 1 in local 1, then adds the numbers up in local 2.
        let sum: [UInt8] = [
            0x03, 0x40, 0x20, 1, 0x20, 0, 0xFB, 0, 0, 0x21, 1, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0,
            0x0D, 0, 0x0B, 0x03, 0x40, 0x20, 2, 0x20, 1, 0xFB, 2, 0, 1, 0x6A, 0x21, 2, 0x20, 1,
            0xFB, 2, 0, 0, 0x21, 1, 0x20, 1, 0xD1, 0x45, 0x0D, 0, 0x0B, 0x20, 2,
        ]
        return try guest.instantiate([
            Wire.types([
                node, Wire.functionType([Wire.i32], [Wire.i32]),
                [0x60, 3, Wire.i32, 0x63, 0, Wire.i32, 1, Wire.i32], [0x5E, Wire.i64, 1],
                [0x60, 1, Wire.i32, 1, 0x63, 3], [0x60, 1, 0x63, 3, 1, Wire.i32],
            ]),
            Wire.functions([1, 2, 4, 5]),
            Wire.exports([("waste", 0, 0), ("sum", 0, 1), ("array", 0, 2), ("length", 0, 3)]),
            Wire.code([
                Wire.body(waste), Wire.body(sum), Wire.body([0x20, 0, 0xFB, 7, 3]),
                Wire.body([0x20, 0, 0xFB, 15]),
            ]),
        ])
    }

    @Test("garbage is freed: a million nodes go through a heap of a few megabytes")
    func garbage() throws {
        let guest = Guest(memoryBytes: 8 << 20)
        let instance = try instance(guest)
        #expect(try instance.invoke("waste", [.i32(1_000_000)]) == [.i32(7)])
        #expect(guest.store.machine.heap.collectionCount > 5)
        #expect(guest.store.usage.memoryBytesPeak < 8 << 20)
    }

    @Test("what a local leads to stays, however often the collector runs")
    func kept() throws {
        let guest = Guest(memoryBytes: 32 << 20)
        let instance = try instance(guest)
        let count: UInt32 = 200_000
        let arguments: [Value] = [.i32(count), .reference(nil), .i32(0)]
        for _ in 0..<3 {
            let result = try instance.invoke("sum", arguments)
            let exact = UInt64(count) * UInt64(count + 1) / 2
            #expect(result == [.i32(UInt32(truncatingIfNeeded: exact))])
        }
        #expect(guest.store.machine.heap.collectionCount > 0)
    }

    @Test("more than the budget holds traps, and the store works on")
    func tooMuch() throws {
        let guest = Guest(memoryBytes: 4 << 20)
        let instance = try instance(guest)
        do throws(Trap) {
            _ = try instance.invoke("sum", [.i32(1_000_000), .reference(nil), .i32(0)])
            Issue.record("no trap")
        } catch {
            #expect(error.reason == .outOfMemory)
        }
        #expect(try instance.invoke("waste", [.i32(100_000)]) == [.i32(7)])
    }

    @Test("an array larger than the budget traps; one that fits has its length")
    func arrays() throws {
        let guest = Guest(memoryBytes: 8 << 20)
        let instance = try instance(guest)
        for count: UInt32 in [10_000_000, .max] {
            do throws(Trap) {
                _ = try instance.invoke("array", [.i32(count)])
                Issue.record("no trap")
            } catch {
                #expect(error.reason == .outOfMemory)
            }
        }
        let array = try instance.invoke("array", [.i32(1_000)])
        #expect(try instance.invoke("length", array) == [.i32(1_000)])
    }

    @Test("a handle that the host kept too long, or of another type, is refused")
    func staleHandle() throws {
        let guest = Guest(memoryBytes: 8 << 20)
        let instance = try instance(guest)
        let array = try instance.invoke("array", [.i32(10)])
        #expect(throws: Trap.self) { try instance.invoke("sum", [.i32(1), array[0], .i32(0)]) }
        let forged = Value.reference(.object(ObjectHandle(bits: 4_096)))
        #expect(throws: Trap.self) { try instance.invoke("length", [forged]) }
    }

    @Test("fields lie at their natural places, behind the header")
    func shapes() {
        let fields: [StorageType] = [.i8, .value(.i64), .i16, .value(.v128), .value(.f32)]
        let shape = HeapShape(
            .structure(fields.map { FieldType(storage: $0, isMutable: true) })
        )
        #expect(shape.fields.map(\.offset) == [16, 24, 32, 48, 64])
        #expect(shape.byteCount == 68)
        let array = HeapShape(.array(FieldType(storage: .i16, isMutable: true)))
        #expect(array.byteCount(length: 5) == 26)
        #expect(array.byteCount(length: .max) == nil)
    }
}
