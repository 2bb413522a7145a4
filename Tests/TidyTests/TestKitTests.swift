import TestKit
import Testing

@Suite("Test kit")
struct TestKitTests {
    @Test("a program's exit code and both outputs come back")
    func runProgram() throws {
        let result = try run(
            "/bin/sh",
            ["-c", "cat; echo out; echo err >&2; exit 7"],
            input: "in\n"
        )
        #expect(result.exitCode == 7)
        #expect(result.standardOutput == "in\nout\n")
        #expect(result.standardError == "err\n")
    }

    @Test("a fixture ends what it started and removes its folder")
    func fixture() async throws {
        var directory = ""
        var process: BackgroundProcess?
        try await Fixture.with { fixture in
            directory = fixture.directory
            try writeFile(fixture.path("file"), "x")
            process = try fixture.start("/bin/sleep", ["1000"])
            #expect(process?.exitCode == nil)
        }
        #expect(process?.exitCode == 137)
        #expect(throws: TestKitError.self) { try readFile(directory + "/file") }
    }

    @Test("a program that runs too long is killed")
    func timeout() {
        #expect(throws: TestKitError.self) { try run("/bin/sleep", ["1000"], timeoutSeconds: 1) }
    }

    @Test("a free port is one")
    func port() throws { #expect(try freePort() > 1_024) }

    @Test("the same seed gives the same numbers")
    func seed() {
        var first = SeededGenerator(seed: 7)
        var second = SeededGenerator(seed: 7)
        #expect(first.bytes(32) == second.bytes(32))
        #expect(first.mutated([1, 2, 3]) == second.mutated([1, 2, 3]))
    }
}
