import Testing

@testable import Wasm

// Goal: an access of a vector to a second memory, or at a 64-bit address, does what it does in the first.
// Method: the same bytes in a plain memory and in the other; each operator on both, at addresses in the middle
// and at both ends, must give the same vector or the same trap, and stores must leave the same bytes.
@Suite("Vectors in other memories")
struct FarVectorTests {
    /// How the other memory is addressed.
    enum Other: CaseIterable { case second, wide }

    /// Operators: loads, loads of a lane, stores, stores of a lane; each with its alignment.
    private static let loads: [(UInt8, UInt8)] = [
        (0, 4), (1, 3), (2, 3), (3, 3), (4, 3), (5, 3), (6, 3), (7, 0), (8, 1), (9, 2), (10, 3),
        (92, 2),
        (93, 3),
    ]
    private static let laneLoads: [(UInt8, UInt8)] = [(84, 0), (85, 1), (86, 2), (87, 3)]
    private static let stores: [(UInt8, UInt8)] = [(11, 4)]
    private static let laneStores: [(UInt8, UInt8)] = [(88, 0), (89, 1), (90, 2), (91, 3)]
    private static let offset = 5
    private static let addresses: [UInt64] = [
        0, 1, 17, 40, 65_510, 65_515, 65_516, 65_519, 65_523, 65_524, 65_527, 65_529, 65_530,
        65_531, 65_535,
        65_536, 1 << 31, (1 << 32) - 1,
    ]
    private static let vector = Value.v128(low: 0x0807_0605_0403_0201, high: 0x8899_AABB_CCDD_EEFF)

    /// The operator on the memory, its operands being all parameters.
    private static func code(_ operation: (UInt8, UInt8), lane: UInt8?, isSecond: Bool) -> [UInt8] {
        let index: [UInt8] = isSecond ? [operation.1 | 0x40, 1] : [operation.1]
        let hasVector = lane != nil || operation.0 == 11
        return [0x20, 0] + (hasVector ? [0x20, 1] : []) + [0xFD] + Wire.unsigned(Int(operation.0))
            + index + Wire.unsigned(offset) + (lane.map { [$0] } ?? [])
    }

    /// All functions, on the plain memory or on the other one; `isPlain` says what is what.
    private static func instance(_ other: Other, isPlain: Bool) throws -> Instance {
        let address = isPlain || other == .second ? Wire.i32 : Wire.i64
        let isSecond = !isPlain && other == .second
        var list: [(parameters: [UInt8], results: [UInt8], code: [UInt8])] = []
        for load in loads {
            list.append(([address], [Wire.v128], code(load, lane: nil, isSecond: isSecond)))
        }
        for load in laneLoads {
            let code = code(load, lane: 1, isSecond: isSecond)
            list.append(([address, Wire.v128], [Wire.v128], code))
        }
        for store in stores {
            list.append(([address, Wire.v128], [], code(store, lane: nil, isSecond: isSecond)))
        }
        for store in laneStores {
            list.append(([address, Wire.v128], [], code(store, lane: 1, isSecond: isSecond)))
        }
        let memory: [UInt8] = !isPlain && other == .wide ? [4, 1] : [0, 1]
        let start: [UInt8] = !isPlain && other == .wide ? [0x42] : [0x41]
        let bytes = (0..<128).map { UInt8(truncatingIfNeeded: $0 * 7 + 129) }
        let segments = [0, 65_408].map { place -> [UInt8] in
            let head: [UInt8] = isSecond ? [2, 1] : [0]
            return head + start + Wire.signed(Int64(place)) + [0x0B] + Wire.unsigned(bytes.count)
                + bytes
        }
        return try Guest().instantiate(
            Guest.functions(
                list,
                more: [
                    Wire.memories(isSecond ? [[0, 1], memory] : [memory]), Wire.data(segments),
                ]
            )
        )
    }

    /// What a call gives, or the reason of its trap.
    private static func outcome(_ instance: Instance, _ index: Int, _ arguments: [Value]) -> String
    {
        do throws(Trap) {
            return "\(try instance.invoke("f\(index)", arguments))"
        } catch {
            return "\(error.reason)"
        }
    }

    @Test("loads, lanes and stores agree with those of a plain memory", arguments: Other.allCases)
    func agree(other: Other) throws {
        let plain = try Self.instance(other, isPlain: true)
        let far = try Self.instance(other, isPlain: false)
        func address(_ value: UInt64, _ isPlain: Bool) -> Value {
            isPlain || other == .second ? .i32(UInt32(truncatingIfNeeded: value)) : .i64(value)
        }
        let loadCount = Self.loads.count
        let count = loadCount + Self.laneLoads.count + Self.stores.count + Self.laneStores.count
        var trapCount = 0
        for index in 0..<count {
            let more = index < loadCount ? [] : [Self.vector]
            for place in Self.addresses {
                let expected = Self.outcome(plain, index, [address(place, true)] + more)
                #expect(Self.outcome(far, index, [address(place, false)] + more) == expected)
                if expected == "\(TrapReason.memoryOutOfBounds)" { trapCount += 1 }
            }
            for place in stride(from: UInt64(0), to: 65_520, by: index < loadCount ? 4_096 : 16) {
                let expected = Self.outcome(plain, 0, [address(place, true)])
                #expect(Self.outcome(far, 0, [address(place, false)]) == expected)
            }
        }
        #expect(trapCount > count)
    }

    @Test("an address and an offset that are too large together trap, whatever their sum would be")
    func overflow() throws {
        let code: [UInt8] = [0x20, 0, 0xFD, 0, 0] + Wire.unsigned(Int.max) + [0xFD, 0x1D, 0]
        let largest: [UInt8] = [0xF8] + [UInt8](repeating: 0xFF, count: 8) + [0x01]
        let store: [UInt8] = [0x20, 0, 0x20, 0, 0xFD, 0x12, 0xFD, 11, 0] + largest
        let instance = try Guest().instantiate(
            Guest.functions(
                [([Wire.i64], [Wire.i64], code), ([Wire.i64], [], store)],
                more: [Wire.memories([[4, 1]])]
            )
        )
        for address: UInt64 in [0, 7, 8, 16, .max, .max - 7, 1 << 63] {
            for index in 0..<2 {
                let outcome = Self.outcome(instance, index, [.i64(address)])
                #expect(outcome == "\(TrapReason.memoryOutOfBounds)")
            }
        }
    }
}
