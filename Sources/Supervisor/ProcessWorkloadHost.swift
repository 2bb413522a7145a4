public import Host

/// Runs each workload in a process of `swiftlet-run` that outlives the daemon.
public struct ProcessWorkloadHost: WorkloadHost {
    private let layout: DirectoryLayout
    private let runner: String
    private let kernel: KernelSupport
    private let filter: OwnedDescriptor?

    // Why: between taking the lock and writing the record a runner needs less than a millisecond.
    private static let recordTriesMax = 100
    private static let recordPause = Duration.milliseconds(20)

    // The descriptors of a runner after 0, 1 and 2.
    private static let filterDescriptor: Int32 = 4

    /// A host that starts the program `runner`.
    ///
    /// - Parameters:
    ///   - layout: Where instance files and exit records are.
    ///   - runner: The program.
    ///   - kernel: What confinements can be had.
    ///   - filter: The runner's filter of system calls as a sealed file; nil: none.
    public init(
        layout: DirectoryLayout,
        runner: String,
        kernel: KernelSupport = .probe(),
        filter: OwnedDescriptor? = nil
    ) {
        self.layout = layout
        self.runner = runner
        self.kernel = kernel
        self.filter = filter
    }

    /// Starts a run.
    public func start(
        _ instance: Instance,
        _ command: RunnerCommand,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) throws(HostError) -> any Workload {
        var command = command
        if var wanted = command.confinement {
            wanted.filterDescriptor = filter == nil ? nil : Self.filterDescriptor
            command.confinement = kernel.fit(wanted)
        }
        let flags = try OwnedDescriptor.holding(command.encoded(), name: "swiftlet-run flags")
        let handle = try ProcessHandle.spawn(
            path: runner,
            arguments: ["--flags-fd", "3"],
            standardError: try? OwnedDescriptor.copy(of: 2),
            inheritedDescriptors: [flags] + (filter.map { [$0] } ?? [])
        )
        handle.whenExited(ended)
        return RunningProcess(handle: handle)
    }

    /// Takes hold of a run that goes on.
    public func adopt(
        _ instance: Instance,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) async -> AdoptedWorkload? {
        let path = layout.instanceFile(instance)
        for _ in 0..<Self.recordTriesMax {
            guard InstanceLock.isHeld(path) else { return nil }
            if let record = try? InstanceRecord.read(path), record.bootID == Clock.bootID(),
                let handle = ProcessHandle.adopt(
                    processID: record.processID,
                    startTimeTicks: record.startTimeTicks
                )
            {
                handle.whenExited(ended)
                return AdoptedWorkload(
                    workload: RunningProcess(handle: handle),
                    startedAtNanoseconds: record.startedAtNanoseconds
                )
            }
            // It has the lock and has not written yet, or is just ending.
            try? await Task.sleep(for: Self.recordPause)
        }
        return nil
    }

    /// The runs that have an instance file.
    public func attempts(ofContainer name: String, in uid: String) -> [Int64] {
        FileTree.names(in: layout.runningPod(uid)).compactMap { file in
            let parts = file.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == name, parts[2] == "instance" else { return nil }
            return Int64(parts[1]).flatMap { $0 > 0 && $0 < .max ? $0 : nil }
        }
    }

    /// Whether some process has the lock of this run.
    public func isAlive(_ instance: Instance) -> Bool {
        InstanceLock.isHeld(layout.instanceFile(instance))
    }

    /// How a run ended.
    public func exitRecord(_ instance: Instance) -> ExitRecord? {
        try? ExitRecord.read(layout.exitRecord(instance))
    }
}

private struct RunningProcess: Workload {
    let handle: ProcessHandle
    var processID: Int32 { handle.processID }
    func signal(_ number: Int32) { handle.signal(number) }
}
