/// What the kernel says about memory and processes of the whole machine.
public struct MachineLoad: Equatable, Sendable {
    /// Bytes of memory in all.
    public var memoryByteCount: Int64?
    /// Bytes that programs could have without swapping.
    public var availableMemoryByteCount: Int64?
    /// Processes and threads there are.
    public var taskCount: Int64?
    /// Processes and threads there may be.
    public var taskCountMax: Int64?

    // Why: each of these files is some lines; the longest has about 60.
    private static let fileBytesMax = 65_536

    /// Asks the kernel now; what it does not tell is `nil`.
    public init() {
        self.init { path in
            (try? FileBytes.read(path, byteCountMax: Self.fileBytesMax)).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    /// The same from files that somebody else reads.
    ///
    /// Source: proc_meminfo(5), proc_loadavg(5), proc_sys_kernel(5).
    init(reading read: (String) -> String?) {
        for line in read("/proc/meminfo")?.split(separator: "\n") ?? [] {
            let words = line.split(separator: " ")
            guard words.count >= 2, let kibibytes = Int64(words[1]) else { continue }
            let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1_024)
            guard !overflow, bytes >= 0 else { continue }
            if words[0] == "MemTotal:" { memoryByteCount = bytes }
            if words[0] == "MemAvailable:" { availableMemoryByteCount = bytes }
        }
        let load = read("/proc/loadavg")?.split(separator: " ") ?? []
        taskCount = load.dropFirst(3).first.flatMap { $0.split(separator: "/").last }
            .flatMap { Int64($0) }
        taskCountMax = ["/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max"]
            .compactMap { read($0)?.split(separator: "\n").first.flatMap { Int64($0) } }
            .min()
    }
}
