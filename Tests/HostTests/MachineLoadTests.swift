import Glibc
import TestKit
import Testing

@testable import Host

// Goal: what the node decides by is what the kernel says. Method: files of the kernel's form, the
// kernel's own, and a folder of known files.
@Suite("Facts about the machine")
struct MachineLoadTests {
    static let files = [
        "/proc/meminfo":
            "MemTotal:         256000 kB\nMemFree: 10 kB\nMemAvailable:     64000 kB\n",
        "/proc/loadavg": "0.20 0.18 0.12 1/80 11206\n", "/proc/sys/kernel/pid_max": "4194304\n",
        "/proc/sys/kernel/threads-max": "1954\n",
    ]

    @Test("are read from the kernel's files")
    func reading() {
        let facts = MachineLoad { Self.files[$0] }
        #expect(facts.memoryByteCount == 262_144_000)
        #expect(facts.availableMemoryByteCount == 65_536_000)
        #expect(facts.taskCount == 80)
        #expect(facts.taskCountMax == 1_954)
    }

    @Test(
        "are not there where the kernel does not tell, or tells nonsense",
        arguments: [
            "", "MemTotal:", "MemTotal: x kB", "1 2 3 4", "MemTotal: 9223372036854775807 kB",
        ]
    )
    func nonsense(_ text: String) {
        let facts = MachineLoad { $0 == "/proc/meminfo" ? text : nil }
        #expect(facts.memoryByteCount == nil)
        #expect(facts.availableMemoryByteCount == nil)
        #expect(facts.taskCount == nil)
        #expect(facts.taskCountMax == nil)
        #expect(MachineLoad { $0 == "/proc/loadavg" ? text : nil }.taskCountMax == nil)
    }

    @Test("are there on this machine")
    func here() {
        let facts = MachineLoad()
        #expect((facts.memoryByteCount ?? 0) > (facts.availableMemoryByteCount ?? .max))
        #expect((facts.taskCount ?? 0) > 0)
        #expect((facts.taskCountMax ?? 0) > (facts.taskCount ?? .max))
    }

    @Test("room is told in bytes and in inodes")
    func room() throws {
        let space = try FreeSpace("/")
        #expect(space.freeBytes <= space.totalBytes)
        #expect(space.freeInodeCount <= space.totalInodeCount)
        #expect(throws: HostError.self) { try FreeSpace("/nowhere/at/all") }
    }

    @Test(
        "files are added up with their folders, links as themselves, and nothing for what is not there"
    )
    func extent() throws {
        try withScratchDirectory { folder in
            try FileTree.make("\(folder)/a/b")
            try AtomicFile.write(Array(repeating: 1, count: 100_000), to: "\(folder)/a/b/file")
            try AtomicFile.write([1], to: "\(folder)/a/small")
            let extent = FileExtent("\(folder)/a", "\(folder)/nowhere")
            #expect(extent.inodeCount == 4)
            #expect(extent.byteCount >= 100_000)
            #expect(FileExtent("\(folder)/a", "\(folder)/a").byteCount == 2 * extent.byteCount)
            #expect(FileExtent("\(folder)/nowhere") == FileExtent())
        }
    }

    @Test("the kernel takes our trigger for memory, where it measures pressure at all")
    func pressure() {
        let isMeasured = FileTree.isFile("/proc/pressure/memory")
        do throws(HostError) {
            try PressureWatch.memory {}
        } catch {
            guard case .system(_, _, let number) = error else {
                Issue.record("not an error of the system: \(error)")
                return
            }
            // Without privileges, or in a kernel without it, the file cannot be opened for writing.
            #expect(!isMeasured || [EACCES, EPERM, EOPNOTSUPP, EROFS].contains(number), "\(error)")
        }
    }
}
