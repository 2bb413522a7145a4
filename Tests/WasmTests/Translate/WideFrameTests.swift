import Testing

@testable import Wasm

// Goal: a function of more locals than short operands reach means what it says, and so do its callers.
// Method: functions of thousands of locals, built by rule, so that each result is known; the specification's
// scripts run with moved frames, too (`ConformanceTests.wide`).
@Suite("Frames of more than 64 KiB")
struct WideFrameTests {
    private static let count = 20_000

    private static func get(_ local: Int) -> [UInt8] { [0x20] + Wire.unsigned(local) }
    private static func set(_ local: Int) -> [UInt8] { [0x21] + Wire.unsigned(local) }
    private static func tee(_ local: Int) -> [UInt8] { [0x22] + Wire.unsigned(local) }
    private static func i64(_ value: Int) -> [UInt8] { [0x42] + Wire.signed(Int64(value)) }

    /// A body with the locals of `groups`, each a count and a type.
    private static func body(_ groups: [(Int, UInt8)], _ code: [UInt8]) -> [UInt8] {
        body(groups.map { ($0.0, [$0.1]) }, code)
    }

    private static func body(_ groups: [(Int, [UInt8])], _ code: [UInt8]) -> [UInt8] {
        let locals = Wire.list(groups.map { Wire.unsigned($0.0) + $0.1 })
        return Wire.unsigned(locals.count + code.count + 1) + locals + code + [0x0B]
    }

    /// Functions of one type each, exported as `f0`, `f1`, ….
    private static func sections(
        _ list: [(parameters: [UInt8], results: [UInt8], body: [UInt8])],
        more: [Wire.Section] = []
    ) -> [Wire.Section] {
        let sections = [
            Wire.types(list.map { Wire.functionType($0.parameters, $0.results) }),
            Wire.functions(Array(list.indices)),
            Wire.exports(list.indices.map { ("f\($0)", 0, $0) }),
            Wire.code(list.map(\.body)),
        ]
        return (sections + more).sorted { order($0.id) < order($1.id) }
    }

    private static func order(_ id: UInt8) -> Int {
        ([1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11] as [UInt8]).firstIndex(of: id) ?? 0
    }

    /// `x[i] = i * i` for all, then their sum.
    private static let squares: [UInt8] = {
        var code: [UInt8] = []
        for local in 0..<count { code += i64(local * local) + set(local) }
        code += i64(0)
        for local in 0..<count { code += get(local) + [0x7C] }
        return code
    }()
    private static let sum = UInt64((0..<count).reduce(0) { $0 + $1 * $1 })

    @Test("twenty thousand locals keep what they are given, and begin with zero")
    func locals() throws {
        let zeros = (0..<Self.count).flatMap { local -> [UInt8] in Self.get(local) + [0x84] }
        let instance = try Guest().instantiate(
            Self.sections([
                ([], [Wire.i64], Self.body([(Self.count, Wire.i64)], Self.squares)),
                ([], [Wire.i64], Self.body([(Self.count, Wire.i64)], Self.i64(0) + zeros)),
            ])
        )
        #expect(try instance.invoke("f0", []) == [.i64(Self.sum)])
        // The first call has left its values on the stack.
        #expect(try instance.invoke("f1", []) == [.i64(0)])
    }

