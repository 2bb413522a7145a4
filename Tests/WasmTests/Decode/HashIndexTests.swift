import Testing

@testable import Wasm

// Goal: what was put in is found, nothing else is, and many entries with one hash do no harm but time.
@Suite("Index by hash")
struct HashIndexTests {
    @Test("an empty index has nothing")
    func empty() {
        #expect(HashIndex().first(0) { _ in true } == nil)
    }

    @Test(
        "every entry is found by its hash, however many there are",
        arguments: [1, 5, 6, 63, 64, 1_000]
    )
    func entries(count: Int) {
        var index = HashIndex()
        let hashes = (0..<count).map { $0 &* 0x9E37_79B9 - 7 }
        for hash in hashes { index.append(hash) }
        for (place, hash) in hashes.enumerated() {
            #expect(index.first(hash) { $0 == place } == place)
        }
        #expect(index.first(count &* 0x9E37_79B9 - 7) { _ in true } == nil)
    }

    @Test("of entries with one hash the first that is equal is found")
    func sameHash() {
        var index = HashIndex()
        for _ in 0..<100 { index.append(-3) }
        #expect(index.first(-3) { $0 >= 40 } == 40)
        #expect(index.first(-3) { _ in false } == nil)
        #expect(index.first(-4) { _ in true } == nil)
    }
}

// Goal: a list that does without an array's checks for sharing still checks its indices and keeps values.
@Suite("Lists with one owner")
struct PileTests {
    @Test("values stay through growth, changes and cuts")
    func values() {
        var pile = Pile<UInt32>()
        defer { pile.free() }
        for value: UInt32 in 0..<1_000 { pile.append(value * 3) }
        pile[500] = 7
        pile[501] += 1
        #expect(pile.count == 1_000)
        #expect(pile[499] == 1_497)
        #expect(pile[500] == 7)
        #expect(pile[501] == 1_504)
        #expect(pile.removeLast() == 2_997)
        pile.truncate(to: 2)
        #expect(pile.indices == 0..<2)
        #expect(pile.removeLast() == 3)
        #expect(!pile.isEmpty)
        pile.truncate(to: 0)
        #expect(pile.isEmpty)
    }

    @Test("an index outside ends the program")
    func outside() async {
        await #expect(processExitsWith: .failure) {
            let pile = Pile<UInt8>()
            _ = pile[0]
        }
        await #expect(processExitsWith: .failure) {
            var pile = Pile<UInt8>()
            pile.append(1)
            _ = pile.removeLast()
            _ = pile.removeLast()
        }
    }
}
