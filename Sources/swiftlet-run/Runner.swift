import Host
import WASI
import Wasm

/// Runs one command from its lock to its exit record.
final class Runner {
    private let command: RunnerCommand
    private let statistics: Statistics.Form?
    private let features: WasmFeatures
    private let codeLimitBytes: UInt64?
    private let startedAtNanoseconds = Clock.wallNanoseconds()
    private let startedNanoseconds = Clock.boottimeNanoseconds()
    private var lock: InstanceLock?
    private var log: ContainerLogWriter?
    /// Where the exit record goes, once its path leads nowhere any more.
    private var recordFolder: OwnedDescriptor?

    init(
        _ command: RunnerCommand,
        statistics: Statistics.Form? = nil,
        features: WasmFeatures = .usual,
        codeLimitBytes: UInt64? = nil
    ) {
        self.command = command
        self.statistics = statistics
        self.features = features
        self.codeLimitBytes = codeLimitBytes
    }

    /// Runs the guest, and says with what code this process should end.
    func run() -> Int32 {
        do {
            try takeLock()
        } catch {
            StandardStream.error("swiftlet-run: \(error)\n")
            if case .instanceIsRunning = error { return Outcome.Code.held }
            return Outcome.Code.refused
        }
        let outcome = outcome()
        tell(outcome)
        record(outcome)
        return outcome.exitCode
    }

    private func takeLock() throws(HostError) {
        guard let path = command.instanceFile else { return }
        lock = try InstanceLock(path: path, record: try .ofThisProcess(bootID: command.bootID))
    }

    private func outcome() -> Outcome {
        do {
            return try runGuest()
        } catch {
            return Outcome(error)
        }
    }

    private func runGuest() throws(RunError) -> Outcome {
        let interruption: Interruption
        let preview: Preview1
        do throws(WASIError) {
            interruption = try Interruption()
            EndSignals.install(interruption, isGentle: command.exitRecordFile != nil)
            preview = try Preview1(try configuration(), interruption: interruption)
        } catch {
            throw .wasi(error)
        }
        if let limit = command.timeLimitNanoseconds { EndSignals.startClock(nanoseconds: limit) }
        let bytes = try ModuleFile.map(command.modulePath)
        try confine()
        let store = Guest.store(command, codeLimitBytes: codeLimitBytes)
        GuestStop.aim(at: store)
        if EndSignals.hasEnded { store.interrupt() }
        if let millicores = command.processorMillicoresMax {
            ProcessorThrottle.start(millicores: millicores)
        }
        var readyNanoseconds: Int64?
        defer {
            preview.flush()
            tellStatistics(store, readyNanoseconds: readyNanoseconds, moduleBytes: bytes.count)
        }
        do {
            let guest = try Guest(command, bytes, preview, store, features: features)
            readyNanoseconds = Clock.boottimeNanoseconds()
            return ending(store) { () throws(Trap) in try guest.run() }
        } catch .instantiation(.trap(let trap)) {
            return ending(store) { () throws(Trap) in throw trap }
        }
    }

    /// How a run ends that `body` is.
    private func ending(_ store: Store, _ body: () throws(Trap) -> Void) -> Outcome {
        do throws(Trap) {
            try body()
            return .completed
        } catch {
            var outcome = Outcome(
                error,
                endedBy: EndSignals.number,
                timeIsUp: EndSignals.timeIsUp
            )
            // A libc that gets no memory aborts, or goes on with address 0.
            if outcome.reason == .trap, store.usage.refusedAllocations > 0 {
                outcome.reason = .outOfMemory
            }
            return outcome
        }
    }

    /// Gives up all rights that are not needed any more.
    ///
    /// Here everything that the guest gets is open, and nothing that a stranger wrote was read yet: the
    /// module is mapped, and decoded afterwards.
    private func confine() throws(RunError) {
        guard let confinement = command.confinement else { return }
        do throws(HostError) {
            if let path = command.exitRecordFile {
                recordFolder = try .folder(AtomicFile.folder(of: path))
            }
            try confinement.apply()
        } catch {
            throw .file(error)
        }
    }

