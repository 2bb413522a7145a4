import Testing

@testable import Wasm

// Goal: a name is its bytes, nothing else.
@Suite("Names of imports and exports")
struct ExactNameTests {
    @Test("two spellings of one accent are two names")
    func accents() {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        #expect(composed == decomposed)
        #expect(ExactName(composed) != ExactName(decomposed))
        #expect(ExactName(composed).hash != ExactName(decomposed).hash)
    }

    @Test("equal bytes are one name")
    func equal() {
        #expect(ExactName("a\0b") == ExactName("a\0b"))
        #expect(ExactName("") == ExactName(""))
        #expect(ExactName("x").hash == ExactName("x").hash)
    }

    @Test("a set of indices holds what was put in, and nothing near it")
    func indexSet() {
        var set = IndexSet()
        for index: UInt32 in [0, 63, 64, 1_000] { set.insert(index) }
        let found = (0..<2_000 as Range<UInt32>).filter { set.contains($0) }
        #expect(found == [0, 63, 64, 1_000])
        #expect(!set.contains(.max))
    }
}
