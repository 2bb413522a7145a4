import Glibc
import TestKit
import Testing

// Goal: a run ends with the code, and tells the reason, that its caller can build on. Method: one
// program that ends in every way, under flags.
@Suite(
    "swiftlet-run",
    .enabled(
        if: Requirement.clang.isMet && Requirement.programs.isMet,
        "\(Requirement.clang.comment); \(Requirement.programs.comment)"
    )
)
struct RunnerTests {
    @Test(
        "the guest's exit code is ours",
        arguments: [
            (["return", "0"], 0), (["return", "7"], 7), (["exit", "42"], 42),
            (["exit", "255"], 255),
        ] as [([String], Int32)]
    )
    func exitCode(arguments: [String], code: Int32) throws {
        let result = try GuestProgram("ends").run(arguments)
        #expect(result.exitCode == code)
        #expect(result.standardError == "")
    }

    @Test(
        "a trap is 134, with its reason",
        arguments: [
            ("abort", "unreachable"), ("unreachable", "unreachable"),
            ("divide", "integer divide by zero"), ("recurse", "call stack exhausted"),
            ("address", "out of bounds memory access"),
        ]
    )
    func trap(way: String, reason: String) throws {
        let result = try GuestProgram("ends").run([way])
        #expect(result.exitCode == 134)
        #expect(result.standardError.hasPrefix("swiftlet-run: trap: \(reason)\n"))
    }

    @Test("a trap names the functions that were running")
    func backtrace() throws {
        let result = try GuestProgram("ends").run(["unreachable"])
        let places = result.standardError.split(separator: "\n").dropFirst()
        #expect(places.first == "    at innermost")
        #expect(places.contains("    at _start"))
    }

    @Test("a module that is refused is 1, with the place where it is wrong")
    func refused() throws {
        try withScratchDirectory { folder in
            let path = folder + "/bad.wasm"
            try writeFile(path, [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 99])
            let result = try run(try GuestProgram.runner, [path])
            #expect(result.exitCode == 1)
            #expect(result.standardError.contains("bad.wasm"))
            #expect(result.standardError.contains("byte"))
            for bytes in [[], [1, 2, 3], Array("#!/bin/sh\n".utf8)] as [[UInt8]] {
                try writeFile(path, bytes)
                #expect(try run(try GuestProgram.runner, [path]).exitCode == 1)
            }
            #expect(try run(try GuestProgram.runner, [folder + "/none"]).exitCode == 1)
            #expect(try run(try GuestProgram.runner, [folder]).exitCode == 1)
        }
    }

    @Test(
        "a command line that is wrong is 64, with the flag that is wrong",
        arguments: [
            ([], "MODULE"), (["--nonsense", "m"], "--nonsense"),
            (["--memory-limit", "lots", "m"], "lots"),
            (["--time-limit", "10", "m"], "--time-limit"), (["--env", "A", "m"], "--env"),
            (["--dir", "::/", "m"], "--dir"), (["--flags-fd", "1"], "--flags-fd"),
            (["--stats=xml", "m"], "--stats"),
        ] as [([String], String)]
    )
    func usage(arguments: [String], word: String) throws {
        let result = try run(try GuestProgram.runner, arguments)
        #expect(result.exitCode == 64)
        #expect(result.standardError.contains(word))
    }

    @Test("help and version are told on standard output")
    func help() throws {
        let help = try run(try GuestProgram.runner, ["--help"])
        #expect(help.exitCode == 0)
        #expect(help.standardOutput.contains("--dir HOST::GUEST[:ro]"))
        #expect(
            try run(try GuestProgram.runner, ["--version"]).standardOutput.hasPrefix(
                "swiftlet-run "
            )
        )
    }

    @Test("a memory limit is what the guest gets, and no more")
    func memoryLimit() throws {
        let result = try GuestProgram("ends").run(["memory"], flags: ["--memory-limit", "32Mi"])
        #expect(result.exitCode == 0)
        let words = result.standardOutput.split(separator: " ")
        let count = try #require(words.count > 1 ? Int(words[1]) : nil)
        #expect(count > 8 && count < 32)
        let refused = try GuestProgram("ends").run(flags: ["--memory-limit", "100Ki"])
        #expect(refused.exitCode == 1)
        #expect(refused.standardError.contains("limit"))
    }

    @Test(
        "a time limit ends a guest that computes, and one that waits",
        arguments: ["spin", "sleeps"]
    )
    func timeLimit(way: String) throws {
        let result = try GuestProgram("ends").run([way], flags: ["--time-limit", "200ms"])
        #expect(result.exitCode == 134)
        #expect(result.standardError.hasPrefix("swiftlet-run: time limit exceeded"))
    }

    @Test(
        "signals end a run from the command line",
        arguments: [("spin", SIGTERM), ("sleeps", SIGTERM), ("sleeps", SIGINT)]
    )
    func signals(way: String, signal: Int32) async throws {
        try await Fixture.with { fixture in
            let program = try GuestProgram("ends")
            let process = try fixture.start(try GuestProgram.runner, [program.modulePath, way])
            // A handler is there once the caught signals of the process say so.
            try await eventually("the handlers") { Self.catches(signal, process.processID) }
            process.signal(signal)
            #expect(try await process.waitForExit() == 128 + signal)
        }
    }

    @Test("fuel is burnt, and its end is the guest's")
    func fuel() throws {
        let result = try GuestProgram("ends").run(["spin"], flags: ["--fuel", "1000000"])
        #expect(result.exitCode == 134)
        #expect(result.standardError.hasPrefix("swiftlet-run: trap: all fuel consumed"))
        let enough = try GuestProgram("ends").run(flags: ["--fuel", "1000000", "--stats"])
        #expect(enough.exitCode == 0)
        #expect(enough.standardError.contains("fuel  "))
    }

    @Test("an export of a reactor is called, initialised, with the words as its arguments")
    func invoke() throws {
        let program = try GuestProgram("reactor", flags: ["-mexec-model=reactor"])
        #expect(
            try program.run(["20", "-3"], flags: ["--invoke", "add"]).standardOutput == "117\n"
        )
        #expect(try program.run(["0.5"], flags: ["--invoke", "half"]).standardOutput == "0.25\n")
        let few = try program.run(["20"], flags: ["--invoke", "add"])
        #expect(few.exitCode == 1)
        #expect(few.standardError.contains("add"))
        let none = try program.run(flags: ["--invoke", "none"])
        #expect(none.exitCode == 1)
        #expect(none.standardError.contains("\"none\""))
        #expect(try program.run().exitCode == 1)
    }

    @Test("what it cost is told when asked for")
    func statistics() throws {
        let text = try GuestProgram("ends").run(flags: ["--stats"])
        #expect(text.standardError.contains("wall time"))
        let json = try GuestProgram("ends").run(flags: ["--stats=json"])
        #expect(json.standardError.hasPrefix("{\"wallNanoseconds\":"))
    }

    /// Whether a process has a handler for the signal.
    static func catches(_ signal: Int32, _ process: pid_t) -> Bool {
        guard let text = try? readFile("/proc/\(process)/status"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
            let mask = UInt64(line.dropFirst(7).filter { $0 != "\t" && $0 != " " }, radix: 16)
        else { return false }
        return mask & (1 << UInt64(signal - 1)) != 0
    }
}
