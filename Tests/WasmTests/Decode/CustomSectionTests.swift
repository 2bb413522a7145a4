import Testing

@testable import Wasm

// Goal: what tools leave in a module for others (debug information, code compiled ahead of time by
// another engine) changes nothing: it is neither run nor read nor held.
// Method: a module with such sections at every place where one may stand, large and small.
@Suite("Custom sections")
struct CustomSectionTests {
    private static let names = [
        "wasmedge", ".debug_info", ".debug_line", "producers", "sourceMappingURL",
    ]

    /// `f0` gives 7; `custom` stands before, between and behind the other sections.
    private func module(_ custom: [Wire.Section]) -> [UInt8] {
        let plain = Guest.functions([([], [Wire.i32], [0x41, 7])])
        return Wire.module(custom + plain.flatMap { [$0] + custom })
    }

    @Test("a module with other engines' code and debug sections runs as without", arguments: names)
    func ignored(name: String) throws {
        let guest = Guest()
        let bytes = module([Wire.custom(name, Array(repeating: 0xFF, count: 300))])
        let decoded = try Module(bytes: ModuleBytes(copying: bytes))
        try decoded.validateAllBodies()
        let instance = try guest.store.instantiate(decoded, imports: Imports())
        #expect(try instance.invoke("f0", []) == [.i32(7)])
    }

    @Test("its contents are not held: what declarations take is the same", arguments: [0, 1 << 20])
    func notHeld(byteCount: Int) throws {
        let plain = try Module(bytes: ModuleBytes(copying: module([])))
        let section = Wire.custom("wasmedge", Array(repeating: 1, count: byteCount))
        let decoded = try Module(bytes: ModuleBytes(copying: module([section])))
        #expect(decoded.declarationBytes == plain.declarationBytes)
        #expect(decoded.nameSection == nil)
    }

    @Test("one that is cut short is refused all the same")
    func cut() {
        let bytes = module([Wire.custom("wasmedge", [1, 2, 3])])
        let section = Wire.preamble.count
        var damaged = bytes
        damaged[section + 1] = 0x7F
        damaged = Array(damaged.prefix(section + 20))
        #expect(throws: ModuleError.self) {
            _ = try Module(bytes: ModuleBytes(copying: damaged))
        }
    }
}
