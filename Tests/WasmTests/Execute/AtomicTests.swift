import Testing

@testable import Wasm

// Goal: atomic operators do what their plain counterparts do, on memories shared or not, and refuse addresses
// that are no multiples of their size. (The specification's script does the sums: `threads/atomic`.)
@Suite("Atomic operators")
struct AtomicTests {
    /// Functions on a memory of one page, which is shared when `isShared`.
    private func instance(
        _ codes: [(parameters: [UInt8], results: [UInt8], code: [UInt8])],
        isShared: Bool = false
    ) throws -> Instance {
        try Guest().instantiate(
            Guest.functions(codes, more: [Wire.memories([isShared ? [3, 1, 1] : [0, 1]])])
        )
    }

    private func reason(_ instance: Instance, _ arguments: [Value]) -> TrapReason? {
        do throws(Trap) {
            _ = try instance.invoke("f0", arguments)
            return nil
        } catch { return error.reason }
    }

    @Test("a wait on a shared memory is over at once: the value differs, or the time is up")
    func wait() throws {
        let code: [UInt8] = [0x41, 16, 0x20, 0, 0x42, 0x7F, 0xFE, 1, 2, 0]
        let shared = try instance([([Wire.i32], [Wire.i32], code)], isShared: true)
        #expect(try shared.invoke("f0", [.i32(1)]) == [.i32(1)])
        #expect(try shared.invoke("f0", [.i32(0)]) == [.i32(2)])
        let own = try instance([([Wire.i32], [Wire.i32], code)])
        #expect(reason(own, [.i32(0)]) == .unsharedWait)
    }

    @Test("nobody is there to be notified, and a fence is nothing")
    func notify() throws {
        let code: [UInt8] = [0xFE, 3, 0, 0x20, 0, 0x41, 5, 0xFE, 0, 2, 0]
        let instance = try instance([([Wire.i32], [Wire.i32], code)])
        #expect(try instance.invoke("f0", [.i32(8)]) == [.i32(0)])
        #expect(reason(instance, [.i32(2)]) == .unalignedAtomic)
        #expect(reason(instance, [.i32(65_536)]) == .memoryOutOfBounds)
    }

    @Test("a narrow exchange compares as many bits as it writes, and leaves its neighbours alone")
    func narrow() throws {
        // i64.atomic.rmw8.cmpxchg_u at 1, expected and new from the parameters; then the whole word.
        let exchange: [UInt8] = [0x41, 1, 0x20, 0, 0x20, 1, 0xFE, 0x4C, 0, 0]
        let word: [UInt8] = [0x41, 0, 0xFE, 0x11, 3, 0]
        let instance = try instance([
            ([Wire.i64, Wire.i64], [Wire.i64], exchange), ([], [Wire.i64], word),
        ])
        #expect(try instance.invoke("f0", [.i64(0x1_00), .i64(0x2_AB)]) == [.i64(0)])
        #expect(try instance.invoke("f1", []) == [.i64(0xAB00)])
        #expect(try instance.invoke("f0", [.i64(0xAC), .i64(1)]) == [.i64(0xAB)])
        #expect(try instance.invoke("f1", []) == [.i64(0xAB00)])
    }

    @Test(
        "an alignment other than the natural one is no module, nor is an opcode that is not there"
    )
    func invalid() {
        for code: [UInt8] in [
            [0x41, 0, 0xFE, 0x10, 1, 0, 0x1A], [0x41, 0, 0xFE, 0x10, 3, 0, 0x1A], [0xFE, 3, 1],
            [0xFE, 0x4F],
            [0x41, 0, 0xFE, 0x0F, 2, 0, 0x1A],
        ] {
            #expect(throws: ModuleError.self) { try instance([([], [], code)]) }
        }
    }
}
