/// Finds the name that someone probably meant.
public enum Spelling {
    /// The longest name that is compared; the work grows with the square of it.
    private static let characterCountMax = 64

    /// The member of `names` that is nearest to `word`.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - names: What would have been right.
    /// - Returns: The name that needs the fewest changed, added, lost or swapped letters; nil when more
    ///   than a third of the letters are wrong. Among equals the first in alphabetical order.
    public static func nearest(to word: String, among names: some Sequence<String>) -> String? {
        guard word.utf8.count <= characterCountMax else { return nil }
        let letters = Array(word.lowercased().utf8)
        let distances = names.map { ($0, distance(letters, Array($0.lowercased().utf8))) }
        let best = distances.min { ($0.1, $0.0) < ($1.1, $1.0) }
        guard let best, best.1 * 3 <= max(letters.count, 3) else { return nil }
        return best.0
    }

    /// Damerau's distance, restricted to swaps of neighbours.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for (row, leftByte) in left.enumerated() {
            var current = [row + 1]
            for (column, rightByte) in right.enumerated() {
                var best = min(
                    previous[column] + (leftByte == rightByte ? 0 : 1),
                    min(previous[column + 1], current[column]) + 1
                )
                if row > 0, column > 0, leftByte == right[column - 1], left[row - 1] == rightByte {
                    best = min(best, beforePrevious[column - 1] + 1)
                }
                current.append(best)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
