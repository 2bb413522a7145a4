import Testing

@testable import Host

// Goal: what a process has for itself is read from the kernel's report, and never guessed.
// Method: reports written by hand, and this process's own.
@Suite("Memory of this process")
struct ProcessMemoryTests {
    @Test(
        "pages written to and pages swapped out count, shared, clean and new files' ones do not",
        arguments: [
            (
                "Rss: 900 kB\nPrivate_Clean: 50 kB\nPrivate_Dirty: 99 kB\nAnonymous: 12 kB\nSwap: 3 kB\n",
                15 * 1_024
            ),
            ("Anonymous:         160 kB\n", 160 * 1_024),
            ("Swap: 3 kB\n", nil),
            ("Anonymous: 1 MB\n", nil),
            ("Anonymous: x kB\n", nil),
            ("Anonymous: 9223372036854775807 kB\n", nil),
            ("", nil),
        ] as [(String, Int64?)]
    )
    func report(text: String, bytes: Int64?) {
        #expect(ProcessMemory.privateBytes(report: Array(text.utf8)) == bytes)
    }

    @Test("this process has some, and more when it writes to more")
    func own() throws {
        let before = try #require(ProcessMemory.privateBytes())
        let bytes = [UInt8](repeating: 1, count: 64 << 20)
        let after = try #require(ProcessMemory.privateBytes())
        #expect(bytes.last == 1)
        #expect(before > 0)
        #expect(after - before > 32 << 20)
    }
}
