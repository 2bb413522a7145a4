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

    private func read(_ stat: String, _ maps: String, ticks: UInt64 = 100) throws -> ProcessUsage {
        try ProcessUsage(
            stat: Array(stat.utf8),
            maps: Array(maps.utf8),
            ticksPerSecond: ticks,
            path: "/proc/42"
        )
    }

    @Test("time is user and system time together; memory is what is resident and what is its own")
    func values() throws {
        let usage = try read(Self.stat, Self.maps)
        #expect(usage.processorNanoseconds == 3_000_000_000)
        #expect(usage.residentBytes == 2_048 << 10)
        #expect(usage.privateBytes == 400 << 10)
    }

    @Test(
        "what is not such a file is refused by its name",
        arguments: [
            ("", maps), ("42 a S 1", maps), ("42 (a) S 1 2", maps), (stat, ""),
            (stat, "Rss: 12 MB\n"), (stat.replacing("250", with: "x"), maps),
        ]
    )
    func refusals(stat: String, maps: String) {
        let error = #expect(throws: HostError.self) { try read(stat, maps) }
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
}
