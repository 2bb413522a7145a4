import TestKit
import Testing

// Goal: the rules of the house hold on every commit. Method: read every file as text; what a rule
// cannot do without stands in Tests/Limits with its reason, and those lists may only shrink.
@Suite("Tidy")
struct TidyTests {
    let sources: [SourceFile]
    let tests: [SourceFile]

    init() throws {
        sources = try SourceFile.sources.get()
        tests = try SourceFile.tests.get()
    }

    @Test("no function is longer than 70 lines, and the listed ones only shrink")
    func functionLength() throws {
        let limits = try LimitsFile("long-functions.txt")
        var seen: Set<String> = []
        for file in sources + tests where !file.isGenerated {
            for function in file.functions where function.length > 70 {
                let key = "\(file.path) \(function.name)"
                seen.insert(key)
                let allowed = limits.entries.first { $0.key == key }?.number
                #expect(
                    function.length == allowed,
                    "\(file.path):\(function.line) \(function.name) has \(function.length) lines"
                )
            }
        }
        for entry in limits.entries {
            #expect(seen.contains(entry.key), "\(limits.name): \(entry.key) is no longer needed")
        }
    }

    @Test("no file is longer than 600 lines")
    func fileLength() {
        for file in sources + tests where !file.isGenerated {
            #expect(file.lines.count <= 601, "\(file.path) has \(file.lines.count) lines: split it")
        }
    }

    @Test(
        "banned words do not occur",
        arguments: [
            ("try!", "handle the error, or try #require in a test"),
            ("as!", "as? with an error"),
            (
                "fatalError(",
                "precondition with a reason for our own mistakes, an error for others'"
            ),
            ("Task.detached", "a child task of the one root group"),
            ("DispatchQueue.main", "an actor"),
            ("import Foundation", "Glibc, Documents, Host"),
            ("FIXME", "an issue"),
        ]
    )
    func bannedWords(word: String, replacement: String) throws {
        let limits = try LimitsFile("banned-words.txt")
        for file in sources + tests where !file.path.hasPrefix("Tests/TidyTests/") {
            for (index, line) in file.code.enumerated() where line.contains(word) {
                #expect(
                    limits.entries.contains { $0.key == "\(file.path) \(word)" },
                    "\(file.path):\(index + 1) says \(word); use \(replacement)"
                )
            }
        }
    }

    @Test(
        "words that belong in one place stay there",
        arguments: [
            ("print(", ImportTests.programs, "the log, or a value that a program prints"),
            ("Task {", [], "a child task of a group; or list the file with its reason"),
        ] as [(String, Set<String>, String)]
    )
    func placedWords(word: String, places: Set<String>, replacement: String) throws {
        let limits = try LimitsFile("banned-words.txt")
        for file in sources where !places.contains(file.target) {
            let isListed = limits.entries.contains { $0.key == "\(file.path) \(word)" }
            for (index, line) in file.code.enumerated() where !isListed {
                #expect(
                    !containsWord(line, word),
                    "\(file.path):\(index + 1) says \(word); use \(replacement)"
                )
            }
        }
    }

    @Test("no test sleeps")
    func sleeps() throws {
        let limits = try LimitsFile("banned-words.txt")
        for file in tests where !file.path.hasPrefix("Tests/TidyTests/") {
            for (index, line) in file.code.enumerated() where sleeps(line) {
                #expect(
                    limits.entries.contains { $0.key == "\(file.path) sleep(" },
                    "\(file.path):\(index + 1) sleeps; use eventually(_:) or time as an argument"
                )
            }
        }
    }

    @Test("unsafe code stays behind the fences, and each fence says why it is safe")
    func fences() throws {
        let limits = try LimitsFile("fences.txt")
        var used: Set<String> = []
        let words = ["unsafe", "@unchecked Sendable", "nonisolated(unsafe)"]
        for file in sources where !file.isGenerated {
            let found = words.filter { word in file.code.contains { containsWord($0, word) } }
            guard !found.isEmpty else { continue }
            let entry = limits.entry(for: file.path)
            if let entry { used.insert(entry.key) }
            #expect(entry != nil, "\(file.path) says \(found) and is not in \(limits.name)")
            #expect(
                file.lines.contains { $0.contains("// Safety:") },
                "\(file.path) says \(found) and has no `// Safety:` comment"
            )
        }
        for entry in limits.entries {
            #expect(used.contains(entry.key), "\(limits.name): \(entry.key) is no longer needed")
        }
    }

    private func sleeps(_ line: Substring) -> Bool {
        // A function of the test's own may be called so; then it is declared, or has no arguments.
        let calls = ["sleep(", "usleep("].contains { containsWord(line, $0) }
        if calls, !line.contains("func "), !line.contains("sleep()") { return true }
        return ["Task.sleep(", ".sleep(for:", ".sleep(until:"].contains { line.contains($0) }
    }

    private func containsWord(_ line: Substring, _ word: String) -> Bool {
        line.ranges(of: word)
            .contains { range in
                guard range.lowerBound > line.startIndex else { return true }
                let before = line[line.index(before: range.lowerBound)]
                return !(before.isLetter || before.isNumber || before == "_" || before == ".")
            }
    }
}
