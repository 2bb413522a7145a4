import Testing

@testable import Wasm

// Goal: a module becomes an instance as the specification says, step by step, within its budget.
// Method: small modules written by hand; what they did is read from their memories and globals.
@Suite("Instantiation")
struct InstantiationTests {
    /// `i32.const offset end`.
    private func at(_ offset: Int64) -> [UInt8] { [0x41] + Wire.signed(offset) + [0x0B] }

    @Test("a group of types without members may be the last thing that is declared")
    func emptyGroup() throws {
        let alone = try Guest().instantiate([Wire.types([[0x4E, 0]])])
        #expect(alone.functionType("run") == nil)
        _ = try Guest().instantiate([Wire.types([[0x60, 0, 0], [0x4E, 0], [0x4E, 0]])])
    }

    @Test("active data is written before the start function runs")
    func order() throws {
        let guest = Guest()
        // The start function copies byte 3 to byte 0.
        let code: [UInt8] = [0x41, 0, 0x41, 3, 0x2D, 0, 0, 0x3A, 0, 0]
        let instance = try guest.instantiate(
            Guest.functions(
                [([], [], code)],
                more: [
                    Wire.memories([[0, 1]]), Wire.start(0),
                    Wire.data([[0] + at(2) + [2, 7, 8]]),
                ]
            )
        )
        #expect(instance.memory.load(UInt8.self, at: 0) == 8)
        #expect(instance.memory.load(UInt16.self, at: 2) == 0x0807)
        #expect(instance.memory.byteCount == 65_536)
    }

    @Test("what earlier segments wrote stays when a later one is out of bounds")
    func partial() throws {
        var guest = Guest()
        let memory = try guest.store.memory(MemoryType(limits: Limits(minimum: 1)))
        guest.imports.define("env", "memory", .memory(memory))
        let sections = [
            Wire.imports([Wire.importEntry("env", "memory", [2, 0, 1])]),
            Wire.data([
                [0] + at(10) + [1, 99], [0] + at(65_535) + [2, 1, 2], [0] + at(0) + [1, 5],
            ]),
        ]
        let error = linkError { try guest.instantiate(sections) }
        guard case .trap(let trap) = error else {
            Issue.record("no trap: \(String(describing: error))")
            return
        }
        #expect(trap.reason == .memoryOutOfBounds)
        #expect(memory.bytes.load(UInt8.self, at: 10) == 99)
        #expect(memory.bytes.load(UInt8.self, at: 65_535) == 0)
        #expect(memory.bytes.load(UInt8.self, at: 0) == 0)
    }

    @Test("functions of a failed instance stay in the tables they were put into")
    func failedInstanceStays() throws {
        var guest = Guest()
        let type = TableType(element: .funcref, limits: Limits(minimum: 2))
        let table = try guest.store.table(type)
        guest.imports.define("env", "table", .table(table))
        let importTable = Wire.importEntry("env", "table", [1, Wire.funcref, 0, 2])
        let failing = Guest.functions(
            [([], [Wire.i32], [0x41, 42])],
            imports: [importTable],
            more: [Wire.elements([[0] + at(0) + [1, 0], [0] + at(2) + [1, 0]])]
        )
        guard case .trap(let trap) = linkError({ try guest.instantiate(failing) }) else {
            Issue.record("no trap")
            return
        }
        #expect(trap.reason == .tableOutOfBounds)
        let caller = try guest.instantiate(
            Guest.functions(
                [([], [Wire.i32], [0x41, 0, 0x11, 0, 0])],
                imports: [importTable]
            )
        )
        #expect(try caller.invoke("f0", []) == [.i32(42)])
    }

    @Test("a start function that traps is reported as that trap")
    func startTraps() {
        let guest = Guest()
        let sections = Guest.functions([([], [], [0x00])], more: [Wire.start(0)])
        guard case .trap(let trap) = linkError({ try guest.instantiate(sections) }) else {
            Issue.record("no trap")
            return
        }
        #expect(trap.reason == .unreachable)
    }

