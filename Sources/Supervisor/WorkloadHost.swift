public import Host

/// What runs workloads: processes of `swiftlet-run`, or a stand-in in tests.
public protocol WorkloadHost: Sendable {
    /// Starts a run; its end is told once, to `ended`, from any thread.
    ///
    /// Throws ``HostError`` when no process could be started.
    func start(
        _ instance: Instance,
        _ command: RunnerCommand,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) throws(HostError) -> any Workload

    /// Starts a program beside a run, within what the run may use; its end is told once, to `ended`.
    ///
    /// Throws ``HostError`` when no process could be started.
    func start(
        _ command: RunnerCommand,
        beside instance: Instance,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) throws(HostError) -> any Workload

    /// Takes hold of a run that an earlier life of the daemon started, if it still goes on.
    func adopt(
        _ instance: Instance,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) async -> AdoptedWorkload?

    /// The runs of a container that left a trace since the machine started, in no order.
    func attempts(ofContainer name: String, in uid: String) -> [Int64]

    /// Whether some process has the lock of this run.
    func isAlive(_ instance: Instance) -> Bool

    /// Whether the kernel ended a run because its control group reached its memory limit.
    func wasEndedForMemory(_ instance: Instance) -> Bool

    /// Ends what may be left of a pod, and forgets what was kept to tell how its runs ended.
    func forget(_ uid: String)

    /// How a run ended, as its runner wrote it down; nil when it wrote nothing.
    func exitRecord(_ instance: Instance) -> ExitRecord?
}

extension WorkloadHost {
    /// No: a host without control groups cannot tell.
    public func wasEndedForMemory(_ instance: Instance) -> Bool { false }

    /// Does nothing: a host without control groups keeps nothing.
    public func forget(_ uid: String) {}
}

/// One running process.
public protocol Workload: Sendable {
    /// Its process id.
    var processID: Int32 { get }
    /// Sends it a signal, if it is still there.
    func signal(_ number: Int32)
}

/// A process that was found running.
public struct AdoptedWorkload: Sendable {
    /// The process.
    public var workload: any Workload
    /// When it started, wall time in nanoseconds since 1970.
    public var startedAtNanoseconds: Int64

    /// A process that was found running.
    public init(workload: any Workload, startedAtNanoseconds: Int64) {
        self.workload = workload
        self.startedAtNanoseconds = startedAtNanoseconds
    }
}
