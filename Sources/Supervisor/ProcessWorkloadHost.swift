public import Host

/// Runs each workload in a process of `swiftlet-run` that outlives the daemon.
public struct ProcessWorkloadHost: WorkloadHost {
    private let layout: DirectoryLayout
    private let runner: String
    private let kernel: KernelSupport
    private let filter: OwnedDescriptor?
    private let groups: ControlGroupTree?
    private let bootID = Clock.bootID()

    // Why: between taking the lock and writing the record a runner needs less than a millisecond.
    private static let recordTriesMax = 100
    private static let recordPause = Duration.milliseconds(20)

    // The first descriptor of a runner after 0, 1 and 2; the others follow it.
    private static let flagsDescriptor: Int32 = 3
    // Why: the runtime would look in eight places for a program that shows backtraces, which the package
    // does not have, at every start of a workload.
    private static let environment = ["SWIFT_BACKTRACE=enable=no,swift-backtrace=/"]

    /// A host that starts the program `runner`.
    ///
    /// - Parameters:
    ///   - layout: Where instance files and exit records are.
    ///   - runner: The program.
    ///   - kernel: What confinements can be had.
    ///   - filter: The runner's filter of system calls as a sealed file; nil: none.
    ///   - groups: Where control groups of pods go; nil: none.
    public init(
        layout: DirectoryLayout,
        runner: String,
        kernel: KernelSupport = .probe(),
        filter: OwnedDescriptor? = nil,
        groups: ControlGroupTree? = nil
    ) {
        self.layout = layout
        self.runner = runner
        self.kernel = kernel
        self.filter = filter
        self.groups = groups
    }

    /// Starts a run.
    public func start(
        _ instance: Instance,
        _ command: RunnerCommand,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) throws(HostError) -> any Workload {
        var command = command
        command.watcherProcessID = ProcessFacts.ownProcessID
        command.bootID = bootID
        return try start(instance, command, standardError: try? OwnedDescriptor.copy(of: 2), ended)
    }

    /// Starts a program in the group of a run; what it writes is lost.
    public func start(
        _ command: RunnerCommand,
        beside instance: Instance,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) throws(HostError) -> any Workload {
        try start(instance, command, standardError: nil, ended)
    }

    private func start(
        _ instance: Instance,
        _ command: RunnerCommand,
        standardError: OwnedDescriptor?,
        _ ended: @escaping @Sendable (ProcessExit) -> Void
    ) throws(HostError) -> any Workload {
        var command = command
        if let groups { try join(groups, instance, &command) }
        let (confinement, descriptors) = try handOver(command.confinement)
        command.confinement = confinement
        let flags = try OwnedDescriptor.holding(command.encoded(), name: "swiftlet-run flags")
        let handle = try ProcessHandle.spawn(
            path: runner,
            arguments: ["--flags-fd", "\(Self.flagsDescriptor)"],
            environment: Self.environment,
            standardError: standardError,
            inheritedDescriptors: [flags] + descriptors
        )
        handle.whenExited(ended)
        return RunningProcess(handle: handle)
    }

    /// What of a confinement can be had here, and what the runner inherits for it after its flags.
    private func handOver(
        _ wanted: Confinement?
    ) throws(HostError) -> (Confinement?, [OwnedDescriptor]) {
        guard let wanted else { return (nil, []) }
        var confinement = kernel.fit(wanted)
        var descriptors: [OwnedDescriptor] = []
        func number(of descriptor: OwnedDescriptor) -> Int32 {
            descriptors.append(descriptor)
            return Self.flagsDescriptor + Int32(descriptors.count)
        }
        if let filter, kernel.hasFilters { confinement.filterDescriptor = number(of: filter) }
        if let rules = try confinement.rules() {
            confinement.rulesDescriptor = number(of: rules)
            // The rules say it, and each entry costs the runner's start.
            confinement.places = nil
            confinement.listeningPorts = nil
            confinement.connectingPorts = nil
            confinement.isScoped = false
        }
        return (confinement, descriptors)
    }

    // Why: the interpreter, translated code and what the runner reads count for the group, and not for
    // the guest, whose own limit says no before the kernel's kills.
    private static let runnerBytes: UInt64 = 16 << 20
    // Why: a runner is one process of one thread; the rest is room for a mistake of ours.
    private static let processesMax: UInt64 = 8

    /// Makes the group of a run and lets the command enter it.
    private func join(
        _ groups: ControlGroupTree,
        _ instance: Instance,
        _ command: inout RunnerCommand
    ) throws(HostError) {
        guard command.confinement != nil else { return }
        var limits = ControlGroupLimits()
        limits.memoryBytesMax = command.memoryLimitBytes.map {
            let (sum, overflow) = $0.addingReportingOverflow(Self.runnerBytes)
            return overflow ? .max : sum
        }
        limits.processorMillicoresMax = command.processorMillicoresMax
        limits.processorMillicoresWanted = command.processorMillicoresWanted
        limits.processesMax = Self.processesMax
        let group = try groups.make(
            pod: instance.uid,
            container: instance.container,
            attempt: instance.attempt,
            limits
        )
        command.confinement?.controlGroup = group.path
        // One of the two is enough.
        if groups.controllers.contains("cpu") { command.processorMillicoresMax = nil }
    }

    /// Whether the kernel ended a run for its memory.
    public func wasEndedForMemory(_ instance: Instance) -> Bool {
        groups?
            .wasEndedForMemory(
                pod: instance.uid,
                container: instance.container,
                attempt: instance.attempt
            ) ?? false
    }

    /// Ends what is left of a pod's processes and removes its groups.
    public func forget(_ uid: String) {
        // What is busy still goes with the next start of the daemon.
        try? groups?.remove(pod: uid)
    }

    /// Takes hold of a run that goes on.
    public func adopt(
        _ instance: Instance,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) async -> AdoptedWorkload? {
        let path = layout.instanceFile(instance)
        for _ in 0..<Self.recordTriesMax {
            guard InstanceLock.isHeld(path) else { return nil }
            if let record = try? InstanceRecord.read(path), record.bootID == bootID,
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
