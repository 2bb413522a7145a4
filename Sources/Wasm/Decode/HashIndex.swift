/// Finds the places of entries in a list by the hashes of their keys.
///
/// Why not a dictionary: for each type of key the runtime looks through all conformances of the program
/// when the first one is made, 20 us each at every start of a guest. The list stays with the owner, who
/// compares keys as well.
struct HashIndex: Sendable {
    /// By slot: an entry's place, or -1; a power of two of them, a third of them free at least.
    private var slots: [Int32] = []
    /// By place.
    private var hashes: [Int] = []

    /// The first entry with this hash that `isEqual` to what is wanted.
    func first(_ hash: Int, where isEqual: (Int) -> Bool) -> Int? {
        guard !slots.isEmpty else { return nil }
        var slot = hash & (slots.count - 1)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if hashes[place] == hash, isEqual(place) { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The next entry of the list, which has this hash.
    mutating func append(_ hash: Int) {
        hashes.append(hash)
        if hashes.count * 3 > slots.count * 2 {
            slots = Array(repeating: -1, count: max(8, slots.count * 2))
            for place in hashes.indices { fill(place) }
        } else {
            fill(hashes.count - 1)
        }
    }

    private mutating func fill(_ place: Int) {
        var slot = hashes[place] & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(truncatingIfNeeded: place)
    }
}
