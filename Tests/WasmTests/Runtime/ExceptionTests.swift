import Testing

@testable import Wasm

// Goal: an exception is caught by the innermost part that wants it, across instances, and ends the
// guest when there is none.
// Method: one instance throws its argument, another catches it.
@Suite("Exceptions")
struct ExceptionTests {
    /// `f0` throws its argument with the exported tag `t`.
    private func thrower(_ guest: Guest) throws -> Instance {
        try guest.instantiate([
            Wire.types([Wire.functionType([Wire.i32], [])]), Wire.functions([0]),
            Wire.tags([[0, 0]]), Wire.exports([("f0", 0, 0), ("t", 4, 0)]),
            Wire.code([Wire.body([0x20, 0, 0x08, 0])]),
        ])
    }

    /// `f0` calls `env.f0` and gives back what it throws with the tag `env.t`, or -1.
    private func catcher(_ guest: Guest) throws -> Instance {
        let code: [UInt8] = [
            0x02, Wire.i32, 0x1F, 0x40, 1, 0, 0, 0, 0x20, 0, 0x10, 0, 0x0B, 0x41, 0x7F, 0x0B,
        ]
        return try guest.instantiate([
            Wire.types([
                Wire.functionType([Wire.i32], []), Wire.functionType([Wire.i32], [Wire.i32]),
            ]),
            Wire.imports([
                Wire.importEntry("env", "t", [4, 0, 0]), Wire.importEntry("env", "f0", [0, 0]),
            ]),
            Wire.functions([1]), Wire.exports([("f0", 0, 1)]), Wire.code([Wire.body(code)]),
        ])
    }

    @Test("what one instance throws another catches, again and again")
    func acrossInstances() throws {
        var guest = Guest()
        guest.imports.define("env", try thrower(guest))
        let catcher = try catcher(guest)
        for number: UInt32 in 0..<1_000 {
            #expect(try catcher.invoke("f0", [.i32(number)]) == [.i32(number)])
        }
    }

    @Test("an exception of another tag goes by")
    func otherTag() throws {
        var guest = Guest()
        let first = try thrower(guest)
        let second = try thrower(guest)
        guest.imports.define("env", first)
        guest.imports.define("env", "t", try #require(second.export("t")))
        let catcher = try catcher(guest)
        do throws(Trap) {
            _ = try catcher.invoke("f0", [.i32(1)])
            Issue.record("no trap")
        } catch {
            #expect(error.reason == .uncaughtException)
        }
    }

    @Test("nothing thrown, nothing caught")
    func quiet() throws {
        var guest = Guest()
        guest.imports.define("env", try thrower(guest))
        guest.host("f0", [.i32], []) { _ throws(Trap) in }
        #expect(try catcher(guest).invoke("f0", [.i32(1)]) == [.i32(.max)])
    }

    @Test("an exception that nobody catches ends the guest, and names its function")
    func uncaught() throws {
        let guest = Guest()
        let thrower = try thrower(guest)
        do throws(Trap) {
            _ = try thrower.invoke("f0", [.i32(1)])
            Issue.record("no trap")
        } catch {
            #expect(error.reason == .uncaughtException)
            #expect(error.backtrace.map(\.functionIndex) == [0])
        }
    }

    @Test("through a host function an exception is a trap: the host's calls stand between")
    func throughHost() throws {
        var guest = Guest()
        let inner = try thrower(guest)
        guest.imports.define("env", inner)
        guest.host("f0", [.i32], []) { call throws(Trap) in
            _ = try inner.invoke("f0", [.i32(call.i32(0))])
        }
        let catcher = try catcher(guest)
        do throws(Trap) {
            _ = try catcher.invoke("f0", [.i32(1)])
            Issue.record("no trap")
        } catch {
            #expect(error.reason == .uncaughtException)
        }
        #expect(throws: Trap.self) { try catcher.invoke("f0", [.i32(2)]) }
    }
}
