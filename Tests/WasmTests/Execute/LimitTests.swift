import Testing

@testable import Wasm

// Goal: no guest runs longer, deeper or larger than it may, and each way of ending says which.
@Suite("Limits of a running guest")
struct LimitTests {
    /// A loop that only branches back: `loop br 0 end`.
    private static let forever: [UInt8] = [0x03, 0x40, 0x0C, 0, 0x0B]

    @Test("endless recursion ends in a trap with a bounded backtrace")
    func recursion() throws {
        let instance = try Guest().instantiate(Guest.functions([([], [], [0x10, 0])]))
        let trap = trap(of: instance)
        #expect(trap?.reason == .callStackExhausted)
        #expect(trap?.backtrace.count == Trap.backtraceCountMax)
        #expect(trap?.backtrace.first?.functionIndex == 0)
    }

    @Test("a loop without end burns its fuel")
    func fuel() throws {
        let store = Store(limits: ResourceLimits(memoryBytes: 64 << 20, fuel: 10_000))
        let instance = try instantiate(store, Self.forever)
        #expect(trap(of: instance)?.reason == .fuelExhausted)
        #expect(store.usage.fuelLeft == 0)
    }

    @Test("a loop without end can be interrupted by a function it calls, and the store goes on")
    func interrupt() throws {
        var guest = Guest()
        let store = guest.store
        var calls = 0
        guest.host("tick", [], []) { _ throws(Trap) in
            calls += 1
            if calls == 5 { store.interrupt() }
        }
        let instance = try guest.instantiate(
            Guest.functions(
                [([], [], [0x03, 0x40, 0x10, 0, 0x0C, 0, 0x0B]), ([], [Wire.i32], [0x41, 7])],
                imports: [Wire.importEntry("env", "tick", [0, 0])],
                importedFunctionCount: 1
            )
        )
        #expect(trap(of: instance)?.reason == .interrupted)
        #expect(calls == 5)
        #expect(try instance.invoke("f1", []) == [.i32(7)])
    }

    @Test("memory grows to the budget and no further, and says so in the report")
    func memory() throws {
        let guest = Guest(memoryBytes: 4 << 20)
        let instance = try guest.instantiate(
            Guest.functions(
                [([Wire.i32], [Wire.i32], [0x20, 0, 0x40, 0])],
                more: [Wire.memories([[0, 1]])]
            )
        )
        #expect(try instance.invoke("f0", [.i32(1)]) == [.i32(1)])
        #expect(try instance.invoke("f0", [.i32(1_000)]) == [.i32(.max)])
        #expect(guest.store.usage.refusedAllocations > 0)
        #expect(guest.store.usage.memoryBytesPeak <= 4 << 20)
    }

    @Test("an access that ends behind the memory traps, one that ends at its end does not")
    func bounds() throws {
        let instance = try Guest().instantiate(
            Guest.functions(
                [([Wire.i32], [Wire.i32], [0x20, 0, 0x28, 2, 0])],
                more: [Wire.memories([[0, 1]])]
            )
        )
        #expect(try instance.invoke("f0", [.i32(65_532)]) == [.i32(0)])
        for address: UInt32 in [65_533, 65_536, .max - 3, .max] {
            do {
                _ = try instance.invoke("f0", [.i32(address)])
                Issue.record("address \(address) was read")
            } catch { #expect(error.reason == .memoryOutOfBounds) }
        }
    }

    private func instantiate(_ store: Store, _ code: [UInt8]) throws -> Instance {
        let bytes = Wire.module(Guest.functions([([], [], code)]))
        let module = try Module(bytes: ModuleBytes(copying: bytes))
        return try store.instantiate(module, imports: Imports())
    }

    private func trap(of instance: Instance) -> Trap? {
        do {
            _ = try instance.invoke("f0", [])
            return nil
        } catch { return error }
    }
}
