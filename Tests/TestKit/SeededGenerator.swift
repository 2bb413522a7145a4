/// A random source that gives the same numbers for the same seed, so that a failure can be replayed.
///
/// SplitMix64 (Steele, Lea, Flood 2014).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts at `seed`; print it with a failure.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension SeededGenerator {
    /// `count` random bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// `bytes` with a few of them changed, removed, repeated or inserted.
    public mutating func mutated(_ bytes: [UInt8], changesMax: Int = 8) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...changesMax, using: &self) {
            let position = result.isEmpty ? 0 : Int.random(in: 0..<result.count, using: &self)
            switch Int.random(in: 0..<4, using: &self) {
            case 0 where !result.isEmpty: result[position] = UInt8(truncatingIfNeeded: next())
            case 1 where !result.isEmpty: result.remove(at: position)
            case 2: result.insert(UInt8(truncatingIfNeeded: next()), at: position)
            default:
                let end = min(result.count, position + Int.random(in: 0...16, using: &self))
                result.insert(contentsOf: result[position..<end], at: position)
            }
        }
        return result
    }
}