    private func configuration() throws(WASIError) -> WASIConfiguration {
        var configuration = WASIConfiguration(
            arguments: command.arguments,
            environment: command.environment
        )
        configuration.folders = command.directories.map {
            .init(hostPath: $0.host, guestPath: $0.guest, isReadOnly: $0.isReadOnly)
        }
        configuration.workingDirectory = command.workingDirectory
        configuration.network = NetworkRules(command.network)
        if command.workingDirectory != "/",
            !command.environment.contains(where: { $0.hasPrefix("PWD=") })
        {
            // Go's runtime, and others that keep a working directory of their own, start there.
            configuration.environment.append("PWD=\(command.workingDirectory)")
        }
        if let path = command.logFile {
            let limits = ContainerLogWriter.Limits(
                fileBytesMax: command.logFileBytesMax,
                filesMax: command.logFilesMax
            )
            let writer: ContainerLogWriter
            do {
                writer = try ContainerLogWriter(path: path, limits: limits)
            } catch {
                throw .folder(hostPath: path, errno: error.errno ?? 0, reason: "\(error)")
            }
            log = writer
            configuration.standardInput = nil
            configuration.standardOutput = .sink(LogSink(writer, .standardOutput))
            configuration.standardError = .sink(LogSink(writer, .standardError))
        }
        return configuration
    }

    /// Says why, when it did not end well by itself.
    private func tell(_ outcome: Outcome) {
        guard !outcome.message.isEmpty else { return }
        let text = "swiftlet-run: \(outcome.message)\n"
        guard let log else { return StandardStream.error(text) }
        log.write(.standardError, Array(text.utf8))
        log.flush()
    }

    private func tellStatistics(_ store: Store, readyNanoseconds: Int64?, moduleBytes: Int) {
        guard let statistics else { return }
        let now = Clock.boottimeNanoseconds()
        let usage = store.usage
        let cost = Statistics(
            wallNanoseconds: now - startedNanoseconds,
            processorNanoseconds: Clock.processorNanoseconds(),
            startNanoseconds: (readyNanoseconds ?? now) - startedNanoseconds,
            moduleBytes: moduleBytes,
            usage: usage,
            privateBytes: ProcessMemory.privateBytes(),
            fuelUsed: fuelUsed(usage.fuelLeft)
        )
        StandardStream.error(cost.text(statistics))
    }

    private func fuelUsed(_ left: UInt64?) -> UInt64? {
        guard let left, let given = command.fuel else { return nil }
        return given > left ? given - left : 0
    }

    private func record(_ outcome: Outcome) {
        guard let path = command.exitRecordFile else { return }
        var record = ExitRecord(
            exitCode: outcome.exitCode,
            signal: outcome.signal,
            reason: outcome.reason,
            message: outcome.message,
            startedAtNanoseconds: startedAtNanoseconds,
            finishedAtNanoseconds: Clock.wallNanoseconds()
        )
        // The clock may have been set back meanwhile; a run does not end before it starts.
        record.finishedAtNanoseconds = max(record.finishedAtNanoseconds, startedAtNanoseconds)
        let place = recordFolder == nil ? path : AtomicFile.name(of: path)
        do {
            try record.write(to: place, in: recordFolder)
            // Why asked afterwards: a daemon that goes before the record is there never saw it.
            if !isWatched { try ExitRecord.bringToDisk(place, in: recordFolder) }
        } catch {
            StandardStream.error("swiftlet-run: \(error)\n")
        }
    }

    /// Whether the daemon that started us is there: it brings the end to the disk, in its database, before
    /// it tells anybody (Supervisor/Sandbox.md), and nobody waits for that here.
    private var isWatched: Bool { command.watcherProcessID == ProcessFacts.parentProcessID }
}
