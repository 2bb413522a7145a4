internal import Documents
internal import Host
internal import KubeModel
internal import Supervisor

/// What the machine and the workloads use now; reading it blocks for some microseconds a process.
struct Usage: Sendable {
    /// One container's process.
    struct Container: Sendable {
        var process: WorkloadProcess
        var usage: ProcessUsage
    }

    /// The machine as a whole.
    struct Machine: Sendable {
        var processorNanoseconds: UInt64 = 0
        var memoryBytes: UInt64 = 0
        var availableBytes: UInt64 = 0
        var disk: FreeSpace?
    }

    var containers: [Container] = []
    var machine = Machine()
    var daemon: ProcessUsage?
    /// When it was read, wall time.
    var time: Timestamp

    // Why: /proc/stat has a line for each processor and for each interrupt.
    private static let fileBytesMax = 1 << 20
    // Source: proc_stat(5): USER_HZ is 100 on every architecture of ours.
    private static let nanosecondsPerTick: UInt64 = 10_000_000

    /// Reads it all; a process that has just ended is left out.
    init(_ processes: [WorkloadProcess], state: String) {
        time = Timestamp(nanosecondsSinceEpoch: Clock.wallNanoseconds())
        for process in processes {
            guard let usage = try? ProcessUsage(processID: process.processID) else { continue }
            containers.append(Container(process: process, usage: usage))
        }
        daemon = try? ProcessUsage(processID: ProcessFacts.ownProcessID)
        machine.disk = try? FreeSpace(state)
        readMemory(Self.lines("/proc/meminfo"))
        readProcessors(Self.lines("/proc/stat"))
    }

    private static func lines(_ path: String) -> [[Substring]] {
        let bytes = (try? FileBytes.read(path, byteCountMax: fileBytesMax)) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: " ") }
    }

    private mutating func readMemory(_ lines: [[Substring]]) {
        for words in lines where words.count >= 2 {
            let bytes = UInt64(words[1])?.multipliedReportingOverflow(by: 1_024).partialValue ?? 0
            switch words[0] {
            case "MemTotal:": machine.memoryBytes = bytes
            case "MemAvailable:": machine.availableBytes = bytes
            default: continue
            }
        }
    }

    private mutating func readProcessors(_ lines: [[Substring]]) {
        guard let words = lines.first(where: { $0.first == "cpu" }), words.count > 8 else { return }
        // Source: proc_stat(5): user nice system idle iowait irq softirq steal.
        let busy = [1, 2, 3, 6, 7, 8].compactMap { UInt64(words[$0]) }.reduce(0, &+)
        machine.processorNanoseconds = busy &* Self.nanosecondsPerTick
    }
}
