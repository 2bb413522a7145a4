import TestKit
import Testing

@testable import Conformance
@testable import Wasm

// Goal: what the specification says of WebAssembly holds here, assertion by assertion, and what once
// held goes on holding.
// Method: run the official test suite. A script passes whole unless it is listed as unfinished; a
// listed one that passes must leave the list. For each set the number of assertions that pass may
// not fall below its floor. Both files lie in Tests/Limits.
@Suite("Specification tests", .enabled(if: suite.isMet, Comment(rawValue: suite.comment)))
struct ConformanceTests {
    @Test("a script passes whole, or is listed as unfinished", arguments: scripts)
    func whole(script: Script) throws {
        let report = try ScriptReports.shared.report(script)
        let unfinished = try Unfinished.load("\(repositoryRoot)/\(Unfinished.file)")
        let isListed = unfinished.contains("\(script.set)/\(script.name)")
        if isListed {
            #expect(!report.failures.isEmpty, "it passes: take it out of \(Unfinished.file)")
        } else {
            let shown = report.failures.prefix(10).joined(separator: "\n")
            #expect(report.failures.isEmpty, "\(report.failures.count) failures:\n\(shown)")
        }
    }

    @Test("code that counts fuel passes what code without does", arguments: scripts)
    func metered(script: Script) throws {
        let report = try ScriptRunner.run(script, fuel: .max)
        let failures = try ScriptReports.shared.report(script).failures
        #expect(report.failures == failures)
    }

    @Test(
        "functions whose frames are moved, as for too many locals, pass the same",
        arguments: scripts
    )
    func wide(script: Script) throws {
        let report = try ScriptRunner.run(script) { $0.machine.scratch.nearBytesMax = 0 }
        let failures = try ScriptReports.shared.report(script).failures
        #expect(report.failures == failures)
    }

    @Test("no set passes fewer assertions than its floor")
    func floors() throws {
        let root = try suite.path()
        let floors = try ConformanceFloor.load()
        #expect(!scripts.isEmpty, "no scripts below \(root)")
        var table = SetTotal.head
        for (set, scripts) in Dictionary(grouping: scripts, by: \.set).sorted(by: {
            $0.key < $1.key
        }) {
            let reports = try scripts.map { try ScriptReports.shared.report($0) }
            let total = SetTotal(set: set, reports: reports)
            table += total.line + "\n"
            let floor = try #require(floors[set], "\(ConformanceFloor.file) lacks the set \(set)")
            #expect(total.passedCount >= floor, "\(set): the floor is \(floor)")
            if total.passedCount > floor {
                table += "  ^ the floor \(floor) can be raised to \(total.passedCount)\n"
            }
        }
        print(table)
    }
}

private let suite = Requirement.wasmSuite
private let scripts = suite.location.map { Script.discover(below: $0) } ?? []

extension Script: CustomTestStringConvertible {
    /// What stands in a list of tests.
    public var testDescription: String { "\(set)/\(name)" }
}
