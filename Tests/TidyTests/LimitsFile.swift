import TestKit

/// One of the lists in `Tests/Limits`: exceptions to a rule, one a line, each with its reason.
///
/// A line is `KEY: REASON`, or `KEY NUMBER: REASON` for a ratchet; `#` starts a comment.
struct LimitsFile {
    struct Entry {
        var key: String
        var number: Int?
        var reason: String
    }

    let name: String
    let entries: [Entry]

    init(_ name: String) throws {
        self.name = name
        entries = try readFile("\(repositoryRoot)/Tests/Limits/\(name)").split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
            .map { line in
                guard let colon = line.firstRange(of: ": ") else {
                    throw TestKitError(message: "\(name): no reason given in \"\(line)\"")
                }
                let words = line[..<colon.lowerBound].split(separator: " ")
                let number = words.count > 1 ? Int(words[words.count - 1]) : nil
                let key = words.dropLast(number == nil ? 0 : 1).joined(separator: " ")
                return Entry(key: key, number: number, reason: String(line[colon.upperBound...]))
            }
    }

    /// The entry for a path: its own, or that of a folder it lies in (a key that ends in `/`).
    func entry(for path: String) -> Entry? {
        entries.first { $0.key == path || $0.key.hasSuffix("/") && path.hasPrefix($0.key) }
    }
}
