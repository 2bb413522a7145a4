import Testing

@testable import Wasm

// Goal: an import is taken exactly when it is of the type the module wants.
// Method: one import each, against what is given; the table says which fit.
@Suite("Linking")
struct LinkingTests {
    private func link(_ wanted: [UInt8], types: [[UInt8]] = [], to guest: Guest) -> String? {
        let sections = [
            Wire.types(types), Wire.imports([Wire.importEntry("env", "it", wanted)]),
        ]
        guard let error = linkError({ try guest.instantiate(sections) }) else { return nil }
        guard case .link("env", "it", let message) = error else { return "\(error)" }
        return message
    }

    @Test("what is not there is unknown")
    func unknown() {
        let types = [Wire.functionType([], [])]
        #expect(link([0, 0], types: types, to: Guest()) == "unknown import")
    }

    @Test(
        "a function must have the very type",
        arguments: [
            ([Wire.i32], [Wire.i64], true), ([Wire.i32], [], false), ([], [Wire.i64], false),
            ([Wire.i64], [Wire.i64], false),
        ] as [([UInt8], [UInt8], Bool)]
    )
    func functions(parameters: [UInt8], results: [UInt8], fits: Bool) {
        var guest = Guest()
        guest.host("it", [.i32], [.i64]) { _ in }
        let message = link(
            [0, 0],
            types: [Wire.functionType(parameters, results)],
            to: guest
        )
        #expect(message == (fits ? nil : "incompatible import type"))
    }

    @Test(
        "a memory must be as large as wanted, and may not become larger",
        arguments: [
            ([0, 1], true), ([0, 2], true), ([0, 3], false), ([1, 1, 5], true),
            ([1, 2, 4], true), ([1, 2, 3], false), ([4, 1], false), ([1, 0, 6], true),
        ] as [([UInt8], Bool)]
    )
    func memories(limits: [UInt8], fits: Bool) throws {
        var guest = Guest()
        let type = MemoryType(limits: Limits(minimum: 2, maximum: 4))
        guest.imports.define("env", "it", .memory(try guest.store.memory(type)))
        #expect(link([2] + limits, to: guest) == (fits ? nil : "incompatible import type"))
    }

    @Test("a memory without maximum does not fit where one is wanted")
    func unboundedMemory() throws {
        var guest = Guest()
        let type = MemoryType(limits: Limits(minimum: 2))
        guest.imports.define("env", "it", .memory(try guest.store.memory(type)))
        #expect(link([2, 0, 1], to: guest) == nil)
        #expect(link([2, 1, 1, 9], to: guest) == "incompatible import type")
    }

    @Test("a table must hold the very type")
    func tables() throws {
        var guest = Guest()
        let type = TableType(element: .funcref, limits: Limits(minimum: 2, maximum: 4))
        guest.imports.define("env", "it", .table(try guest.store.table(type)))
        #expect(link([1, Wire.funcref, 0, 2], to: guest) == nil)
        #expect(link([1, Wire.externref, 0, 2], to: guest) == "incompatible import type")
        #expect(link([1, Wire.funcref, 0, 3], to: guest) == "incompatible import type")
        #expect(link([1, 0x64, Wire.funcref, 0, 2], to: guest) == "incompatible import type")
        #expect(link([2, 0, 1], to: guest) == "incompatible import type")
    }

    @Test("a constant may be narrower than wanted, a variable may not")
    func globals() throws {
        var guest = Guest()
        func define(_ type: ValueType, _ isMutable: Bool, _ value: Value) throws {
            let global = try guest.store.global(
                GlobalType(value: type, isMutable: isMutable),
                value
            )
            guest.imports.define("env", "it", .global(global))
        }
        try define(.i32, false, .i32(1))
        #expect(link([3, Wire.i32, 0], to: guest) == nil)
        #expect(link([3, Wire.i32, 1], to: guest) == "incompatible import type")
        #expect(link([3, Wire.i64, 0], to: guest) == "incompatible import type")
        try define(.reference(to: .i31, isNullable: true), false, .reference(.i31(3)))
        #expect(link([3, 0x6E, 0], to: guest) == nil)
        #expect(link([3, 0x6B, 0], to: guest) == "incompatible import type")
        try define(.reference(to: .i31, isNullable: true), true, .reference(nil))
        #expect(link([3, 0x6E, 1], to: guest) == "incompatible import type")
        #expect(link([3, 0x6C, 1], to: guest) == nil)
    }

    @Test("a global is not made from a value of another type")
    func wrongValue() {
        let guest = Guest()
        let type = GlobalType(value: .i32, isMutable: false)
        #expect(throws: InstantiationError.self) {
            _ = try guest.store.global(type, .i64(0))
        }
    }

    @Test("a memory is one memory, whoever imports it")
    func sharedMemory() throws {
        var guest = Guest()
        let owner = try guest.instantiate(
            [Wire.memories([[0, 1]]), Wire.exports([("memory", 2, 0)])]
        )
        guest.imports.define("env", owner)
        let store: [UInt8] = [0x20, 0, 0x20, 1, 0x36, 2, 0]
        let user = try guest.instantiate(
            Guest.functions(
                [([Wire.i32, Wire.i32], [], store)],
                imports: [Wire.importEntry("env", "memory", [2, 0, 1])]
            )
        )
        _ = try user.invoke("f0", [.i32(8), .i32(0xABCD)])
        #expect(owner.memory.load(UInt32.self, at: 8) == 0xABCD)
    }

    @Test("a function that one instance exports another may call, with its own memory")
    func crossCall() throws {
        var guest = Guest()
        // Reads byte 0 of its own memory.
        let reader = try guest.instantiate(
            Guest.functions(
                [([], [Wire.i32], [0x41, 0, 0x2D, 0, 0])],
                more: [Wire.memories([[0, 1]]), Wire.data([[0] + Wire.zero + [1, 77]])]
            )
        )
        guest.imports.define("env", reader)
        // Calls it, and adds byte 0 of its own memory.
        let caller = try guest.instantiate(
            Guest.functions(
                [([], [Wire.i32], [0x10, 0, 0x41, 0, 0x2D, 0, 0, 0x6A])],
                imports: [Wire.importEntry("env", "f0", [0, 0])],
                importedFunctionCount: 1,
                more: [Wire.memories([[0, 1]]), Wire.data([[0] + Wire.zero + [1, 3]])]
            )
        )
        #expect(try caller.invoke("f0", []) == [.i32(80)])
    }

    @Test("types of two modules are compared by what they are, not by their indices")
    func typesAcrossModules() throws {
        var guest = Guest()
        let provider = try guest.instantiate(
            Guest.functions([
                ([Wire.i64], [], []), ([], [Wire.i32], [0x41, 9]),
            ])
        )
        guest.imports.define("env", provider)
        let user = try guest.instantiate(
            Guest.functions(
                [([], [Wire.i32], [0x10, 0])],
                imports: [Wire.importEntry("env", "f1", [0, 0])],
                importedFunctionCount: 1
            )
        )
        #expect(try user.invoke("f0", []) == [.i32(9)])
        #expect(user.functionType("f0") == FunctionType(results: [.i32]))
        #expect(user.functionType("none") == nil)
    }
}
