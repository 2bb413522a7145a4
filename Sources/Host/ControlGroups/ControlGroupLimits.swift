/// What the processes of a control group may use together.
public struct ControlGroupLimits: Equatable, Sendable {
    /// Bytes of memory; beyond it the kernel ends all of them.
    public var memoryBytesMax: UInt64?
    /// Thousandths of a processor.
    public var processorMillicoresMax: UInt64?
    /// Its part when processors are short, by thousandths that it asked for.
    public var processorMillicoresWanted: UInt64?
    /// Processes and threads.
    public var processesMax: UInt64?

    /// No limits.
    public init() {}

    // Source: the kubelet's period.
    private static let periodMicroseconds: UInt64 = 100_000
    // Source: cgroup-v2.rst: the least quota that the kernel takes is a millisecond.
    private static let quotaMicrosecondsMin: UInt64 = 1_000

    /// Each file with what to write into it, for the controllers that there are.
    public func settings(_ controllers: Set<String>) -> [(file: String, text: String)] {
        var settings: [(file: String, text: String)] = []
        if controllers.contains("memory"), let memoryBytesMax {
            settings.append(("memory.max", "\(memoryBytesMax)"))
            // Swap would make a limit a delay; and one process without the others is no container.
            settings.append(("memory.swap.max", "0"))
            settings.append(("memory.oom.group", "1"))
        }
        if controllers.contains("cpu") {
            if let processorMillicoresMax {
                let (product, overflow) = processorMillicoresMax.multipliedReportingOverflow(
                    by: Self.periodMicroseconds / ProcessorShare.whole
                )
                let quota = max(overflow ? .max : product, Self.quotaMicrosecondsMin)
                settings.append(("cpu.max", "\(quota) \(Self.periodMicroseconds)"))
            }
            if let processorMillicoresWanted {
                settings.append(("cpu.weight", "\(Self.weight(processorMillicoresWanted))"))
            }
        }
        if controllers.contains("pids"), let processesMax {
            settings.append(("pids.max", "\(processesMax)"))
        }
        return settings
    }

    /// The weight of 1 to 10,000 that stands for a request.
    ///
    /// Source: Kubernetes, KEP-2254: shares of 1,024 a processor, 2 to 262,144, mapped to the weights.
    static func weight(_ millicores: UInt64) -> UInt64 {
        let (product, overflow) = millicores.multipliedReportingOverflow(by: 1_024)
        let shares = min(max(overflow ? .max : product / ProcessorShare.whole, 2), 262_144)
        return 1 + (shares - 2) * 9_999 / 262_142
    }
}
