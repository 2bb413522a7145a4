import Testing

@testable import Wasm

// Goal: code beyond its share is evicted and translated again, and nobody notices but by the clock.
// Method: many functions under a share that a few of them fill; results are compared with what they
// must be, or with those of the same module under a large share.
@Suite("Eviction of translated code")
struct EvictionTests {
    private static let functionCount = 300
    private static let shareBytes: UInt64 = 16 << 10

    /// A function of one parameter: 40 times `x = (x + k) ^ k`.
    private static func leaf(_ index: Int) -> [UInt8] {
        let step = [0x41] + Wire.signed(Int64(index * 37 + 1))
        let round = step + [0x6A] + step + [0x73]
        return [0x20, 0] + (0..<40).flatMap { _ in round }
    }

    private static func leafResult(_ index: Int, _ argument: UInt32) -> UInt32 {
        let step = UInt32(index * 37 + 1)
        return (0..<40).reduce(argument) { value, _ in (value &+ step) ^ step }
    }

    private static func call(_ index: Int) -> [UInt8] { [0x10] + Wire.unsigned(index) }

    private static func store(_ shareBytes: UInt64 = shareBytes) -> Store {
        Store(limits: ResourceLimits(memoryBytes: 64 << 20, codeBytes: shareBytes))
    }

    private static func instantiate(
        _ bodies: [[UInt8]],
        in store: Store,
        imports: Imports = Imports()
    ) throws -> Instance {
        let sections = Guest.functions(bodies.map { ([Wire.i32], [Wire.i32], $0) })
        let module = try Module(bytes: ModuleBytes(copying: Wire.module(sections)))
        try module.validateAllBodies()
        return try store.instantiate(module, imports: imports)
    }

    private static func leaves() -> [[UInt8]] { (0..<functionCount).map(leaf) }

    @Test("functions that the host calls one after another keep to the share")
    func host() throws {
        let store = Self.store()
        let instance = try Self.instantiate(Self.leaves(), in: store)
        for round: UInt32 in 0..<3 {
            for index in 0..<Self.functionCount {
                let result = try instance.invoke("f\(index)", [.i32(round)])
                #expect(result == [.i32(Self.leafResult(index, round))])
            }
        }
        let usage = store.usage
        #expect(usage.functionsTranslated > 2 * Self.functionCount)
        #expect(usage.functionsEvicted > 2 * Self.functionCount - 100)
        #expect(usage.codeBytes > 10 * Int(Self.shareBytes))
        let entries = UInt64(usage.functionsTranslated - usage.functionsEvicted) * 128
        #expect(usage.sharePeaks[.translatedCode] ?? 0 <= Self.shareBytes + entries)
        #expect(usage.refusedAllocations == 0)
    }

    @Test("a function that calls all others is still there when they return")
    func driver() throws {
        let store = Self.store()
        let calls = (0..<Self.functionCount).flatMap(Self.call)
        let twice: [UInt8] = [0x20, 0] + calls + calls
        let instance = try Self.instantiate(Self.leaves() + [twice], in: store)
        let once = (0..<Self.functionCount).reduce(7) { Self.leafResult($1, $0) }
        let expected = (0..<Self.functionCount).reduce(once) { Self.leafResult($1, $0) }
        #expect(try instance.invoke("f\(Self.functionCount)", [.i32(7)]) == [.i32(expected)])
        #expect(store.usage.functionsEvicted > Self.functionCount)
    }

    @Test("a function that is called all the time is not evicted")
    func hot() throws {
        let store = Self.store()
        let hot = Self.functionCount
        let calls = (0..<Self.functionCount).flatMap { Self.call($0) + Self.call(hot) }
        let instance = try Self.instantiate(
            Self.leaves() + [[0x20, 0], [0x20, 0] + calls],
            in: store
        )
        let expected = (0..<Self.functionCount).reduce(1) { Self.leafResult($1, $0) }
        for round in 1...3 {
            #expect(try instance.invoke("f\(hot + 1)", [.i32(1)]) == [.i32(expected)])
            // The first eviction has nobody's word on what is hot; the driver may go between rounds.
            #expect(store.usage.functionsTranslated <= round * (Self.functionCount + 1) + 2)
        }
    }

