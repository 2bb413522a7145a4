/// What all scripts of a set come to.
package struct SetTotal {
    package let set: String
    /// Assertions that held.
    package let passedCount: Int
    /// Assertions that there are, on binary modules.
    package let assertionCount: Int
    /// Both, and the scripts, as a line below ``head``.
    package let line: String

    /// What stands above the lines of a table.
    package static let head = "set            passed / binary  (text, left out)  scripts whole\n"

    package init(set: String, reports: [ScriptRunner.Report]) {
        self.set = set
        passedCount = reports.reduce(0) { $0 + $1.passedCount }
        assertionCount = reports.reduce(0) { $0 + $1.assertionCount }
        let skippedCount = reports.reduce(0) { $0 + $1.skippedCount }
        let wholeCount = reports.count { $0.failures.isEmpty }
        let padding = String(repeating: " ", count: max(1, 15 - set.count))
        line =
            "\(set)\(padding)\(passedCount) / \(assertionCount)  (\(skippedCount))  "
            + "\(wholeCount) / \(reports.count)"
    }
}
