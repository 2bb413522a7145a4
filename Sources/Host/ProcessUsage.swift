internal import Glibc

/// What a process has used, from `/proc`.
///
/// Source: proc_pid_stat(5), proc_pid_smaps_rollup(5), proc_pid_status(5).
public struct ProcessUsage: Equatable, Sendable {
    /// Processor time in nanoseconds, in programs and in the kernel.
    public var processorNanoseconds: UInt64
    /// Bytes in memory, shared ones counted whole.
    public var residentBytes: UInt64
    /// Bytes in memory that nobody else has: what its end would free.
    public var privateBytes: UInt64

    // Why: smaps_rollup is one page, status has about 60 lines; stat is less.
    private static let fileBytesMax = 16_384

    /// Looks at a process; throws ENOENT when there is none.
    public init(processID: Int32) throws(HostError) { try self.init(folder: "/proc/\(processID)") }

    init(folder: String) throws(HostError) {
        let stat = try FileBytes.read("\(folder)/stat", byteCountMax: Self.fileBytesMax)
        let memory = try Self.memory(folder)
        let ticksPerSecond = UInt64(clamping: max(sysconf(Int32(_SC_CLK_TCK)), 1))
        try self.init(stat: stat, memory: memory, ticksPerSecond: ticksPerSecond, path: folder)
    }

    /// What the kernel says of its memory, as exactly as it says it to us.
    ///
    /// A daemon without the right to trace, as the unit makes it, is refused `smaps_rollup` of a workload
    /// that has another user and cannot be dumped. Anybody may read `status`; since Linux 6.2 its numbers
    /// may be wrong by 32 pages for each processor.
    private static func memory(_ folder: String) throws(HostError) -> [UInt8] {
        if let exact = try? FileBytes.read("\(folder)/smaps_rollup", byteCountMax: fileBytesMax) {
            return exact
        }
        return try FileBytes.read("\(folder)/status", byteCountMax: fileBytesMax)
    }

    init(
        stat: [UInt8],
        memory: [UInt8],
        ticksPerSecond: UInt64,
        path: String
    ) throws(HostError) {
        guard let end = stat.lastIndex(of: UInt8(ascii: ")")) else {
            throw .malformed(path: path, reason: "has no name of a program")
        }
        // fields[0] is field 3 of the manual page: 14 and 15 are utime and stime.
        let fields = stat[(end + 1)...].split(separator: UInt8(ascii: " "))
            .map { String(decoding: $0, as: UTF8.self) }
        guard fields.count > 12, let user = UInt64(fields[11]), let system = UInt64(fields[12])
        else { throw .malformed(path: path, reason: "has too few fields") }
        let nanosecondsPerTick = 1_000_000_000 / max(ticksPerSecond, 1)
        processorNanoseconds = Self.product(
            user.addingReportingOverflow(system).partialValue,
            nanosecondsPerTick
        )
        var values: [String: UInt64] = [:]
        for line in memory.split(separator: UInt8(ascii: "\n")) {
            let words = String(decoding: line, as: UTF8.self)
                .split { $0 == " " || $0 == "\t" }
            guard words.count == 3, words[2] == "kB", let kibibytes = UInt64(words[1]) else {
                continue
            }
            values[String(words[0])] = kibibytes
        }
        guard let resident = values["Rss:"] ?? values["VmRSS:"] else {
            throw .malformed(
                path: path,
                reason: "has no Rss in smaps_rollup, and no VmRSS in status"
            )
        }
        residentBytes = Self.product(resident, 1_024)
        // What is in memory and comes from no file is nobody else's, in a process that has never forked.
        let own = [values["Private_Dirty:"], values["Private_Clean:"], values["RssAnon:"]]
            .reduce(UInt64(0)) { $0.addingReportingOverflow($1 ?? 0).partialValue }
        privateBytes = Self.product(own, 1_024)
    }

    private static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? .max : product
    }
}