    @Test("functions that wait for others are kept, beyond the share when the limit allows it")
    func depth() throws {
        let store = Self.store()
        let instance = try Self.instantiate(Self.chain, in: store)
        let expected = (0...Self.functionCount).reduce(3) { Self.leafResult($1, $0) }
        for _ in 0..<2 { #expect(try instance.invoke("f0", [.i32(3)]) == [.i32(expected)]) }
        // Once they have returned, others take their place, and the share is kept to again.
        let peak = store.usage.sharePeaks[.translatedCode] ?? 0
        #expect(peak > 4 * Self.shareBytes)
        for index in 0..<Self.functionCount where index % 50 == 0 {
            _ = try instance.invoke("f\(Self.functionCount - index / 50)", [.i32(1)])
        }
        #expect(store.usage.sharePeaks[.translatedCode] == peak)
    }

    /// Each calls the next with its own result; the last one is a leaf.
    private static var chain: [[UInt8]] {
        (0..<functionCount).map { leaf($0) + call($0 + 1) } + [leaf(functionCount)]
    }

    @Test("when functions that wait for others take all memory, the call traps")
    func depthWithoutMemory() throws {
        let store = Store(limits: ResourceLimits(memoryBytes: 560 << 10))
        let instance = try Self.instantiate(Self.chain, in: store)
        let near = Self.functionCount - 5
        let expected = (near...Self.functionCount).reduce(3) { Self.leafResult($1, $0) }
        for _ in 0..<2 {
            #expect(try instance.invoke("f\(near)", [.i32(3)]) == [.i32(expected)])
            do {
                _ = try instance.invoke("f0", [.i32(0)])
                Issue.record("300 functions at once fitted")
            } catch { #expect(error.reason == .outOfMemory) }
        }
    }

    @Test("a function larger than a block replaces whole blocks, and goes again")
    func large() throws {
        let store = Self.store(128 << 10)
        let long: [UInt8] = [0x20, 0] + (0..<200).flatMap { Self.leaf($0).dropFirst(2) }
        let instance = try Self.instantiate(Self.leaves() + [long], in: store)
        let expected = (0..<200).reduce(5) { Self.leafResult($1, $0) }
        for _ in 0..<2 {
            for index in 0..<Self.functionCount {
                _ = try instance.invoke("f\(index)", [.i32(1)])
            }
            #expect(
                try instance.invoke("f\(Self.functionCount)", [.i32(5)]) == [.i32(expected)]
            )
        }
        #expect(store.usage.functionsEvicted > 0)
        #expect(store.usage.sharePeaks[.translatedCode] ?? 0 <= 192 << 10)
    }

    @Test("another instance's functions are kept while they wait for a call of this one")
    func twoInstances() throws {
        let store = Self.store()
        let near = try Self.instantiate(Self.leaves(), in: store)
        var imports = Imports()
        imports.define("near", near)
        let entries = (0..<Self.functionCount).map { Wire.importEntry("near", "f\($0)", [0, 0]) }
        let sections = [
            Wire.types([Wire.functionType([Wire.i32], [Wire.i32])]), Wire.imports(entries),
            Wire.functions([0]), Wire.exports([("all", 0, Self.functionCount)]),
            Wire.code([Wire.body([0x20, 0] + (0..<Self.functionCount).flatMap(Self.call))]),
        ]
        let module = try Module(bytes: ModuleBytes(copying: Wire.module(sections)))
        let far = try store.instantiate(module, imports: imports)
        let expected = (0..<Self.functionCount).reduce(9) { Self.leafResult($1, $0) }
        for _ in 0..<2 { #expect(try far.invoke("all", [.i32(9)]) == [.i32(expected)]) }
        #expect(store.usage.functionsEvicted > Self.functionCount)
    }

    @Test("a function that catches does so after it was evicted")
    func exceptions() throws {
        let store = Self.store()
        let thrower = Self.functionCount
        // block (result i32): try_table (catch 0 0): call thrower; unreachable.
        let catcher: [UInt8] =
            [0x02, 0x7F, 0x1F, 0x40, 1, 0, 0, 0, 0x20, 0] + Self.call(thrower)
            + [0x1A, 0x0B, 0x00, 0x0B]
        // The last function is there for its type, which is the tag's.
        let bodies = Self.leaves() + [[0x20, 0, 0x08, 0], catcher]
        let sections = Guest.functions(
            bodies.map { ([Wire.i32], [Wire.i32], $0) } + [([Wire.i32], [], [])],
            more: [Wire.tags([[0] + Wire.unsigned(bodies.count)])]
        )
        let module = try Module(bytes: ModuleBytes(copying: Wire.module(sections)))
        try module.validateAllBodies()
        let instance = try store.instantiate(module, imports: Imports())
        for round: UInt32 in 0..<3 {
            #expect(try instance.invoke("f\(thrower + 1)", [.i32(round)]) == [.i32(round)])
            for index in 0..<Self.functionCount {
                _ = try instance.invoke("f\(index)", [.i32(1)])
            }
        }
    }

    @Test(
        "random call graphs give the same under a small share",
        arguments: 0..<20 as Range<UInt64>
    )
    func random(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let count = 120
        let bodies = (0..<count).map { index -> [UInt8] in
            var body = Self.leaf(index)
            // Only near ones: then no chain is long, and the number of calls stays small.
            for _ in 0..<2 where index + 40 < count {
                body += Self.call(index + 20 + next(20)) + Self.leaf(next(99)).dropFirst(2)
            }
            return body
        }
        let small = Self.store(UInt64(20 + next(16)) << 10)
        let tight = try Self.instantiate(bodies, in: small)
        let wide = try Self.instantiate(bodies, in: Self.store(4 << 20))
        for _ in 0..<60 {
            let name = "f\(next(count))"
            let argument = Value.i32(UInt32(next(1 << 30)))
            #expect(try tight.invoke(name, [argument]) == (try wide.invoke(name, [argument])))
        }
        #expect(small.usage.functionsEvicted > 0)
    }
}
