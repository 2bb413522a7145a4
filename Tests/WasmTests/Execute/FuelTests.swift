import Testing

@testable import Wasm

// Goal: fuel is what the documentation says, to the instruction: a function costs its instructions
// outside of loops when it is called, a loop those inside when a round begins.
@Suite("Fuel")
struct FuelTests {
    private typealias Function = (parameters: [UInt8], results: [UInt8], code: [UInt8])

    /// What a loop of `rounds` costs, by how it comes back; locals: 0 the rounds left.
    struct Loop: CustomTestStringConvertible {
        var name: String
        var code: [UInt8]
        /// Instructions of the function outside, its `end` included, and of the loop, with its `end`.
        var outside: UInt64
        var inside: UInt64

        var testDescription: String { name }
    }

    /// `local 0 - 1`.
    private static let lessOne: [UInt8] = [0x20, 0, 0x41, 1, 0x6B]
    private static let loops: [Loop] = [
        Loop(
            name: "a counter that branches",
            code: [0x03, 0x40] + lessOne + [0x22, 0, 0x0D, 0, 0x0B],
            outside: 2,
            inside: 6
        ),
        Loop(
            name: "a counter and a comparison",
            code: [0x03, 0x40] + lessOne + [0x22, 0, 0x41, 0, 0x4A, 0x0D, 0, 0x0B],
            outside: 2,
            inside: 8
        ),
        Loop(
            name: "a comparison of 64 bits",
            code: [0x03, 0x40] + lessOne + [0x21, 0, 0x20, 0, 0xAC, 0x42, 0, 0x52, 0x0D, 0, 0x0B],
            outside: 2,
            inside: 10
        ),
        Loop(
            name: "a comparison of floats",
            code: [0x03, 0x40] + lessOne + [0x21, 0, 0x20, 0, 0xB7, 0x44]
                + [UInt8](repeating: 0, count: 8) + [0x64, 0x0D, 0, 0x0B],
            outside: 2,
            inside: 10
        ),
        Loop(
            name: "a jump, out of it by another branch",
            code: [0x02, 0x40, 0x03, 0x40] + lessOne + [
                0x22, 0, 0x45, 0x0D, 1, 0x0C, 0, 0x0B, 0x0B,
            ],
            outside: 4,
            inside: 8
        ),
        Loop(
            name: "a table",
            code: [0x02, 0x40, 0x03, 0x40] + lessOne
                + [0x22, 0, 0x45, 0x0E, 1, 0, 1, 0x0B, 0x0B],
            outside: 4,
            inside: 7
        ),
        Loop(
            name: "instructions behind the loop, and a block that is never entered",
            code: [0x03, 0x40] + lessOne + [0x22, 0, 0x0D, 0, 0x0B]
                + [0x41, 0, 0x04, 0x40, 0x01, 0x01, 0x0B],
            outside: 7,
            inside: 6
        ),
        Loop(
            name: "code that cannot be reached has a loop too",
            code: [0x03, 0x40] + lessOne + [0x22, 0, 0x0D, 0, 0x0B]
                + [0x0F, 0x03, 0x40, 0x0C, 0, 0x0B],
            outside: 4,
            inside: 6
        ),
    ]

    @Test("a loop costs each round what is in it", arguments: loops)
    func loop(loop: Loop) throws {
        for rounds: UInt32 in [1, 2, 1_000] {
            let used = try burn([([Wire.i32], [], loop.code)], [.i32(rounds)])
            #expect(used == loop.outside + UInt64(rounds) * loop.inside, "\(rounds) rounds")
        }
    }

    @Test("a loop within a loop is paid for by itself")
    func nested() throws {
        // Outer: 3 rounds; inner: 5 rounds each.
        let inner: [UInt8] = [0x03, 0x40, 0x20, 1, 0x41, 1, 0x6B, 0x22, 1, 0x0D, 0, 0x0B]
        let code: [UInt8] =
            [0x03, 0x40, 0x41, 5, 0x21, 1] + inner + Self.lessOne + [0x22, 0, 0x0D, 0, 0x0B]
        let used = try burn([([Wire.i32, Wire.i32], [], code)], [.i32(3), .i32(0)])
        #expect(used == 2 + 3 * 9 + 15 * 6)
    }

