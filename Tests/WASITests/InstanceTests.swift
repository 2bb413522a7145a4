import Glibc
import Host
import TestKit
import Testing

// Goal: under the daemon, a run can be found, followed, ended and accounted for by its files alone.
// Method: the real program, started as the daemon starts it, with everything through a descriptor.
@Suite(
    "swiftlet-run as an instance",
    .enabled(
        if: Requirement.clang.isMet && Requirement.programs.isMet,
        "\(Requirement.clang.comment); \(Requirement.programs.comment)"
    )
)
struct InstanceTests {
    private func command(_ fixture: Fixture, _ arguments: [String]) throws -> RunnerCommand {
        var command = RunnerCommand(
            modulePath: try GuestProgram("ends").modulePath,
            arguments: ["/ends.wasm"] + arguments
        )
        command.instanceFile = fixture.path("web.0.instance")
        command.exitRecordFile = fixture.path("0.exit")
        command.logFile = fixture.path("0.log")
        // So that a run that should end, and does not, fails its test instead of holding it; longer
        // than any busy machine needs to look at it.
        command.timeLimitNanoseconds = 600_000_000_000
        return command
    }

    private func start(_ command: RunnerCommand) throws -> ProcessHandle {
        let flags = try OwnedDescriptor.holding(try command.encoded(), name: "flags")
        return try ProcessHandle.spawn(
            path: try GuestProgram.runner,
            arguments: ["--flags-fd", "3"],
            standardError: try OwnedDescriptor.copy(of: 2),
            inheritedDescriptors: [flags]
        )
    }

    private func log(_ fixture: Fixture) throws -> [String] {
        let reader = ContainerLogReader(path: fixture.path("0.log"))
        var lines: [String] = []
        while let entry = try reader.next() {
            lines.append("\(entry.stream.rawValue) \(String(decoding: entry.text, as: UTF8.self))")
        }
        return lines
    }