    @Test("globals are evaluated in order, each with those before it")
    func globals() throws {
        var guest = Guest()
        let type = GlobalType(value: .i32, isMutable: false)
        let ten = try guest.store.global(type, .i32(10))
        guest.imports.define("env", "ten", .global(ten))
        let instance = try guest.instantiate([
            Wire.imports([Wire.importEntry("env", "ten", [3, Wire.i32, 0])]),
            Wire.globals([
                [Wire.i32, 0, 0x23, 0, 0x41, 5, 0x6A, 0x0B],
                [Wire.i32, 1, 0x23, 1, 0x41, 2, 0x6C, 0x41, 1, 0x6B, 0x0B],
                [Wire.i64, 0, 0x42, 0x7F, 0x42, 2, 0x7C, 0x0B],
                [Wire.f64, 0, 0x44, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x0B],
                [Wire.externref, 0, 0xD0, Wire.externref, 0x0B],
            ]),
            Wire.exports([("a", 3, 1), ("b", 3, 2), ("c", 3, 3), ("d", 3, 4), ("e", 3, 5)]),
        ])
        let values = ["a", "b", "c", "d", "e"].map { name -> Value? in
            guard case .global(let global) = instance.export(name) else { return nil }
            return global.value
        }
        #expect(
            values == [
                .i32(15), .i32(29), .i64(1), .f64(bits: (1.0).bitPattern), .reference(nil),
            ]
        )
    }

    @Test("a module whose least does not fit is refused with both numbers, before anything is made")
    func overBudget() {
        let guest = Guest(memoryBytes: 8 << 20)
        let used = guest.store.budget.used
        let error = linkError { try guest.instantiate([Wire.memories([[0] + Wire.unsigned(200)])]) }
        guard case .limit(let needed, let allowed) = error else {
            Issue.record("not refused: \(String(describing: error))")
            return
        }
        // The pages, and the instance's own little.
        #expect(needed > 200 * 65_536 && needed < 201 * 65_536)
        #expect(allowed == (8 << 20) - used)
        #expect(guest.store.budget.used == used)
        #expect(error?.description.contains("\(needed) bytes") == true)
    }

    @Test("memories and tables are refused together when they fit only alone")
    func overBudgetTogether() {
        let guest = Guest(memoryBytes: 8 << 20)
        let half = UInt64(guest.store.budget.limit - guest.store.budget.used) / 2 + 65_536
        let pages = Int(half / 65_536)
        let elements = Int(half / 8)
        let sections = [
            Wire.tables([[Wire.funcref, 0] + Wire.unsigned(elements)]),
            Wire.memories([[0] + Wire.unsigned(pages)]),
        ]
        guard case .limit = linkError({ try guest.instantiate(sections) }) else {
            Issue.record("not refused")
            return
        }
        #expect(linkError { try guest.instantiate([sections[0]]) } == nil)
    }

    @Test("memory.grow past the budget answers -1 and changes nothing; within it, the old size")
    func growth() throws {
        let guest = Guest(memoryBytes: 8 << 20)
        let instance = try guest.instantiate(
            Guest.functions(
                [([Wire.i32], [Wire.i32], [0x20, 0, 0x40, 0])],
                more: [Wire.memories([[0, 1]])]
            )
        )
        #expect(try instance.invoke("f0", [.i32(2)]) == [.i32(1)])
        #expect(try instance.invoke("f0", [.i32(1_000)]) == [.i32(.max)])
        #expect(try instance.invoke("f0", [.i32(.max)]) == [.i32(.max)])
        #expect(try instance.invoke("f0", [.i32(0)]) == [.i32(3)])
        #expect(instance.memory.byteCount == 3 * 65_536)
    }

    @Test("table.grow past the budget answers -1")
    func tableGrowth() throws {
        let guest = Guest(memoryBytes: 8 << 20)
        let grow: [UInt8] = [0xD0, Wire.funcref, 0x20, 0, 0xFC, 15, 0]
        let instance = try guest.instantiate(
            Guest.functions(
                [([Wire.i32], [Wire.i32], grow)],
                more: [Wire.tables([[Wire.funcref, 0, 1]])]
            )
        )
        #expect(try instance.invoke("f0", [.i32(3)]) == [.i32(1)])
        #expect(try instance.invoke("f0", [.i32(8 << 20)]) == [.i32(.max)])
        #expect(try instance.invoke("f0", [.i32(0)]) == [.i32(4)])
    }
}
