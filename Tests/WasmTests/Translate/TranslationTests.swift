import Testing

@testable import Wasm

// Goal: what a compiler emits most becomes one instruction, since dispatches are what an interpreter
// pays for.
// Method: translate short bodies and read the first words of code: each is an operation.
@Suite("Register code")
struct TranslationTests {
    @Test("a sum of two locals into a third is one instruction")
    func addition() throws {
        let words = try translate([0x20, 0, 0x20, 1, 0x6A, 0x21, 2], result: [])
        #expect(words == [Operation.i32Add + 1, 0, 8, 16, Operation.ret, 24])
    }

    @Test("a load from a local and a constant is one instruction, its result goes on in a register")
    func summedAddress() throws {
        let words = try translate([0x20, 0, 0x41, 8, 0x6A, 0x28, 2, 0], result: [Wire.i32])
        #expect(words == [Operation.summedLoad32, 0, 8, 0, Operation.ret + 1, 24])
    }

    @Test("a base, a scaled index and a load are one instruction")
    func indexedLoad() throws {
        let words = try translate(
            [0x20, 0, 0x20, 1, 0x41, 2, 0x74, 0x6A, 0x28, 2, 4],
            result: [Wire.i32]
        )
        #expect(words == [Operation.indexedLoad32, 8, 2, 0, 4, 0, Operation.ret + 1, 24])
    }

    @Test("a counter that is compared and branched on is one instruction")
    func countingLoop() throws {
        // loop; x0 += 1; br_if x0 < x1; end
        let words = try translate(
            [
                0x03, 0x40, 0x20, 0, 0x41, 1, 0x6A, 0x22, 0, 0x20, 1, 0x48, 0x0D, 0, 0x0B,
            ],
            result: []
        )
        #expect(words.first == Operation.brCountLtS)
        #expect(words.dropFirst(6).prefix(2).elementsEqual([0, 0]), "it branches to itself")
    }

    @Test("a comparison and its branch are one instruction, the opposite one for `if`")
    func comparingBranch() throws {
        let words = try translate(
            [0x20, 0, 0x20, 1, 0x49, 0x04, 0x40, 0x41, 7, 0x21, 2, 0x0B],
            result: []
        )
        #expect(words.first == Operation.brI32Eq + 7 * 4, "branches when not less, unsigned")
    }

    @Test("several locals go to a callee by one instruction")
    func arguments() throws {
        let words = try translate(
            [0x20, 2, 0x20, 1, 0x20, 0, 0x10, 0],
            result: [],
            parameters: 3
        )
        #expect(words.prefix(5).elementsEqual([Operation.copy3, 16, 8, 0, 40]))
        #expect(words[5] == Operation.callOwn)
    }

    @Test("code that cannot be reached is validated and thrown away")
    func unreachableCode() throws {
        let words = try translate([0x00, 0x41, 1, 0x41, 2, 0x6A, 0x1A], result: [])
        #expect(words == [Operation.unreachable])
        #expect(throws: ModuleError.self) {
            try translate([0x00, 0x42, 1, 0x41, 2, 0x6A, 0x1A], result: [])
        }
    }

    @Test("code has at most 2.3 bytes for each byte of a loop over an array")
    func density() throws {
        // sum += array[i]; i += 1; br_if i != n
        let body: [UInt8] = [
            0x03, 0x40, 0x20, 0, 0x20, 2, 0x41, 2, 0x74, 0x28, 2, 0x80, 8, 0x6A, 0x21, 0, 0x20, 2,
            0x41, 1, 0x6A, 0x22, 2, 0x20, 1, 0x47, 0x0D, 0, 0x0B,
        ]
        let words = try translate(body, result: [])
        #expect(Double(words.count * 2) <= 2.3 * Double(body.count))
    }

    // Found by generated modules: the sum was emitted behind the load, whose result then got its slot as
    // if it had been the last.
    @Test(
        "an operand below that is still to be added up does not come between a result and its slot",
        arguments: [(1, 107), (0, 42)] as [(UInt32, UInt32)]
    )
    func sumBelow(condition: UInt32, result: UInt32) throws {
        let guest = Guest()
        let instance = try guest.instantiate(
            Guest.functions(
                [
                    (
                        [Wire.i32, Wire.i32], [Wire.i32],
                        // select(local 0 + 100, memory[0], local 1)
                        [0x20, 0, 0x41, 0xE4, 0, 0x6A, 0x41, 0, 0x28, 2, 0, 0x20, 1, 0x1B]
                    )
                ],
                more: [
                    Wire.memories([[0, 1]]),
                    Wire.data([[0, 0x41, 0, 0x0B, 4, 42, 0, 0, 0]]),
                ]
            )
        )
        let results = try instance.invoke("f0", [.i32(7), .i32(condition)])
        #expect(results == [.i32(result)])
    }

    /// The code of a function of three i32 parameters.
    @discardableResult
    private func translate(
        _ code: [UInt8],
        result: [UInt8],
        parameters: Int = 3
    ) throws -> [UInt16] {
        let types = Array(repeating: Wire.i32, count: parameters)
        let sections = Guest.functions(
            [(types, result, code)],
            more: [Wire.memories([[0, 1]])]
        )
        let module = try Module(bytes: ModuleBytes(copying: Wire.module(sections)))
        var translator = FunctionTranslator(
            module: module,
            layout: InstanceLayout(module),
            typeIDs: [0],
            bodyIndex: 0,
            scratch: TranslatorScratch()
        )
        try translator.translate()
        return translator.code.words
    }
}
