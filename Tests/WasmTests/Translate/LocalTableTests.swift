import TestKit
import Testing

@testable import Wasm

// Goal: locals in runs are what they would be one by one, and a block's set locals are forgotten with it.
// Method: random declarations, against plain lists.
@Suite("Tables of locals")
struct LocalTableTests {
    private static let types: [ValueType] = [.i32, .i64, .f32, .f64, .v128, .funcref]

    @Test("types and slots are those of a plain list, wherever the list ends", arguments: 0..<20)
    func agree(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var table = LocalTable()
        for _ in 0..<2 {
            var plain: [LocalTable.Local] = []
            var slot = UInt32(seed * 8) &- 4_000
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                let type = Self.types[Int.random(in: 0..<Self.types.count, using: &random)]
                let isSingle = Bool.random(using: &random)
                let count = isSingle ? 1 : Int.random(in: 0...200, using: &random)
                if isSingle {
                    table.append(.init(type: type, slot: slot))
                } else {
                    table.append(count, .init(type: type, slot: slot))
                }
                for _ in 0..<count {
                    plain.append(.init(type: type, slot: slot))
                    slot &+= UInt32(type.slotCount * 8)
                }
            }
            #expect(table.count == plain.count)
            for index in plain.indices {
                #expect(table[index].type == plain[index].type)
                #expect(table[index].slot == plain[index].slot)
            }
            table.removeAll()
            #expect(table.count == 0)
        }
    }

    @Test("a declaration of fifty thousand is one run")
    func large() {
        var table = LocalTable()
        table.append(50_000, .init(type: .v128, slot: 16))
        table.append(.init(type: .i32, slot: 7))
        #expect(table[49_999].slot == 16 + 49_999 * 16)
        #expect(table[50_000].type == .i32)
        #expect(table[50_000].slot == 7)
    }

    @Test("what a block sets counts until it ends")
    func setLocals() {
        var set = SetLocals()
        set.insert(3)
        let count = set.count
        set.insert(200)
        set.insert(64)
        #expect([3, 64, 200].allSatisfy { set.contains($0) })
        set.truncate(to: count)
        #expect(set.contains(3))
        #expect(!set.contains(64) && !set.contains(200) && !set.contains(49_999))
        set.insert(64)
        #expect(set.contains(64))
    }
}
