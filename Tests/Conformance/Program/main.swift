// conform FOLDER LIST: runs the specification's scripts below a folder; those of the list need not pass. For
// machines that have no tests, only programs.

import Conformance
import Glibc

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    print("usage: conform FOLDER LIST")
    exit(64)
}
let unfinished = try Unfinished.load(arguments[2])
let scripts = Script.discover(below: arguments[1])
    .filter { !unfinished.contains("\($0.set)/\($0.name)") }
var failures = scripts.isEmpty ? ["no scripts below \(arguments[1])"] : []
var passedCount = 0
var assertionCount = 0
print(SetTotal.head, terminator: "")
for (set, scripts) in Dictionary(grouping: scripts, by: \.set).sorted(by: { $0.key < $1.key }) {
    let reports = try scripts.map { try ScriptRunner.run($0) }
    let total = SetTotal(set: set, reports: reports)
    print(total.line)
    passedCount += total.passedCount
    assertionCount += total.assertionCount
    failures += reports.flatMap(\.failures)
}
print("\(passedCount) of \(assertionCount) assertions on binary modules")
for failure in failures.prefix(20) { print(failure) }
exit(failures.isEmpty ? 0 : 1)
