internal import Host
public import Lifecycle

/// A pod whose usage is asked for.
public struct PodPlaces: Equatable, Sendable {
    /// Its uid.
    public var uid: String
    /// Its processes, by container.
    public var processIDs: [String: Int32]
    /// Folders with its volumes, logs and files.
    public var folders: [String]
}

/// Who measures the node and its pods: the kernel's files, or a stand-in in tests.
///
/// All calls may block.
public protocol NodeGauge: Sendable {
    /// What is left of everything that can run short.
    func reading() -> NodeReading
    /// What pods use now, by uid.
    func usage(of pods: [PodPlaces]) -> [String: PodUsage]
    /// Calls whenever the kernel says that memory runs short; for some kernels never.
    func watchPressure(_ call: @escaping @Sendable () -> Void)
}

/// Reads the kernel's files and the file systems of the daemon's folders.
struct HostGauge: NodeGauge {
    let layout: DirectoryLayout

    func reading() -> NodeReading {
        var reading = NodeReading()
        let facts = MachineLoad()
        func set(_ signal: EvictionSignal, _ available: Int64?, of capacity: Int64?) {
            guard let available, let capacity, capacity > 0 else { return }
            reading.amounts[signal] = .init(available: available, capacity: capacity)
        }
        set(.memory, facts.availableMemoryByteCount, of: facts.memoryByteCount)
        if let tasks = facts.taskCount, let most = facts.taskCountMax {
            set(.processes, max(0, most - min(tasks, most)), of: most)
        }
        if let space = try? FreeSpace(layout.state) {
            set(
                .nodeDisk,
                Int64(clamping: space.freeBytes),
                of: Int64(clamping: space.totalBytes)
            )
            set(
                .nodeInodes,
                Int64(clamping: space.freeInodeCount),
                of: Int64(clamping: space.totalInodeCount)
            )
        }
        if let space = try? FreeSpace(layout.images) {
            set(
                .imageDisk,
                Int64(clamping: space.freeBytes),
                of: Int64(clamping: space.totalBytes)
            )
        }
        return reading
    }

    func usage(of pods: [PodPlaces]) -> [String: PodUsage] {
        var usages: [String: PodUsage] = [:]
        for pod in pods {
            var usage = PodUsage()
            for (container, processID) in pod.processIDs {
                guard let used = try? ProcessUsage(processID: processID) else { continue }
                usage.memoryByteCounts[container] = Int64(clamping: used.privateBytes)
                usage.processCount += 1
            }
            for folder in pod.folders {
                let extent = FileExtent(folder)
                let (sum, overflow) = usage.diskByteCount.addingReportingOverflow(extent.byteCount)
                usage.diskByteCount = overflow ? .max : sum
                usage.inodeCount += extent.inodeCount
            }
            usages[pod.uid] = usage
        }
        return usages
    }

    func watchPressure(_ call: @escaping @Sendable () -> Void) {
        // Why no complaint: kernels without it are looked at in time, every few seconds.
        try? PressureWatch.memory(call)
    }
}
