import Testing

@testable import Wasm

// Goal: host and guest hand each other values and bytes, and nothing a guest says stops the host.
@Suite("Calls between host and guest")
struct HostCallTests {
    @Test("arguments arrive in order and by type, results go back")
    func arguments() throws {
        var guest = Guest()
        var seen: [Value] = []
        guest.host("mix", [.i32, .i64, .f32, .f64], [.i64]) { call throws(Trap) in
            seen = call.arguments
            let sum = UInt64(call.i32(0)) + call.i64(1) + UInt64(call.f32(2)) + UInt64(call.f64(3))
            call.returns(i64: sum)
        }
        let parameters = [Wire.i32, Wire.i64, Wire.f32, Wire.f64]
        let instance = try guest.instantiate(
            Guest.functions(
                [(parameters, [Wire.i64], [0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3, 0x10, 0])],
                imports: [Wire.importEntry("env", "mix", [0, 0])],
                importedFunctionCount: 1
            )
        )
        let values: [Value] = [
            .i32(1), .i64(20), .f32(bits: Float(300).bitPattern), .f64(bits: (4_000.0).bitPattern),
        ]
        #expect(try instance.invoke("f0", values) == [.i64(4_321)])
        #expect(seen == values)
    }

    @Test("a host function may give several results")
    func severalResults() throws {
        var guest = Guest()
        guest.host("pair", [], [.i32, .f64]) { call throws(Trap) in
            call.returns([.i32(5), .f64(bits: (2.5).bitPattern)])
        }
        let instance = try guest.instantiate(
            Guest.functions(
                [([], [Wire.i32, Wire.f64], [0x10, 0])],
                imports: [Wire.importEntry("env", "pair", [0, 0])],
                importedFunctionCount: 1
            )
        )
        #expect(try instance.invoke("f0", []) == [.i32(5), .f64(bits: (2.5).bitPattern)])
    }

    @Test("an argument that is not there reads as zero")
    func missingArgument() throws {
        var guest = Guest()
        guest.host("none", [], [.i32]) { call throws(Trap) in
            call.returns(i32: call.i32(7) + call.i32(-1))
        }
        guest.imports.define("", try guest.instantiate([]))
        let instance = try guest.instantiate(
            Guest.functions(
                [([], [Wire.i32], [0x10, 0])],
                imports: [Wire.importEntry("env", "none", [0, 0])],
                importedFunctionCount: 1
            )
        )
        #expect(try instance.invoke("f0", []) == [.i32(0)])
    }

    /// A guest whose `f0` calls the host function `env.it`.
    private func caller(_ guest: Guest, memory: Bool = false) throws -> Instance {
        try guest.instantiate(
            Guest.functions(
                [([], [], [0x10, 0])],
                imports: [Wire.importEntry("env", "it", [0, 0])],
                importedFunctionCount: 1,
                more: memory ? [Wire.memories([[0, 1]])] : []
            )
        )
    }

    @Test("what the host throws ends the guest, word for word")
    func hostTraps() throws {
        var guest = Guest()
        guest.host("it", [], []) { _ throws(Trap) in throw Trap.host("no such file") }
        let instance = try caller(guest)
        do throws(Trap) {
            _ = try instance.invoke("f0", [])
            Issue.record("no trap")
        } catch {
            #expect(error.message == "no such file")
            #expect(error.reason == .hostFailure)
        }
    }

    @Test("an exit carries its code out")
    func exit() throws {
        var guest = Guest()
        guest.host("it", [], []) { _ throws(Trap) in throw Trap.exit(3) }
        let instance = try caller(guest)
        do throws(Trap) {
            _ = try instance.invoke("f0", [])
            Issue.record("no exit")
        } catch {
            #expect(error.exitCode == 3)
        }
    }

    @Test("the store works on after a trap")
    func afterTrap() throws {
        var guest = Guest()
        var shouldThrow = true
        guest.host("it", [], []) { _ throws(Trap) in
            if shouldThrow { throw Trap.host("once") }
        }
        let instance = try caller(guest)
        #expect(throws: Trap.self) { try instance.invoke("f0", []) }
        shouldThrow = false
        #expect(try instance.invoke("f0", []).isEmpty)
    }