    /// Each calls function 1, of three instructions; the function itself has `own`.
    static let calls: [(name: String, code: [UInt8], own: UInt64)] = [
        ("call", [0x10, 1], 2),
        ("call_indirect", [0x41, 0, 0x11, 1, 0], 3),
        ("call_indirect through a local", [0x20, 0, 0x11, 1, 0], 3),
        ("call_ref", [0xD2, 1, 0x14, 1], 3),
        ("return_call", [0x12, 1], 2),
        ("return_call_indirect", [0x41, 0, 0x13, 1, 0], 3),
        ("return_call_ref", [0xD2, 1, 0x15, 1], 3),
    ]

    @Test("a call costs its callee, the first one as well as later ones", arguments: calls.indices)
    func call(index: Int) throws {
        let (name, code, own) = Self.calls[index]
        let functions: [Function] = [([Wire.i32], [], code), ([], [], [0x01, 0x01])]
        let more = [
            Wire.tables([[Wire.funcref, 0, 1]]), Wire.elements([[0, 0x41, 0, 0x0B, 1, 1]]),
        ]
        let store = Store(limits: ResourceLimits(memoryBytes: 64 << 20, fuel: 1_000))
        let instance = try instantiate(store, functions, more)
        for round: UInt64 in 1...3 {
            _ = try instance.invoke("f0", [.i32(0)])
            #expect(store.usage.fuelLeft == 1_000 - round * (own + 3), "\(name)")
        }
    }

    @Test("a call into another instance costs what it costs there")
    func crossing() throws {
        let store = Store(limits: ResourceLimits(memoryBytes: 64 << 20, fuel: 1_000))
        let library = try instantiate(store, [([], [], [0x01, 0x01, 0x01])])
        var imports = Imports()
        let callee = try #require(library.export("f0"))
        imports.define("env", "callee", callee)
        let sections = Guest.functions(
            [([], [], [0x10, 0])],
            imports: [Wire.importEntry("env", "callee", [0, 0])],
            importedFunctionCount: 1
        )
        let module = try Module(bytes: ModuleBytes(copying: Wire.module(sections)))
        let instance = try store.instantiate(module, imports: imports)
        _ = try instance.invoke("f0", [])
        #expect(store.usage.fuelLeft == 1_000 - 2 - 4)
    }

    @Test("the last drop is enough, one less is not", arguments: [UInt64(0), 1, 7, 13, 14, 15])
    func border(fuel: UInt64) throws {
        // 2 outside and twice 6 inside.
        let store = Store(limits: ResourceLimits(memoryBytes: 64 << 20, fuel: fuel))
        let instance = try instantiate(store, [([Wire.i32], [], Self.loops[0].code)])
        var reason: TrapReason?
        do { _ = try instance.invoke("f0", [.i32(2)]) } catch { reason = error.reason }
        #expect(reason == (fuel >= 14 ? nil : .fuelExhausted))
        #expect(store.usage.fuelLeft == (fuel >= 14 ? fuel - 14 : 0))
    }

    @Test("recursion ends when the fuel does, and the trap names the function")
    func recursion() throws {
        let store = Store(limits: ResourceLimits(memoryBytes: 64 << 20, fuel: 1_000))
        let instance = try instantiate(store, [([], [], [0x10, 0])])
        do {
            _ = try instance.invoke("f0", [])
            Issue.record("it came back")
        } catch {
            #expect(error.reason == .fuelExhausted)
            #expect(error.backtrace.first?.functionIndex == 0)
        }
    }

    /// Fuel that calling the first function takes.
    private func burn(_ functions: [Function], _ arguments: [Value]) throws -> UInt64 {
        let store = Store(limits: ResourceLimits(memoryBytes: 64 << 20, fuel: 1_000_000))
        let instance = try instantiate(store, functions)
        _ = try instance.invoke("f0", arguments)
        return 1_000_000 - (store.usage.fuelLeft ?? 0)
    }

    private func instantiate(
        _ store: Store,
        _ functions: [Function],
        _ more: [Wire.Section] = []
    ) throws -> Instance {
        let bytes = Wire.module(Guest.functions(functions, more: more))
        return try store.instantiate(
            Module(bytes: ModuleBytes(copying: bytes)),
            imports: Imports()
        )
    }
}