    @Test("the lock is held while it runs, and the record is there when it ends")
    func life() async throws {
        try await Fixture.with { fixture in
            let command = try command(fixture, ["lines", "3"])
            let started = Clock.wallNanoseconds()
            let process = try start(command)
            #expect(await process.exited() == .exited(code: 0))
            let record = try ExitRecord.read(fixture.path("0.exit"))
            #expect(record.exitCode == 0 && record.reason == .completed && record.signal == 0)
            #expect(record.startedAtNanoseconds >= started)
            #expect(record.finishedAtNanoseconds >= record.startedAtNanoseconds)
            #expect(!InstanceLock.isHeld(fixture.path("web.0.instance")))
            #expect(
                try log(fixture) == [
                    "stdout line 0", "stdout line 1", "stdout line 2", "stderr done",
                ]
            )
        }
    }

    @Test(
        "the record tells how it ended",
        arguments: [
            (["return", "7"], 7, .error), (["unreachable"], 134, .trap),
            (["spin"], 134, .timeLimit),
        ] as [([String], Int32, ExitRecord.Reason)]
    )
    func endings(arguments: [String], code: Int32, reason: ExitRecord.Reason) async throws {
        try await Fixture.with { fixture in
            var command = try command(fixture, arguments)
            command.timeLimitNanoseconds = 300_000_000
            #expect(await (try start(command)).exited() == .exited(code: code))
            let record = try ExitRecord.read(fixture.path("0.exit"))
            #expect(record.exitCode == code)
            #expect(record.reason == reason)
        }
    }

    @Test("a module that is refused leaves a record too, with the reason in record and log")
    func refused() async throws {
        try await Fixture.with { fixture in
            var command = try command(fixture, [])
            command.modulePath = fixture.path("bad.wasm")
            try writeFile(command.modulePath, "no module")
            #expect(await (try start(command)).exited() == .exited(code: 1))
            let record = try ExitRecord.read(fixture.path("0.exit"))
            #expect(record.reason == .loadError && record.message.contains("bad.wasm"))
            #expect(try log(fixture).contains { $0.contains("bad.wasm") })
        }
    }

    @Test("a second run of an instance gives way with 75, and disturbs nothing")
    func exclusive() async throws {
        try await Fixture.with { fixture in
            let command = try command(fixture, ["sleeps"])
            let first = try start(command)
            defer { first.signal(SIGKILL) }
            try await eventually("the first line") { try log(fixture) == ["stdout sleeping"] }
            #expect(InstanceLock.isHeld(fixture.path("web.0.instance")))
            let record = try InstanceRecord.read(fixture.path("web.0.instance"))
            #expect(record.processID == first.processID)
            #expect(record.startTimeTicks == first.startTimeTicks)
            #expect(record.bootID == Clock.bootID())
            #expect(await (try start(command)).exited() == .exited(code: 75))
            #expect(try InstanceRecord.read(fixture.path("web.0.instance")) == record)
            #expect(access(fixture.path("0.exit"), F_OK) != 0)
        }
    }

    @Test("killed, it leaves no record, and its lock is gone at once; its log has every line")
    func killed() async throws {
        try await Fixture.with { fixture in
            let process = try start(try command(fixture, ["sleep"]))
            // The line has no end yet: it is visible because the guest waits.
            try await eventually("the first words") { try log(fixture) == ["stdout sleeping"] }
            process.signal(SIGKILL)
            #expect(await process.exited() == .signalled(number: SIGKILL))
            #expect(!InstanceLock.isHeld(fixture.path("web.0.instance")))
            #expect(access(fixture.path("0.exit"), F_OK) != 0)
        }
    }

    @Test("told to end, a guest that waits is interrupted and ends in its own way")
    func graceful() async throws {
        try await Fixture.with { fixture in
            let process = try start(try command(fixture, ["sleep"]))
            try await eventually("the first words") { try log(fixture) == ["stdout sleeping"] }
            process.signal(SIGTERM)
            #expect(await process.exited() == .exited(code: 5))
            #expect(try log(fixture) == ["stdout sleeping", "stdout  until interrupted"])
            let record = try ExitRecord.read(fixture.path("0.exit"))
            #expect(record.exitCode == 5 && record.reason == .error)
        }
    }

    @Test("told to end, a guest that goes on sleeping is left to its grace period")
    func stubborn() async throws {
        try await Fixture.with { fixture in
            let process = try start(try command(fixture, ["sleeps"]))
            try await eventually("the first line") { try log(fixture) == ["stdout sleeping"] }
            process.signal(SIGTERM)
            process.signal(SIGTERM)
            #expect(process.exit == nil)
            process.signal(SIGKILL)
            #expect(await process.exited() == .signalled(number: SIGKILL))
        }
    }

    @Test("relative paths start at the working directory, and absolute ones at the root")
    func workingDirectory() async throws {
        try await Fixture.with { fixture in
            let root = fixture.path("root")
            for name in ["", "/app", "/app/inner", "/etc", "/data"] { mkdir(root + name, 0o700) }
            mkdir(fixture.path("volume"), 0o700)
            symlink("../..", root + "/app/out")
            try writeFile(root + "/app/here", "app")
            try writeFile(root + "/app/inner/deep", "inner")
            try writeFile(root + "/etc/hosts", "etc")
            try writeFile(root + "/data/covered", "covered")
            try writeFile(fixture.path("volume/here"), "volume")
            try writeFile(fixture.path("secret"), "secret")
            let paths = [
                "here", "./here", "inner/deep", "/app/here", "/etc/hosts", "/data/here",
                "out/secret",
                "../etc/hosts",
            ]
            var command = try command(fixture, paths)
            command.modulePath = try GuestProgram("where").modulePath
            command.directories = [
                .init(host: root, guest: "/"), .init(host: fixture.path("volume"), guest: "/data"),
            ]
            command.workingDirectory = "/app"
            #expect(await (try start(command)).exited() == .exited(code: 0))
            let told = zip(
                paths,
                ["app", "app", "inner", "app", "etc", "volume", "nothing", "nothing"]
            )
            .map { "stdout \($0): \($1)" }
            #expect(try log(fixture) == told + ["stdout PWD: /app"])
            command.workingDirectory = "/data"
            command.arguments = ["where", "here", "/app/here"]
            unlink(fixture.path("0.log"))
            #expect(await (try start(command)).exited() == .exited(code: 0))
            #expect(
                try log(fixture) == [
                    "stdout here: volume", "stdout /app/here: app", "stdout PWD: /data",
                ]
            )
            command.workingDirectory = "/app/out"
            #expect(await (try start(command)).exited() == .exited(code: 1))
            #expect(try ExitRecord.read(fixture.path("0.exit")).message.contains("/app/out"))
        }
    }

    @Test("the log is rotated at the size that was asked for")
    func rotation() async throws {
        try await Fixture.with { fixture in
            var command = try command(fixture, ["lines", "5000"])
            command.logFileBytesMax = 65_536
            command.logFilesMax = 3
            #expect(await (try start(command)).exited() == .exited(code: 0))
            for name in ["0.log", "0.log.1", "0.log.2"] {
                #expect(try readBytes(fixture.path(name)).count <= 65_536)
            }
            #expect(access(fixture.path("0.log.3"), F_OK) != 0)
            #expect(try log(fixture).suffix(2) == ["stdout line 4999", "stderr done"])
        }
    }

    @Test("commands that are bent are refused, whatever they hold")
    func fuzz() async throws {
        try await Fixture.with { fixture in
            let bytes = try command(fixture, ["return"]).encoded()
            var random = SeededGenerator(seed: 11)
            for _ in 0..<20 {
                let flags = try OwnedDescriptor.holding(random.mutated(bytes), name: "flags")
                let process = try ProcessHandle.spawn(
                    path: try GuestProgram.runner,
                    arguments: ["--flags-fd", "3"],
                    inheritedDescriptors: [flags]
                )
                guard case .exited = await process.exited() else {
                    Issue.record("a bent command crashed the runner")
                    return
                }
            }
        }
    }
}
