import Glibc
import TestKit
import Testing

// Goal: each function of preview 1 does what its text says, and fails with the error that it names.
// Method: C programs that make the raw calls and count what is wrong; here they get their folders, and
// what they have left behind is looked at. Each prints `ok` and nothing else when all is well.
@Suite(
    "WASI preview 1",
    .enabled(
        if: Requirement.clang.isMet && Requirement.programs.isMet,
        "\(Requirement.clang.comment); \(Requirement.programs.comment)"
    )
)
struct Preview1Tests {
    @Test(
        "programs that check one family each",
        arguments: [
            "libc", "files", "descriptors", "paths", "directories", "clocks", "pointers",
        ]
    )
    func family(name: String) throws {
        try withScratchDirectory { folder in
            let result = try GuestProgram(name).run(
                flags: ["--dir", "\(folder)::/", "--env", "A=1"]
            )
            #expect(result.standardOutput == "ok\n")
            #expect(result.standardError == "")
            #expect(result.exitCode == 0)
        }
    }

    @Test("arguments and environment arrive as they were given")
    func words() throws {
        let result = try GuestProgram("words").run(
            ["one", "two words", "", "--env"],
            flags: ["--env", "A=1", "--env", "EMPTY=", "--env", "B=x=y ü"]
        )
        let lines = result.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first?.hasSuffix("words.wasm") == true)
        #expect(
            lines.dropFirst() == [
                "argument one", "argument two words", "argument ", "argument --env",
                "variable A=1", "variable EMPTY=", "variable B=x=y ü", "",
            ]
        )
    }

    @Test("a folder that may only be read stays as it was")
    func readOnly() throws {
        try withScratchDirectory { folder in
            try writeFile(folder + "/file", "content")
            mkdir(folder + "/folder", 0o700)
            symlink("file", folder + "/link")
            symlink("nowhere", folder + "/dangling")
            let result = try GuestProgram("readonly").run(flags: ["--dir", "\(folder)::/:ro"])
            #expect(result.standardOutput == "ok\n")
            #expect(try readFile(folder + "/file") == "content")
            #expect(access(folder + "/folder/new", F_OK) != 0)
        }
    }

    @Test("no path leads out of a folder")
    func escapes() throws {
        try withScratchDirectory { outside in
            let folder = outside + "/folder"
            mkdir(folder, 0o700)
            mkdir(folder + "/deep", 0o700)
            try writeFile(outside + "/secret", "outside")
            try writeFile(folder + "/inside", "inside")
            for (target, name) in [
                ("..", "out"), ("/etc", "absolute"), ("../../", "deep/up"),
                ("/proc/self/root", "proc"), ("out/secret", "chain"),
            ] { symlink(target, "\(folder)/\(name)") }
            let result = try GuestProgram("escapes").run(flags: ["--dir", "\(folder)::/"])
            #expect(result.standardOutput == "ok\n")
            #expect(try readFile(outside + "/secret") == "outside")
            #expect(access(outside + "/new", F_OK) != 0)
        }
    }

    @Test("a link that is swapped in while a path is walked leads nowhere")
    func race() async throws {
        try await Fixture.with { fixture in
            let folder = fixture.path("folder")
            mkdir(folder, 0o700)
            mkdir(folder + "/place", 0o700)
            symlink("..", folder + "/link")
            try writeFile(fixture.path("secret"), "outside")
            try writeFile(folder + "/place/secret", "inside")
            let program = try GuestProgram("race")
            let swapper = try fixture.start(
                try GuestProgram.runner,
                ["--dir", "\(folder)::/", program.modulePath, "swap", "1000000"]
            )
            let result = try program.run(["open", "20000"], flags: ["--dir", "\(folder)::/"])
            #expect(result.standardOutput == "ok\n")
            #expect(swapper.exitCode == nil)
        }
    }

    @Test("standard input is read to its end, and several folders keep their names")
    func streams() throws {
        let result = try GuestProgram("ends").run(["copy"], input: "one\ntwo\n")
        #expect(result.standardOutput == "one\ntwo\nend of input\n")
    }
}
