import Glibc
import Host
import TestKit
import Testing

// Goal: what a guest prints stands in the log as Kubernetes' tools read it, within its bounds, and is
// read back whole. Method: real files; the clock is a number that the test moves.
@Suite("Container logs")
struct ContainerLogTests {
    final class FakeClock {
        var wall: Int64 = 1_475_713_029_669_794_202
        var boottime: Int64 = 0
    }

    private func writer(
        _ path: String,
        _ limits: ContainerLogWriter.Limits = .init(),
        clock: FakeClock = FakeClock()
    ) throws -> ContainerLogWriter {
        try ContainerLogWriter(path: path, limits: limits) { (clock.wall, clock.boottime) }
    }

    private func entries(_ reader: ContainerLogReader) throws -> [ContainerLogEntry] {
        var result: [ContainerLogEntry] = []
        while let entry = try reader.next() { result.append(entry) }
        return result
    }

    private func lines(_ reader: ContainerLogReader) throws -> [String] {
        try entries(reader).map { String(decoding: $0.text, as: UTF8.self) }
    }

    @Test("lines are whole entries, and the rest of a line waits for its end")
    func form() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.log"
            let writer = try writer(path)
            writer.write(.standardOutput, Array("one\ntw".utf8))
            writer.write(.standardError, Array("bad\n".utf8))
            writer.write(.standardOutput, Array("o\n\nend".utf8))
            writer.flush()
            let stamp = "2016-10-06T00:17:09.669794202Z"
            #expect(
                try readFile(path) == """
                    \(stamp) stdout F one
                    \(stamp) stderr F bad
                    \(stamp) stdout F two
                    \(stamp) stdout F \n\(stamp) stdout P end

                    """
            )
        }
    }

    @Test("a long line is cut into parts of 16 KiB that add up")
    func longLine() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.log"
            let writer = try writer(path)
            let text = (0..<40_000).map { UInt8(0x61 + $0 % 26) }
            for start in stride(from: 0, to: text.count, by: 1_000) {
                writer.write(.standardOutput, Array(text[start..<start + 1_000]))
            }
            writer.write(.standardOutput, [0x0A])
            let read = try entries(ContainerLogReader(path: path))
            #expect(read.map(\.isPartial) == [true, true, false])
            #expect(read.map(\.text.count) == [16_384, 16_384, 7_232])
            #expect(read.flatMap(\.text) == text)
        }
    }

    @Test("files are moved aside at their size, and only so many are kept")
    func rotation() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.log"
            let writer = try writer(path, .init(fileBytesMax: 65_536, filesMax: 3))
            for number in 0..<10_000 {
                writer.write(.standardOutput, Array("line \(number)\n".utf8))
            }
            for name in [path, path + ".1", path + ".2"] {
                #expect(try readBytes(name).count <= 65_536)
            }
            #expect(access(path + ".3", F_OK) != 0)
            let kept = try lines(ContainerLogReader(path: path))
            #expect(kept.last == "line 9999")
            let first = try #require(kept.first?.split(separator: " ").last.flatMap { Int($0) })
            #expect(kept.count == 10_000 - first)
            #expect(
                try lines(ContainerLogReader(path: path, tail: 3)) == [
                    "line 9997", "line 9998", "line 9999",
                ]
            )
            let tail = try lines(ContainerLogReader(path: path, tail: 2_000))
            #expect(tail.count == 2_000 && tail.first == "line 8000")
            #expect(try lines(ContainerLogReader(path: path, tail: 1_000_000)) == kept)
            #expect(try lines(ContainerLogReader(path: path, tail: 0)) == [])
        }
    }

    @Test("one file only is kept when that is the bound")
    func oneFile() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.log"
            let writer = try writer(path, .init(fileBytesMax: 65_536, filesMax: 1))
            for number in 0..<5_000 {
                writer.write(.standardOutput, Array("line \(number)\n".utf8))
            }
            #expect(access(path + ".1", F_OK) != 0)
            #expect(try lines(ContainerLogReader(path: path)).last == "line 4999")
        }
    }

    @Test("a reader follows across rotations without a gap")
    func follow() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.log"
            let reader = ContainerLogReader(path: path)
            #expect(try reader.next() == nil)
            let writer = try writer(path, .init(fileBytesMax: 65_536, filesMax: 4))
            var seen: [String] = []
            for number in 0..<20_000 {
                writer.write(.standardOutput, Array("line \(number)\n".utf8))
                if number % 1_999 == 0 { seen += try lines(reader) }
            }
            seen += try lines(reader)
            #expect(seen == (0..<20_000).map { "line \($0)" })
        }
    }

    @Test("a flood is dropped, counted, and told once there is room")
    func rate() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.log"
            let clock = FakeClock()
            let writer = try writer(
                path,
                .init(bytesPerSecondMax: 1_024, burstBytesMax: 65_536),
                clock: clock
            )
            for number in 0..<5_000 {
                writer.write(.standardOutput, Array("line \(number)\n".utf8))
            }
            let dropped = writer.droppedCount
            #expect(dropped > 3_000 && dropped < 5_000)
            clock.boottime += 1_000_000_000
            writer.write(.standardOutput, Array("after\n".utf8))
            let all = try lines(ContainerLogReader(path: path))
            #expect(
                all.suffix(2) == ["swiftlet: \(dropped) log entries were dropped here", "after"]
            )
        }
    }

    @Test("a folder that vanishes costs entries, not the guest")
    func unwritable() throws {
        try withScratchDirectory { folder in
            let path = folder + "/logs/0.log"
            mkdir(folder + "/logs", 0o700)
            let clock = FakeClock()
            let writer = try writer(path, .init(fileBytesMax: 65_536, filesMax: 2), clock: clock)
            for name in ["/logs/0.log"] { unlink(folder + name) }
            rmdir(folder + "/logs")
            for number in 0..<5_000 {
                writer.write(.standardOutput, Array("line \(number)\n".utf8))
            }
            #expect(writer.droppedCount > 0)
            mkdir(folder + "/logs", 0o700)
            clock.boottime += 2_000_000_000
            writer.write(.standardOutput, Array("back\n".utf8))
            #expect(try lines(ContainerLogReader(path: path)).last == "back")
        }
    }

    @Test("a full disk costs entries, and half of one is taken back")
    func fullDisk() throws {
        // /dev/full answers every write with ENOSPC.
        let writer = try ContainerLogWriter(path: "/dev/full")
        writer.write(.standardOutput, Array("a\nb\n".utf8))
        #expect(writer.droppedCount == 2)
    }

    @Test("older entries are left out, and foreign lines are skipped")
    func since() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.log"
            let clock = FakeClock()
            let writer = try writer(path, clock: clock)
            writer.write(.standardOutput, Array("old\n".utf8))
            clock.wall += 1_000
            writer.write(.standardOutput, Array("new\n".utf8))
            let reader = ContainerLogReader(path: path, sinceNanoseconds: clock.wall)
            #expect(try lines(reader) == ["new"])
            try writeFile(path, "nonsense\n\(try readFile(path))half of a li")
            #expect(try lines(ContainerLogReader(path: path)) == ["old", "new"])
        }
    }

    @Test("following ends once the writer has ended and everything was read")
    func followEnds() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("0.log")
            let instance = fixture.path("instance")
            let writer = try ContainerLogWriter(path: path)
            var lock: InstanceLock? = try InstanceLock(path: instance, record: .ofThisProcess())
            writer.write(.standardOutput, Array("first\n".utf8))
            let log = ContainerLog.read(path, followUntil: { !InstanceLock.isHeld(instance) })
            var seen: [String] = []
            for try await entry in log {
                seen.append(String(decoding: entry.text, as: UTF8.self))
                if seen.count == 1 {
                    writer.write(.standardOutput, Array("second\n".utf8))
                    lock = nil
                }
            }
            #expect(seen == ["first", "second"])
            #expect(lock == nil)
        }
    }

    @Test("damaged logs of every kind are read without a crash")
    func fuzz() throws {
        try withScratchDirectory { folder in
            let path = folder + "/0.log"
            let writer = try writer(path)
            for number in 0..<20 { writer.write(.standardOutput, Array("line \(number)\n".utf8)) }
            let bytes = try readBytes(path)
            var random = SeededGenerator(seed: 3)
            for _ in 0..<300 {
                try writeFile(path, random.mutated(bytes))
                _ = try entries(ContainerLogReader(path: path, tail: 5))
                _ = try entries(ContainerLogReader(path: path))
            }
        }
    }
}
