import TestKit
import Testing

@testable import Host

// Goal: what a process used is read as proc(5) writes it. Method: texts, and this very process.
@Suite("Process usage")
struct ProcessUsageTests {
    private static let stat =
        "42 (a) b) (c) S 1 42 42 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 1 0 99 1 1\n"
    private static let maps = """
        55d0-7ffc ---p 00000000 00:00 0 [rollup]
        Rss:                2048 kB
        Pss:                1024 kB
        Private_Clean:       100 kB
        Private_Dirty:       300 kB

        """

    private static let status = """
        Name:\ta
        VmRSS:\t    2048 kB
        RssAnon:\t     400 kB
        RssFile:\t    1648 kB
        Threads:\t1

        """

    private func read(_ stat: String, _ memory: String, ticks: UInt64 = 100) throws -> ProcessUsage
    {
        try ProcessUsage(
            stat: Array(stat.utf8),
            memory: Array(memory.utf8),
            ticksPerSecond: ticks,
            path: "/proc/42"
        )
    }

    @Test(
        "time is user and system time together; memory is what is resident and what is its own",
        arguments: [maps, status]
    )
    func values(memory: String) throws {
        let usage = try read(Self.stat, memory)
        #expect(usage.processorNanoseconds == 3_000_000_000)
        #expect(usage.residentBytes == 2_048 << 10)
        #expect(usage.privateBytes == 400 << 10)
    }

    @Test(
        "what is not such a file is refused by its name",
        arguments: [
            ("", maps), ("42 a S 1", maps), ("42 (a) S 1 2", maps), (stat, ""),
            (stat, "Rss: 12 MB\n"), (stat, "RssAnon:\t12 kB\n"),
            (stat.replacing("250", with: "x"), maps),
        ]
    )
    func refusals(stat: String, memory: String) {
        let error = #expect(throws: HostError.self) { try read(stat, memory) }
        #expect(error?.description.contains("/proc/42") == true)
    }

    @Test("numbers beyond all measure are held at the end of their type, and trap nothing")
    func extremes() throws {
        let most = String(UInt64.max)
        let usage = try read(
            Self.stat.replacing("250", with: most),
            Self.maps.replacing("2048", with: most),
            ticks: 0
        )
        #expect(usage.residentBytes == .max)
    }

    @Test("this process has used time and memory; one that is not there is an error")
    func live() throws {
        let usage = try ProcessUsage(processID: ProcessFacts.ownProcessID)
        #expect(usage.residentBytes > usage.privateBytes)
        #expect(usage.privateBytes > 0)
        // No kernel gives this number to a process: the largest is 2^22.
        #expect(throws: HostError.self) { try ProcessUsage(processID: .max) }
    }

    @Test("where the exact account is refused, the one for everybody is read")
    func refused() throws {
        try withScratchDirectory { folder in
            try writeFile("\(folder)/stat", Self.stat)
            #expect(throws: HostError.self) { try ProcessUsage(folder: folder) }
            try writeFile("\(folder)/status", Self.status)
            #expect(try ProcessUsage(folder: folder).privateBytes == 400 << 10)
            try writeFile("\(folder)/smaps_rollup", Self.maps.replacing("300", with: "301"))
            #expect(try ProcessUsage(folder: folder).privateBytes == 401 << 10)
        }
    }
}
