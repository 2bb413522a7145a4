import TestKit

/// The scripts that need not pass whole yet, each with its reason: a list that may only shrink.
package enum Unfinished {
    /// Where the list is, below the repository's root.
    package static let file = "Tests/Limits/conformance-unfinished.txt"

    /// The names that the list at `path` has, as `SET/SCRIPT`.
    package static func load(_ path: String) throws -> Set<String> {
        let text = try readFile(path)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Set(
            try lines.map { line in
                let end = try required(line.firstIndex(of: ":"), "a reason in \"\(line)\"")
                return String(line[..<end])
            }
        )
    }
}
