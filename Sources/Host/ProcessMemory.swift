/// What the kernel says of this process's memory.
public enum ProcessMemory {
    /// Some lines of a name and a number; the kernel's file has about 25.
    private static let reportBytesMax = 8_192

    /// Bytes of pages that this process has written to and shares with no other, swapped ones
    /// included; `nil` when the kernel does not tell.
    ///
    /// Why not "Private_Dirty": that counts the program's own pages too as long as the kernel has not
    /// written a new program to its disk.
    ///
    /// Source: proc(5), smaps_rollup.
    public static func privateBytes() -> Int64? {
        let bytes = try? FileBytes.read("/proc/self/smaps_rollup", byteCountMax: reportBytesMax)
        return bytes.flatMap { privateBytes(report: $0) }
    }

    /// The same from the kernel's report.
    static func privateBytes(report: [UInt8]) -> Int64? {
        var sum: Int64 = 0
        var isTold = false
        for line in String(decoding: report, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 3, words[2] == "kB", let count = Int64(words[1]),
                words[0] == "Anonymous:" || words[0] == "Swap:"
            else { continue }
            let (bytes, isOver) = count.multipliedReportingOverflow(by: 1_024)
            let (total, isOverToo) = sum.addingReportingOverflow(bytes)
            guard !isOver, !isOverToo else { return nil }
            sum = total
            isTold = isTold || words[0] == "Anonymous:"
        }
        return isTold ? sum : nil
    }
}
