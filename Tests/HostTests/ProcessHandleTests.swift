import Glibc
import Host
import TestKit
import Testing

@testable import Host

// Goal: a process is started with nothing but what it was given, signalled, and waited for, whether it
// is our child or not. Method: real processes: shells that tell what they see.
@Suite("Processes")
struct ProcessHandleTests {
    private func shell(
        _ script: String,
        environment: [String] = [],
        inherited: [OwnedDescriptor] = []
    ) throws -> (ProcessHandle, AsyncStream<String>) {
        let pipe = try OwnedDescriptor.pipe()
        let handle = try ProcessHandle.spawn(
            path: "/bin/sh",
            arguments: ["-c", script],
            environment: environment,
            standardOutput: pipe.writer,
            inheritedDescriptors: inherited
        )
        return (handle, try PipeLines.read(pipe.reader))
    }

    private func all(_ lines: AsyncStream<String>) async -> [String] {
        await lines.reduce(into: []) { $0.append($1) }
    }

    @Test("an exit code comes back, early and late")
    func exitCode() async throws {
        let (handle, _) = try shell("exit 7")
        #expect(await handle.exited() == .exited(code: 7))
        #expect(await handle.exited() == .exited(code: 7))
        #expect(handle.exit == .exited(code: 7))
        #expect(!handle.signal(SIGTERM))
    }

    @Test("a signal ends it, and everyone who waits is told")
    func signalled() async throws {
        let (handle, _) = try shell("exec sleep 100")
        async let first = handle.exited()
        async let second = handle.exited()
        #expect(handle.exit == nil)
        #expect(handle.signal(SIGKILL))
        #expect(
            await [first, second] == [.signalled(number: SIGKILL), .signalled(number: SIGKILL)]
        )
    }

    @Test("it has the environment and the descriptors that were named, and no others")
    func inheritance() async throws {
        let file = try OwnedDescriptor.holding(Array("secret\n".utf8), name: "test")
        let (handle, lines) = try shell(
            "read line <&3; echo $line; echo $A; echo ${HOME-none}; for f in 0 1 2 3 4 5 6 7 8 9; do"
                + " [ -e /proc/self/fd/$f ] && printf \"$f \"; done; echo",
            environment: ["A=1", "PATH=/usr/bin:/bin"],
            inherited: [file]
        )
        #expect(await all(lines) == ["secret", "1", "none", "0 1 2 3 "])
        #expect(await handle.exited() == .exited(code: 0))
    }

    @Test("descriptors that trade places arrive right")
    func crossed() async throws {
        let first = try OwnedDescriptor.holding(Array("one\n".utf8), name: "one")
        let second = try OwnedDescriptor.holding(Array("two\n".utf8), name: "two")
        let (_, lines) = try shell(
            "read a <&3; read b <&4; echo $a $b",
            inherited: [second, first]
        )
        #expect(await all(lines) == ["two one"])
    }

    @Test("it leads a session of its own")
    func session() async throws {
        let (handle, lines) = try shell("cut -d' ' -f6 /proc/self/stat")
        #expect(await all(lines) == ["\(handle.processID)"])
    }

    @Test("a program that is not there is an error, with its name")
    func missing() {
        #expect(throws: HostError.system(call: "posix_spawn", path: "/no/program", errno: ENOENT)) {
            try ProcessHandle.spawn(path: "/no/program")
        }
    }

    @Test("a process of somebody else can be adopted, signalled and waited for")
    func adopt() async throws {
        // The shell in the middle ends, and its child becomes an orphan.
        let (middle, lines) = try shell(
            "sleep 100 >/dev/null & echo $!",
            environment: ["PATH=/bin"]
        )
        let text = try #require(await all(lines).first)
        let orphan = try #require(Int32(text))
        _ = await middle.exited()
        let ticks = try ProcessFacts(processID: orphan).startTimeTicks
        #expect(ProcessHandle.adopt(processID: orphan, startTimeTicks: ticks + 1) == nil)
        let handle = try #require(ProcessHandle.adopt(processID: orphan, startTimeTicks: ticks))
        #expect(handle.signal(SIGTERM))
        #expect(await handle.exited() == .unknown)
        #expect(ProcessHandle.adopt(processID: -1, startTimeTicks: 0) == nil)
    }

    @Test("many at once are all waited for")
    func many() async throws {
        let handles = try (0..<40).map { try shell("exit \($0)").0 }
        for (code, handle) in handles.enumerated() {
            #expect(await handle.exited() == .exited(code: Int32(code)))
        }
    }

    @Test("the facts of a process with a strange name are read right")
    func strangeName() throws {
        let fields = (4...52).map { $0 == 22 ? "987" : "\($0)" }.joined(separator: " ")
        let stat = Array("12 (a) b) S \(fields)\n".utf8)
        let facts = try ProcessFacts(stat: stat, path: "stat")
        #expect(facts.startTimeTicks == 987)
        #expect(facts.state == "S")
        #expect(throws: HostError.self) {
            try ProcessFacts(stat: Array("12 (a".utf8), path: "stat")
        }
    }
}