    @Test("parameters, floats and vectors among far locals, and several results")
    func types() throws {
        let (a, b, v) = (3 + 9_000, 3 + 9_001, 3 + 9_002)
        // a = p0 + 1; b = p1 * p1; v = splat(p2); results a, b, lane 3 of v, p0.
        let code =
            Self.get(0) + [0x43, 0, 0, 0x80, 0x3F, 0x92] + Self.tee(a) + [0x1A] + Self.get(1)
            + Self.get(1) + [0xA2] + Self.set(b) + Self.get(2) + [0xFD, 0x11] + Self.set(v)
            + Self.get(a) + Self.get(b) + Self.get(v) + [0xFD, 0x1B, 3] + Self.get(0)
        let groups = [(9_000, Wire.i64), (1, Wire.f32), (1, Wire.f64), (1, Wire.v128)]
        let instance = try Guest().instantiate(
            Self.sections([
                (
                    [Wire.f32, Wire.f64, Wire.i32], [Wire.f32, Wire.f64, Wire.i32, Wire.f32],
                    Self.body(groups, code)
                ),
                // Its single results stay in registers for a caller that goes on computing.
                ([Wire.f64], [Wire.f64], Self.body([(9_000, Wire.i64)], Self.get(0))),
                (
                    [Wire.f64], [Wire.f64],
                    Wire.body(Self.get(0) + [0x10, 1] + Self.get(0) + [0x10, 1, 0xA0])
                ),
            ])
        )
        let results = try instance.invoke(
            "f0",
            [.f32(bits: Float(1.5).bitPattern), .f64(bits: 3.0.bitPattern), .i32(77)]
        )
        #expect(
            results == [
                .f32(bits: Float(2.5).bitPattern), .f64(bits: 9.0.bitPattern), .i32(77),
                .f32(bits: Float(1.5).bitPattern),
            ]
        )
        let doubled = try instance.invoke("f2", [.f64(bits: 2.5.bitPattern)])
        #expect(doubled == [.f64(bits: 5.0.bitPattern)])
    }

    @Test(
        "recursion keeps the far locals of each call apart, and ends in a trap when it is too deep"
    )
    func recursion() throws {
        // x9000 = p; if p == 0 then 1 else f(p - 1) * x9000
        let code =
            Self.get(0) + Self.set(9_000) + Self.get(0) + [0x50, 0x04, Wire.i64] + Self.i64(1)
            + [0x05] + Self.get(0) + Self.i64(1) + [0x7D, 0x10, 0] + Self.get(9_000) + [0x7E, 0x0B]
        let body = Self.body([(9_000, Wire.i64)], code)
        let instance = try Guest().instantiate(Self.sections([([Wire.i64], [Wire.i64], body)]))
        #expect(try instance.invoke("f0", [.i64(10)]) == [.i64(3_628_800)])
        do throws(Trap) {
            _ = try instance.invoke("f0", [.i64(1_000_000)])
            Issue.record("no trap")
        } catch {
            #expect(error.reason == .callStackExhausted)
            // As many as a stack of a megabyte holds, each a frame of 72 KB.
            #expect(error.backtrace.count > 10)
            #expect(error.backtrace.allSatisfy { $0.functionIndex == 0 })
        }
    }

    @Test("tail calls out of moved frames and into them need no more stack, however many there are")
    func tailCalls() throws {
        // wide(n, s): x = s + 1; n == 0 ? x : return_call narrow(n, x); narrow(n, s): return_call wide(n - 1, s)
        let wide =
            Self.get(1) + Self.i64(1) + [0x7C] + Self.set(9_000) + Self.get(0)
            + [0x50, 0x04, Wire.i64] + Self.get(9_000) + [0x05] + Self.get(0) + Self.get(9_000)
            + [0x12, 1, 0x0B]
        let narrow = Self.get(0) + Self.i64(1) + [0x7D] + Self.get(1) + [0x12, 0]
        let two = [Wire.i64, Wire.i64]
        // The same through a table.
        let indirect =
            Self.get(1) + Self.i64(1) + [0x7C] + Self.set(9_000) + Self.get(0)
            + [0x50, 0x04, Wire.i64] + Self.get(9_000) + [0x05] + Self.get(0) + Self.i64(1)
            + [0x7D] + Self.get(9_000) + [0x41, 0, 0x13, 2, 0, 0x0B]
        let instance = try Guest().instantiate(
            Self.sections(
                [
                    (two, [Wire.i64], Self.body([(9_000, Wire.i64)], wide)),
                    (two, [Wire.i64], Wire.body(narrow)),
                    (two, [Wire.i64], Self.body([(9_000, Wire.i64)], indirect)),
                ],
                more: [
                    Wire.tables([[Wire.funcref, 0, 1]]), Wire.elements([[0] + Wire.zero + [1, 2]]),
                ]
            )
        )
        #expect(try instance.invoke("f0", [.i64(20_000), .i64(0)]) == [.i64(20_001)])
        #expect(try instance.invoke("f2", [.i64(20_000), .i64(0)]) == [.i64(20_001)])
    }

    @Test("exceptions are caught in moved frames, and go through them")
    func exceptions() throws {
        let tag = Wire.tags([[0, 0]])
        // 0 throws; 1 calls it from a moved frame; 2 catches in one, and adds what it had before.
        let through = Self.get(0) + Self.set(9_000) + Self.get(9_000) + [0x10, 0]
        let catching: [UInt8] =
            [0x41, 5, 0x21] + Wire.unsigned(9_000)
            + [0x02, Wire.i32, 0x1F, 0x40, 1, 0, 0, 0] + Self.get(0)
            + [0x10, 1, 0x0B, 0x41, 0x7F, 0x0B] + Self.get(9_000) + [0x6A]
        let instance = try Guest().instantiate(
            Self.sections(
                [
                    ([Wire.i32], [], Wire.body(Self.get(0) + [0x08, 0])),
                    ([Wire.i32], [], Self.body([(9_000, Wire.i32)], through)),
                    ([Wire.i32], [Wire.i32], Self.body([(9_000, Wire.i32)], catching)),
                ],
                more: [tag]
            )
        )
        #expect(try instance.invoke("f2", [.i32(37)]) == [.i32(42)])
        do throws(Trap) {
            _ = try instance.invoke("f1", [.i32(1)])
            Issue.record("no trap")
        } catch {
            #expect(error.reason == .uncaughtException)
            #expect(error.backtrace.map(\.functionIndex) == [0, 1])
        }
    }

    @Test("what only a far local leads to is not collected")
    func references() throws {
        let guest = Guest(memoryBytes: 8 << 20)
        // x9000 = node 7; makes as many nodes as the argument says; the number of x9000.
        let code: [UInt8] =
            [0x41, 7, 0xFB, 0, 0, 0x21] + Wire.unsigned(9_000)
            + [0x03, 0x40, 0x41, 0, 0xFB, 0, 0, 0x1A] + Self.get(0)
            + [0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B] + Self.get(9_000) + [0xFB, 2, 0, 0]
        let instance = try guest.instantiate([
            Wire.types([[0x5F, 1, Wire.i32, 0], Wire.functionType([Wire.i32], [Wire.i32])]),
            Wire.functions([1]), Wire.exports([("f0", 0, 0)]),
            Wire.code([Self.body([(8_999, [Wire.i64]), (1, [0x63, 0])], code)]),
        ])
        #expect(try instance.invoke("f0", [.i32(500_000)]) == [.i32(7)])
        #expect(guest.store.machine.heap.collectionCount > 1)
    }

    @Test("fuel and interrupts end a function with a moved frame at its first operation and later")
    func ends() throws {
        let forever = Self.body([(9_000, Wire.i64)], [0x03, 0x40, 0x0C, 0, 0x0B])
        let module = Wire.module(Self.sections([([], [], forever)]))
        for fuel: UInt64 in [0, 1, 2, 1_000] {
            let store = Store(limits: ResourceLimits(memoryBytes: 64 << 20, fuel: fuel))
            let instance = try store.instantiate(
                Module(bytes: ModuleBytes(copying: module)),
                imports: Imports()
            )
            do throws(Trap) {
                _ = try instance.invoke("f0", [])
                Issue.record("no trap")
            } catch {
                #expect(error.reason == .fuelExhausted)
                #expect(error.backtrace.allSatisfy { $0.functionIndex == 0 })
            }
        }
    }

    @Test("operands that no frame holds are refused by name")
    func operands() throws {
        let code =
            (0..<9_000).flatMap { value -> [UInt8] in Self.i64(value) }
            + [UInt8](repeating: 0x1A, count: 9_000)
        let bytes = Wire.module(Self.sections([([], [], Wire.body(code))]))
        let module = try Module(bytes: ModuleBytes(copying: bytes))
        let error = #expect(throws: ModuleError.self) { try module.validateAllBodies() }
        #expect("\(error as Any)".contains("operands of 65536 bytes in a function's frame"))
    }
}
