import TestKit
import Testing

@testable import Wasm

// Goal: whatever numbers a guest gives, the host reads and writes inside the memory or not at all.
// Method: the borders, and random numbers against an exact model.
@Suite("Memory as the host sees it")
struct GuestMemoryTests {
    private let guest = Guest()

    private func memory() throws -> GuestMemory {
        try guest.store.memory(MemoryType(limits: Limits(minimum: 1, maximum: 2))).bytes
    }

    @Test("numbers are little-endian and need no alignment")
    func numbers() throws {
        let memory = try memory()
        #expect(memory.store(0x1122_3344 as UInt32, at: 1))
        #expect(memory.load(UInt8.self, at: 1) == 0x44)
        #expect(memory.load(UInt16.self, at: 3) == 0x1122)
        #expect(memory.store(-2 as Int64, at: 9))
        #expect(memory.load(Int64.self, at: 9) == -2)
        #expect(memory.load(UInt64.self, at: 9) == UInt64.max - 1)
    }

    @Test("the last byte is inside, the next one is not")
    func borders() throws {
        let memory = try memory()
        let end: UInt64 = 65_536
        #expect(memory.load(UInt8.self, at: end - 1) == 0)
        #expect(memory.load(UInt8.self, at: end) == nil)
        #expect(memory.load(UInt32.self, at: end - 4) == 0)
        #expect(memory.load(UInt32.self, at: end - 3) == nil)
        #expect(!memory.store(1 as UInt64, at: end - 7))
        #expect(memory.load(UInt64.self, at: end - 8) == 0)
        #expect(memory.load(UInt64.self, at: .max) == nil)
        #expect(memory.load(UInt64.self, at: .max - 7) == nil)
    }

    @Test("empty ranges are inside up to the very end")
    func empty() throws {
        let memory = try memory()
        #expect(memory.withBytes(at: 65_536, count: 0) { $0.count } == 0)
        #expect(memory.withBytes(at: 65_537, count: 0) { $0.count } == nil)
        #expect(GuestMemory(nil).withBytes(at: 0, count: 0) { $0.count } == 0)
        #expect(GuestMemory(nil).withBytes(at: 1, count: 0) { $0.count } == nil)
        #expect(GuestMemory(nil).load(UInt8.self, at: 0) == nil)
    }

    @Test("random ranges are lent exactly when they lie inside")
    func random() throws {
        let memory = try memory()
        var random = SeededGenerator(seed: 11)
        for _ in 0..<5_000 {
            let shift = UInt64.random(in: 0..<64, using: &random)
            let address = random.next() >> shift
            let count = random.next() >> UInt64.random(in: 30..<64, using: &random)
            let (end, isOver) = address.addingReportingOverflow(count)
            let lent = memory.withMutableBytes(at: address, count: count) { $0.count }
            #expect(lent == (!isOver && end <= 65_536 ? Int(count) : nil))
        }
    }

    @Test("bytes written through a range are there")
    func ranges() throws {
        let memory = try memory()
        let done: Void? = memory.withMutableBytes(at: 100, count: 3) { bytes in
            bytes.copyBytes(from: [1, 2, 3])
        }
        #expect(done != nil)
        #expect(memory.withBytes(at: 99, count: 5) { Array($0) } == [0, 1, 2, 3, 0])
    }

    @Test("an error thrown inside comes out")
    func throwing() throws {
        let memory = try memory()
        #expect(throws: Trap.self) {
            try memory.withBytes(at: 0, count: 1) { _ throws(Trap) in throw Trap.host("no") }
        }
    }
}
