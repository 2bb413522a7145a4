/// A fast checksum of 64 bits, to find bytes that a disk has lost; no protection against people.
///
/// XXH64, with seed 0. Source: xxHash fast digest algorithm, specification 0.1.1, "XXH64".
public struct Checksum: Sendable {
    private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
        0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9,
        0x85EB_CA77_C2B2_AE63, 0x27D4_EB2F_1656_67C5
    )
    private static let stripeByteCount = 32

    private var lanes: (UInt64, UInt64, UInt64, UInt64)
    private var rest: [UInt8] = []
    private var byteCount: UInt64 = 0

    /// The checksum of nothing.
    public init() {
        let (first, second, _, _, _) = Self.primes
        lanes = (first &+ second, second, 0, 0 &- first)
    }

    /// Takes more bytes.
    public mutating func update(_ bytes: [UInt8]) {
        byteCount &+= UInt64(bytes.count)
        var start = 0
        if !rest.isEmpty {
            start = min(Self.stripeByteCount - rest.count, bytes.count)
            rest += bytes[..<start]
            guard rest.count == Self.stripeByteCount else { return }
            let stripe = rest
            take(stripe, at: 0)
            rest.removeAll(keepingCapacity: true)
        }
        while bytes.count - start >= Self.stripeByteCount {
            take(bytes, at: start)
            start += Self.stripeByteCount
        }
        rest += bytes[start...]
    }

    /// The checksum of all that came.
    public func value() -> UInt64 {
        let (first, second, third, fourth, fifth) = Self.primes
        var hash = fifth
        if byteCount >= UInt64(Self.stripeByteCount) {
            hash = Self.rotate(lanes.0, 1) &+ Self.rotate(lanes.1, 7)
            hash = hash &+ Self.rotate(lanes.2, 12) &+ Self.rotate(lanes.3, 18)
            for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
                hash = (hash ^ Self.round(0, lane)) &* first &+ fourth
            }
        }
        hash = hash &+ byteCount
        var position = 0
        while rest.count - position >= 8 {
            hash ^= Self.round(0, Self.word(rest, position, 8))
            hash = Self.rotate(hash, 27) &* first &+ fourth
            position += 8
        }
        if rest.count - position >= 4 {
            hash ^= Self.word(rest, position, 4) &* first
            hash = Self.rotate(hash, 23) &* second &+ third
            position += 4
        }
        for byte in rest[position...] {
            hash ^= UInt64(byte) &* fifth
            hash = Self.rotate(hash, 11) &* first
        }
        hash = (hash ^ (hash >> 33)) &* second
        hash = (hash ^ (hash >> 29)) &* third
        return hash ^ (hash >> 32)
    }

    private mutating func take(_ bytes: [UInt8], at start: Int) {
        lanes.0 = Self.round(lanes.0, Self.word(bytes, start, 8))
        lanes.1 = Self.round(lanes.1, Self.word(bytes, start + 8, 8))
        lanes.2 = Self.round(lanes.2, Self.word(bytes, start + 16, 8))
        lanes.3 = Self.round(lanes.3, Self.word(bytes, start + 24, 8))
    }

    @inline(__always)
    private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
        rotate(lane &+ input &* primes.1, 31) &* primes.0
    }

    @inline(__always)
    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }

    /// Some bytes, the lowest first, as a number.
    @inline(__always)
    private static func word(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[start + index]) << UInt64(index * 8) }
        return value
    }
}
