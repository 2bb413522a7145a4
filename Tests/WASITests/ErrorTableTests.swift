import TestKit
import Testing
import Wasm

@testable import WASI

// Goal: each of the 46 functions gives the error that its text and Linux name, for each thing that can
// be wrong. Method: C programs that are tables; each row prints its name and whether it held, and here
// every row is a check of its own. Both ways to resolve a path have the same tables.
@Suite(
    "Errors of WASI preview 1, by table",
    .enabled(
        if: Requirement.clang.isMet && Requirement.programs.isMet,
        "\(Requirement.clang.comment); \(Requirement.programs.comment)"
    ),
    .timeLimit(.minutes(3))
)
struct ErrorTableTests {
    // How many rows each has at least, so that a program that ends early is seen.
    private static let programs: [(name: String, rowsMin: Int)] = [
        ("errorsprocess", 40), ("errorsdescriptors", 134), ("errorstransfers", 60),
        ("errorspaths", 235), ("errorspoll", 220),
    ]

    @Test("each row holds, with openat2 and without", arguments: programs, [true, false])
    func rows(program: (name: String, rowsMin: Int), usesOpenat2: Bool) throws {
        let rows = try lines(program.name, usesOpenat2: usesOpenat2)
        for row in rows { #expect(row.hasPrefix("ok "), "\(row)") }
        #expect(rows.count >= program.rowsMin, "\(rows.count) rows")
    }

    @Test("no function is left out")
    func coverage() throws {
        var named: Set<String> = []
        for (name, _) in Self.programs {
            for row in try lines(name) {
                let words = row.split(separator: " ")
                try #require(words.count > 2)
                named.insert(String(words[1].dropLast()))
            }
        }
        // It has no error to give: see below.
        #expect(named.symmetricDifference(Preview1Function.all.map(\.name)) == ["proc_exit"])
    }

    @Test("the exit code is the program's own")
    func exit() throws {
        #expect(try GuestProgram("errorsprocess").run(["exit"]).exitCode == 77)
    }

    private func lines(_ name: String, usesOpenat2: Bool = true) throws -> [String] {
        let module = try Module(
            bytes: ModuleBytes(copying: try readBytes(try GuestProgram(name).modulePath))
        )
        return try withScratchDirectory { folder in
            let output = Lines()
            var configuration = WASIConfiguration(arguments: [name], environment: ["A=1"])
            configuration.folders = [.init(hostPath: folder, guestPath: "/")]
            configuration.standardInput = nil
            configuration.standardOutput = .sink(output)
            configuration.usesOpenat2 = usesOpenat2
            let store = Store(limits: ResourceLimits(memoryBytes: 64 << 20))
            var imports = Imports()
            try Preview1(configuration).define(in: &imports, of: store, for: module)
            let failed = output.code(of: try store.instantiate(module, imports: imports))
            let rows = String(decoding: output.bytes, as: UTF8.self)
                .split(separator: "\n").map(String.init)
            #expect(failed == Int32(min(100, rows.count { !$0.hasPrefix("ok ") })))
            return rows
        }
    }
}

/// Keeps what a guest writes.
private final class Lines: OutputSink {
    private(set) var bytes: [UInt8] = []
    func write(_ bytes: [UInt8]) { self.bytes += bytes }
    func flush() {}

    /// Runs a command to its end, and tells its exit code.
    func code(of instance: Instance) -> Int32? {
        do throws(Trap) {
            _ = try instance.invoke("_start", [])
            return 0
        } catch {
            return error.exitCode
        }
    }
}
