import Glibc
import TestKit
import Testing

// Goal: a runner waits for the disk at its end exactly where nobody else brings the end there. Method: the
// recorded runner is told of a daemon that is there, of one that is gone, and of none.
@Suite(
    "The end of a recorded runner",
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment)),
    .enabled(if: Requirement.clang.isMet, Comment(rawValue: Requirement.clang.comment))
)
struct RunnerEndTests {
    /// What it did below its folder of exit records, when it was told of this daemon.
    private func changes(watcher: pid_t?) async throws -> [Change] {
        var changes: [Change] = []
        try await Fixture.with { fixture in
            let workshop = try Workshop(fixture)
            let folder = fixture.path("ends")
            mkdir(folder, 0o755)
            try writeFile(fixture.path("hello.wasm"), WasmModule.printing("hello"))
            var entries = [
                "module=\(fixture.path("hello.wasm"))", "argument=hello",
                "exitRecordFile=\(folder)/1.exit",
            ]
            if let watcher { entries.append("watcherProcessID=\(watcher)") }
            try writeFile(fixture.path("flags"), entries.flatMap { Array($0.utf8) + [0] })
            let file = try RecorderFile(path: fixture.path("recording"))
            let words = file.environment(library: workshop.recorder, roots: [folder])
                .map { "\($0.key)=\($0.value)" }
            let runner = try Requirement.programs.path() + "/recorded-runner"
            // The shell and env become the runner: its parent is this process.
            let script = "exec env \"$@\" --flags-fd 3 3<'\(fixture.path("flags"))'"
            let result = try run("/bin/sh", ["-c", script, "sh"] + words + [runner])
            #expect(result.exitCode == 0, "\(result.standardError)")
            changes = try file.recording().changes
        }
        return changes
    }

    @Test("its record is synced when the daemon is gone or there is none, and else not")
    func syncs() async throws {
        let watched = try await changes(watcher: getpid())
        #expect(watched.contains { $0.kind == .rename && $0.target.hasSuffix("/1.exit") })
        #expect(!watched.contains { $0.kind == .sync })
        for watcher in [1, nil] as [pid_t?] {
            let alone = try await changes(watcher: watcher)
            let renamed = try #require(alone.lastIndex { $0.kind == .rename })
            let synced = alone[renamed...].filter { $0.kind == .sync }.map(\.path)
            #expect(synced.contains { $0.hasSuffix("/1.exit") }, "\(synced)")
            #expect(synced.last?.hasSuffix("/ends") == true, "\(synced)")
        }
    }
}
