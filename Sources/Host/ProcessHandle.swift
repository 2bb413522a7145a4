internal import CLinux
internal import Glibc
internal import Synchronization

/// One process, child or not, that can be signalled and waited for without ever meaning another one.
///
/// It is held by a pidfd. All waiting is done by one thread of the program, however many there are.
public final class ProcessHandle: Sendable {
    /// The process id.
    public let processID: Int32
    /// When it started, in clock ticks since the machine started.
    public let startTimeTicks: UInt64

    private enum State {
        case running([@Sendable (ProcessExit) -> Void])
        case ended(ProcessExit)
    }

    private let descriptor: OwnedDescriptor
    private let state = Mutex(State.running([]))

    private init(processID: Int32, startTimeTicks: UInt64, descriptor: OwnedDescriptor) {
        self.processID = processID
        self.startTimeTicks = startTimeTicks
        self.descriptor = descriptor
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: The program's file; it becomes argv[0] too.
    ///   - arguments: argv from 1 on.
    ///   - environment: All of its environment, `K=V`.
    ///   - standardInput: Its descriptor 0; `/dev/null` when `nil`.
    ///   - standardOutput: Its descriptor 1; `/dev/null` when `nil`.
    ///   - standardError: Its descriptor 2; `/dev/null` when `nil`.
    ///   - inheritedDescriptors: Become its descriptors 3, 4, …; all others are closed.
    ///   - newSession: Whether it leads a session of its own, out of reach of our terminal's signals.
    /// - Returns: The child.
    /// - Throws: ``HostError`` when there is no such program, or no room for it.
    public static func spawn(
        path: String,
        arguments: [String] = [],
        environment: [String] = [],
        standardInput: OwnedDescriptor? = nil,
        standardOutput: OwnedDescriptor? = nil,
        standardError: OwnedDescriptor? = nil,
        inheritedDescriptors: [OwnedDescriptor] = [],
        newSession: Bool = true
    ) throws(HostError) -> ProcessHandle {
        let request = ProcessSpawn.Request(
            path: path,
            arguments: arguments,
            environment: environment,
            descriptors: [standardInput, standardOutput, standardError] + inheritedDescriptors,
            newSession: newSession
        )
        let processID = try ProcessSpawn.start(request)
        // Nobody else waits for our children, so the number cannot be another's yet.
        let descriptor = try open(processID, path: path)
        let ticks = try ProcessFacts(processID: processID).startTimeTicks
        return try watched(processID, ticks, descriptor)
    }

    /// Takes hold of a process that somebody else started, or that we started in an earlier life.
    ///
    /// Answers `nil` when it is gone; another process with the same number does not count.
    public static func adopt(processID: Int32, startTimeTicks: UInt64) -> ProcessHandle? {
        // The order matters: the start time is read while the pidfd already holds the process.
        guard processID > 0, let descriptor = try? open(processID, path: "pid \(processID)"),
            let facts = try? ProcessFacts(processID: processID),
            facts.startTimeTicks == startTimeTicks
        else { return nil }
        return try? watched(processID, startTimeTicks, descriptor)
    }

    /// Sends a signal; says whether the process was still there to get it.
    @discardableResult
    public func signal(_ number: Int32) -> Bool {
        swiftlet_pidfd_send_signal(descriptor.number, number) == 0
    }

    /// How it ended, or `nil` while it runs.
    public var exit: ProcessExit? {
        state.withLock { state in
            switch state {
            case .running: nil
            case .ended(let exit): exit
            }
        }
    }

    /// Calls once it has ended, at once if it has already; on a thread that must not be held up.
    public func whenExited(_ call: @escaping @Sendable (ProcessExit) -> Void) {
        let known = state.withLock { state -> ProcessExit? in
            switch state {
            case .ended(let exit): return exit
            case .running(let waiting):
                state = .running(waiting + [call])
                return nil
            }
        }
        if let known { call(known) }
    }

    /// Waits for its end; any number of callers may wait, and callers may come late.
    ///
    /// Cancelling the caller does not end the wait: send the process a signal.
    public func exited() async -> ProcessExit {
        await withCheckedContinuation { continuation in
            whenExited { continuation.resume(returning: $0) }
        }
    }

    private static func open(_ processID: Int32, path: String) throws(HostError) -> OwnedDescriptor
    {
        let number = swiftlet_pidfd_open(processID)
        guard number >= 0 else {
            throw .system(call: "pidfd_open", path: path, errno: Glibc.errno)
        }
        return OwnedDescriptor(number)
    }

    private static func watched(
        _ processID: Int32,
        _ ticks: UInt64,
        _ descriptor: OwnedDescriptor
    ) throws(HostError) -> ProcessHandle {
        let handle = ProcessHandle(
            processID: processID,
            startTimeTicks: ticks,
            descriptor: descriptor
        )
        // The watch keeps the handle alive until the process ends, so that a child is always reaped.
        try DescriptorWatch.shared.add(descriptor) {
            handle.reap()
            return .done
        }
        return handle
    }

    private func reap() {
        let result = swiftlet_pidfd_reap(descriptor.number)
        let status = Int32(truncatingIfNeeded: result)
        let exit: ProcessExit =
            switch result >> 32 {
            case Int64(CLD_EXITED): .exited(code: status)
            case Int64(CLD_KILLED), Int64(CLD_DUMPED): .signalled(number: status)
            default: .unknown
            }
        let waiting = state.withLock { state -> [@Sendable (ProcessExit) -> Void] in
            defer { state = .ended(exit) }
            switch state {
            case .running(let waiting): return waiting
            case .ended: return []
            }
        }
        for call in waiting { call(exit) }
    }
}
