/// A set of small numbers: one bit for each up to the largest.
struct IndexSet: Sendable {
    private var words: [UInt64] = []

    func contains(_ index: UInt32) -> Bool {
        let word = Int(index >> 6)
        return word < words.count && words[word] & (1 << UInt64(index & 63)) != 0
    }

    /// - Precondition: the caller has checked `index` against its index space: the set's size is
    ///   that of its largest member.
    mutating func insert(_ index: UInt32) {
        let word = Int(index >> 6)
        while words.count <= word { words.append(0) }
        words[word] |= 1 << UInt64(index & 63)
    }

    mutating func remove(_ index: UInt32) {
        let word = Int(index >> 6)
        if word < words.count { words[word] &= ~(1 << UInt64(index & 63)) }
    }
}