    @Test("the host sees the memory of its caller, and none when there is none")
    func callersMemory() throws {
        var guest = Guest()
        var sizes: [UInt64] = []
        guest.host("it", [], []) { call throws(Trap) in
            sizes.append(call.memory.byteCount)
            _ = call.memory.store(0xBEEF as UInt16, at: 4)
        }
        let withMemory = try caller(guest, memory: true)
        _ = try withMemory.invoke("f0", [])
        _ = try caller(guest).invoke("f0", [])
        #expect(sizes == [65_536, 0])
        #expect(withMemory.memory.load(UInt16.self, at: 4) == 0xBEEF)
    }

    @Test("a host function may call the guest again")
    func reentry() throws {
        var guest = Guest()
        var inner: Instance?
        var depth = 0
        guest.host("it", [], []) { _ throws(Trap) in
            depth += 1
            if depth < 5 { _ = try inner?.invoke("f0", []) }
        }
        let instance = try caller(guest)
        inner = instance
        _ = try instance.invoke("f0", [])
        #expect(depth == 5)
        inner = nil
    }

    @Test("a host function that calls the guest without end traps, and does not crash")
    func endlessReentry() throws {
        var guest = Guest()
        var inner: Instance?
        guest.host("it", [], []) { _ throws(Trap) in _ = try inner?.invoke("f0", []) }
        let instance = try caller(guest)
        inner = instance
        do throws(Trap) {
            _ = try instance.invoke("f0", [])
            Issue.record("no trap")
        } catch {
            #expect(error.reason == .callStackExhausted)
        }
        inner = nil
    }

    @Test("calling what is not there, or with other arguments, is an error of the host")
    func wrongInvocation() throws {
        let instance = try Guest().instantiate(
            Guest.functions([([Wire.i32], [], [])], more: [Wire.memories([[0, 1]])])
        )
        let attempts: [(String, [Value])] = [
            ("f1", []), ("f0", []), ("f0", [.i64(1)]), ("f0", [.i32(1), .i32(1)]),
            ("f0", [.reference(nil)]),
        ]
        for (name, arguments) in attempts {
            do throws(Trap) {
                _ = try instance.invoke(name, arguments)
                Issue.record("no trap: \(name) \(arguments)")
            } catch {
                #expect(error.reason == .hostFailure)
                #expect(error.message?.contains("\"\(name)\"") == true)
            }
        }
    }

    @Test("references of the host's come back as they went")
    func externalReferences() throws {
        let instance = try Guest().instantiate(
            Guest.functions([([Wire.externref], [Wire.externref], [0x20, 0])])
        )
        for reference: Reference? in [nil, .external(0), .external(.max)] {
            #expect(try instance.invoke("f0", [.reference(reference)]) == [.reference(reference)])
        }
        #expect(throws: Trap.self) { try instance.invoke("f0", [.reference(.i31(1))]) }
    }

    @Test("a function as a value can be put into a table and called")
    func functionReferences() throws {
        let instance = try Guest().instantiate(
            Guest.functions(
                [
                    ([Wire.funcref], [], [0x41, 0, 0x20, 0, 0x26, 0]),
                    ([], [Wire.i32], [0x41, 0, 0x11, 2, 0]), ([], [Wire.i32], [0x41, 11]),
                ],
                more: [Wire.tables([[Wire.funcref, 0, 1]])]
            )
        )
        guard case .function(let function) = instance.export("f2") else {
            Issue.record("no function")
            return
        }
        _ = try instance.invoke("f0", [.reference(.function(function.handle))])
        #expect(try instance.invoke("f1", []) == [.i32(11)])
    }

    @Test("recursion without end traps, again and again")
    func recursion() throws {
        let instance = try Guest().instantiate(
            Guest.functions([([Wire.i64], [Wire.i64], [0x20, 0, 0x10, 0])])
        )
        for _ in 0..<3 {
            do throws(Trap) {
                _ = try instance.invoke("f0", [.i64(1)])
                Issue.record("no trap")
            } catch {
                #expect(error.reason == .callStackExhausted)
            }
        }
    }
}
