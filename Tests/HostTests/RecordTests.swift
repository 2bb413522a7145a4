import Glibc
import Host
import TestKit
import Testing

// Goal: what one of our programs writes down, another reads, also after a crash in the middle.
// Method: round trips, each file cut at every length, and a lock seen from another open file.
@Suite("Records")
struct RecordTests {
    private var command: RunnerCommand {
        var command = RunnerCommand(
            modulePath: "/m.wasm",
            arguments: ["/m.wasm", "a b", "", "x=y"]
        )
        command.environment = ["A=1", "B=two\nlines", "C="]
        command.directories = [
            .init(host: "/srv/a:b", guest: "/"),
            .init(host: "/srv/ro", guest: "/data", isReadOnly: true),
        ]
        command.workingDirectory = "/work"
        command.invoke = "run"
        command.memoryLimitBytes = 64 << 20
        command.timeLimitNanoseconds = 5
        command.fuel = .max
        command.logFile = "/logs/0.log"
        command.logFileBytesMax = 1_000
        command.logFilesMax = 2
        command.instanceFile = "/run/i"
        command.exitRecordFile = "/state/0.exit"
        command.bootID = "0-1"
        command.watcherProcessID = 77
        command.isAdmitted = true
        return command
    }

    @Test("a runner's command comes back whole")
    func commandRoundTrip() throws {
        #expect(try RunnerCommand(encoded: command.encoded()) == command)
        let plain = RunnerCommand(modulePath: "m")
        #expect(try RunnerCommand(encoded: plain.encoded()) == plain)
    }

    @Test("a runner's command that is cut or bent is an error or another command, never a crash")
    func commandCut() throws {
        let bytes = try command.encoded()
        for length in 0..<bytes.count where bytes[max(0, length - 1)] != 0 || length == 0 {
            #expect(throws: HostError.self) { try RunnerCommand(encoded: Array(bytes[..<length])) }
        }
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 { _ = try? RunnerCommand(encoded: random.mutated(bytes)) }
    }

    @Test("a zero byte in a text is refused")
    func commandZero() {
        var bad = command
        bad.environment.append("A=\0")
        #expect(throws: HostError.self) { try bad.encoded() }
    }

    private func end(_ code: Int32, _ reason: ExitRecord.Reason, _ message: String) -> ExitRecord {
        ExitRecord(
            exitCode: code,
            reason: reason,
            message: message,
            startedAtNanoseconds: 5,
            finishedAtNanoseconds: 9
        )
    }

    @Test("an exit record comes back, and half of one is an error")
    func exitRecord() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.exit"
            try end(134, .trap, "unreachable\nat f").write(to: path)
            let read = try ExitRecord.read(path)
            #expect(read.message == "unreachable at f")
            #expect(read.exitCode == 134 && read.reason == .trap && read.finishedAtNanoseconds == 9)
            let bytes = try readBytes(path)
            for length in 0..<bytes.count {
                try writeFile(path, Array(bytes[..<length]))
                #expect(throws: HostError.self) { try ExitRecord.read(path) }
            }
        }
    }

    @Test("of a record that nobody synced a power cut leaves what is found out, or all of it")
    func exitRecordTorn() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.exit"
            let record = end(7, .error, String(repeating: "word ", count: 300))
            try record.write(to: path)
            let bytes = try readBytes(path)
            // Blocks of the disk that never came, one or several, and such as had something else.
            for block in 0..<(bytes.count + 511) / 512 {
                let lost = block * 512..<min(bytes.count, (block + 1) * 512)
                for filling: UInt8 in [0, UInt8(ascii: "7"), UInt8(ascii: "\n")] {
                    var torn = bytes
                    for index in lost { torn[index] = filling }
                    try writeFile(path, torn)
                    #expect(throws: HostError.self) { try ExitRecord.read(path) }
                    for index in lost.upperBound..<bytes.count { torn[index] = filling }
                    try writeFile(path, torn)
                    #expect(throws: HostError.self) { try ExitRecord.read(path) }
                }
            }
            try writeFile(path, bytes)
            #expect(try ExitRecord.read(path) == record)
        }
    }

    @Test("a record of a runner that knew no checksum is read")
    func exitRecordOlder() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.exit"
            let lines = [
                "exitCode=3", "signal=0", "reason=Error", "message=", "startedAtNanoseconds=1",
                "finishedAtNanoseconds=2",
            ]
            try writeFile(path, Array((lines.joined(separator: "\n") + "\n").utf8))
            #expect(try ExitRecord.read(path).exitCode == 3)
        }
    }

    @Test("a record is there before it is on the disk, and nothing else is left of it")
    func exitRecordSync() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.exit"
            let record = end(0, .completed, "")
            let place = try OwnedDescriptor.folder(folder)
            try record.write(to: "0.exit", in: place)
            #expect(access(path + ".new", F_OK) != 0)
            try ExitRecord.bringToDisk("0.exit", in: place)
            try ExitRecord.bringToDisk(path)
            #expect(try ExitRecord.read(path) == record)
            #expect(throws: HostError.self) { try ExitRecord.bringToDisk(folder + "/none.exit") }
        }
    }

    @Test("a message that is too long is cut")
    func longMessage() {
        let record = ExitRecord(
            exitCode: 1,
            reason: .error,
            message: String(repeating: "x", count: 10_000),
            startedAtNanoseconds: 0,
            finishedAtNanoseconds: 0
        )
        #expect(record.message.utf8.count == ExitRecord.messageBytesMax)
    }

    @Test("the lock is held by one, seen by all, and gone with its holder")
    func lock() throws {
        try withScratchDirectory { folder in
            let path = folder + "/web.0.instance"
            #expect(!InstanceLock.isHeld(path))
            let record = try InstanceRecord.ofThisProcess()
            do {
                let lock = try InstanceLock(path: path, record: record)
                #expect(InstanceLock.isHeld(path))
                #expect(throws: HostError.instanceIsRunning(path: path)) {
                    try InstanceLock(path: path, record: record)
                }
                #expect(InstanceLock.isHeld(path))
                withExtendedLifetime(lock) {}
            }
            #expect(!InstanceLock.isHeld(path))
            #expect(try InstanceRecord.read(path) == record)
            #expect(record.processID == getpid() && record.startTimeTicks > 0)
        }
    }

    @Test("an atomic write replaces the file, and leaves nothing beside it when it fails")
    func atomic() throws {
        try withScratchDirectory { folder in
            let path = folder + "/file"
            try AtomicFile.write([1, 2, 3], to: path)
            try AtomicFile.write([4], to: path)
            #expect(try readBytes(path) == [4])
            #expect(throws: HostError.self) { try AtomicFile.write([1], to: folder + "/no/file") }
            mkdir(folder + "/folder", 0o700)
            #expect(throws: HostError.self) { try AtomicFile.write([1], to: folder + "/folder") }
            #expect(access(folder + "/folder.new", F_OK) != 0)
        }
    }

    @Test("free space is asked of the file system")
    func freeSpace() throws {
        let space = try FreeSpace("/tmp")
        #expect(space.totalBytes >= space.freeBytes && space.totalBytes > 0)
        #expect(throws: HostError.self) { try FreeSpace("/no/such/folder") }
    }
}
