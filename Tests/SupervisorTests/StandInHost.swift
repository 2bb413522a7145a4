import Host
import Supervisor
import Synchronization

/// Make-believe processes that outlive a supervisor, as real ones do.
final class StandInHost: WorkloadHost {
    struct World {
        var alive: [Instance: @Sendable (ProcessExit) -> Void] = [:]
        var records: [Instance: ExitRecord] = [:]
        /// Everything that was started, in order.
        var started: [Instance] = []
        var commands: [Instance: RunnerCommand] = [:]
        var signals: [(Instance, Int32)] = []
        /// Whether a request to end is heard.
        var ignoresTerminate = false
        /// What the next start fails with.
        var failure: HostError?
        var faults: [String] = []
        /// Programs that were started beside a run, and how they end.
        var besides: [(Instance, RunnerCommand)] = []
        var besideCode: Int32 = 0
    }

    let world = Mutex(World())

    func start(
        _ instance: Instance,
        _ command: RunnerCommand,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) throws(HostError) -> any Workload {
        let failure = world.withLock { world -> HostError? in
            if let failure = world.failure {
                world.failure = nil
                return failure
            }
            let twins = world.alive.keys.filter {
                $0.uid == instance.uid && $0.container == instance.container
            }
            if !twins.isEmpty { world.faults.append("\(instance) beside \(twins)") }
            world.alive[instance] = ended
            world.started.append(instance)
            world.commands[instance] = command
            return nil
        }
        if let failure { throw failure }
        return StandInWorkload(host: self, instance: instance)
    }

    func start(
        _ command: RunnerCommand,
        beside instance: Instance,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) throws(HostError) -> any Workload {
        let code = world.withLock { world -> Int32 in
            world.besides.append((instance, command))
            return world.besideCode
        }
        ended(.exited(code: code))
        return StandInWorkload(host: self, instance: instance)
    }

    func adopt(
        _ instance: Instance,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) async -> AdoptedWorkload? {
        let isAlive = world.withLock { world in
            guard world.alive[instance] != nil else { return false }
            world.alive[instance] = { _ in ended(.unknown) }
            return true
        }
        guard isAlive else { return nil }
        return AdoptedWorkload(
            workload: StandInWorkload(host: self, instance: instance),
            startedAtNanoseconds: 1_000_000_000
        )
    }

    func attempts(ofContainer name: String, in uid: String) -> [Int64] {
        world.withLock { world in
            Set(world.started).filter { $0.uid == uid && $0.container == name }.map(\.attempt)
        }
    }

    func isAlive(_ instance: Instance) -> Bool { world.withLock { $0.alive[instance] != nil } }

    func exitRecord(_ instance: Instance) -> ExitRecord? { world.withLock { $0.records[instance] } }

    /// Ends a process; `record` is what its runner writes, if anything.
    func end(_ instance: Instance, _ exit: ProcessExit, record: ExitRecord? = nil) {
        let ended = world.withLock { world in
            world.records[instance] = record
            return world.alive.removeValue(forKey: instance)
        }
        ended?(exit)
    }

    /// Ends a process the usual way: by itself, with a record.
    func exit(_ instance: Instance, code: Int32) {
        let record = ExitRecord(
            exitCode: code,
            reason: code == 0 ? .completed : .error,
            startedAtNanoseconds: 1,
            finishedAtNanoseconds: 2
        )
        end(instance, .exited(code: code), record: record)
    }

    /// All processes vanish as in a power cut; files in memory too.
    func powerCut() {
        world.withLock { world in
            world.alive = [:]
            world.started = []
        }
    }

    var alive: [Instance] { world.withLock { Array($0.alive.keys) } }
    var started: [Instance] { world.withLock { $0.started } }
}

private struct StandInWorkload: Workload {
    let host: StandInHost
    let instance: Instance
    var processID: Int32 { 4_711 }

    func signal(_ number: Int32) {
        let isHeard = host.world.withLock { world in
            world.signals.append((instance, number))
            return number == 9 || !world.ignoresTerminate
        }
        guard isHeard else { return }
        if number == 9 {
            host.end(instance, .signalled(number: 9))
        } else {
            host.exit(instance, code: 143)
        }
    }
}

/// Images that are there, or not, as a test says.
final class StandInImages: ImageSource {
    struct World {
        var present: Set<String> = []
        var pullable: Set<String> = []
        var problem = ImageProblem.unavailable("no such layout")
        var pulls: [String] = []
        var pruneCount = 0
        var onPrune: @Sendable () -> Void = {}
    }

    let world = Mutex(World())

    func prune(keeping needs: ImageNeeds) async throws(ImageProblem) -> [String] {
        let act = world.withLock { world in
            world.pruneCount += 1
            return world.onPrune
        }
        act()
        return []
    }

    func find(_ reference: String) async throws(ImageProblem) -> (any LocalImage)? {
        guard !reference.contains(" ") else { throw .invalidName("\(reference) is no reference") }
        let isPresent = world.withLock { $0.present.contains(reference) }
        return isPresent ? StandInImage(imageID: reference + "@sha256:00") : nil
    }

    func pull(_ reference: String) async throws(ImageProblem) -> any LocalImage {
        let problem = world.withLock { world -> ImageProblem? in
            world.pulls.append(reference)
            guard world.pullable.contains(reference) else { return world.problem }
            world.present.insert(reference)
            return nil
        }
        if let problem { throw problem }
        return StandInImage(imageID: reference + "@sha256:00")
    }
}

struct StandInImage: LocalImage {
    var imageID: String
    var environment: [String] { ["PATH=/", "FROM=image"] }
    var workingDirectory: String { "" }

    func entry(
        command: [String]?,
        arguments: [String]?,
        workingDirectory: String?
    ) throws(ImageProblem) -> RunEntry {
        let words = (command ?? ["/app.wasm"]) + (arguments ?? [])
        guard words.first?.hasSuffix(".wasm") == true else {
            throw .unusable("\(words.first ?? "") is no module of the image")
        }
        return RunEntry(modulePath: "/store/app.wasm", arguments: words)
    }

    func copyRoot(to path: String) throws(ImageProblem) {}
}
