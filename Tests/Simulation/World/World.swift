import Documents
import KubeModel
import Lifecycle
import TestKit

/// A node with make-believe processes, disk, clocks and cloud, driven by a ``Schedule``.
///
/// It does what ``NodeLifecycle`` asks for as the supervisor does: what was decided is written down
/// first, effects come late and in any order. ``Model`` watches, and says what must never happen.
public struct World {
    /// Something that was asked for, or has happened and was not told yet.
    enum Pending {
        case image(uid: String, container: String, image: String)
        case start(Instance, image: String)
        case tell(ContainerLifecycle.Event, Instance)
        case check(Check, Instance)

        var hasHappened: Bool {
            if case .tell = self { true } else { false }
        }
    }

    var node = NodeLifecycle()
    var disk = Disk()
    var model = Model()
    var alive: Set<Instance> = []
    /// What each process that was ever begun is made of.
    var images: [Instance: String] = [:]
    var pending: [Pending] = []
    /// Messages on their way, in the order they were sent.
    var inFlight: [Message] = []
    /// What has arrived, for second arrivals.
    var arrived: [Message] = []
    var latest: [String: Message] = [:]
    var sentCount = 0
    var boot = 0
    var monotonic: Int64 = 0
    var wall: Int64 = 1_767_225_600_000_000_000
    var chance = SeededGenerator(seed: 0)
    /// Whether nothing fails any more.
    var isCalm = false
    let flaw: Flaw?

    /// A node on which nothing has happened.
    public init(flaw: Flaw? = nil) { self.flaw = flaw }

    /// What has happened that must never happen; nil for nothing.
    public var fault: String? { model.fault }

    var now: Moment {
        Moment(
            monotonicNanoseconds: flaw == .trustsWallClock ? wall : monotonic,
            wall: Timestamp(nanosecondsSinceEpoch: wall)
        )
    }
    var bootID: String { "boot-\(boot)" }

    /// Lives a schedule to its end, and then waits until all is quiet.
    ///
    /// - Returns: What went wrong; nil for nothing.
    public static func live(_ schedule: Schedule, flaw: Flaw? = nil) -> String? {
        var world = World(flaw: flaw)
        for step in schedule.steps {
            world.take(step)
            if let fault = world.fault { return fault }
        }
        world.becomeQuiet()
        return world.fault
    }

    /// Carries out actions, after what they come from was written down.
    mutating func carryOut(_ actions: [NodeLifecycle.Action], touching uids: [String] = []) {
        if flaw == .actsBeforeWriting {
            for action in actions { carryOut(action) }
            // The power may be cut in between: then it was never written down.
            guard !chance.once(in: 4) else { return }
        }
        for uid in Set(uids + actions.map(\.uid)).sorted() { save(uid) }
        if flaw != .actsBeforeWriting { for action in actions { carryOut(action) } }
    }

    private mutating func save(_ uid: String) {
        guard let pod = node.pods[uid] else { return }
        model.saw(pod)
        disk.observed[uid] = Disk.Observed(pod: pod, bootID: bootID)
    }

    private mutating func carryOut(_ action: NodeLifecycle.Action) {
        switch action.action {
        case .remove: finish(action.uid)
        case .container(let name, .ensureImage):
            let image = image(of: name, in: action.uid)
            pending.append(.image(uid: action.uid, container: name, image: image))
        case .container(let name, .start(let attempt)):
            let one = Instance(uid: action.uid, container: name, attempt: attempt)
            model.asked(one)
            pending.append(.start(one, image: image(of: name, in: action.uid)))
        case .container(let name, .terminate(let attempt)):
            signal(Instance(uid: action.uid, container: name, attempt: attempt), isKill: false)
        case .container(let name, .kill(let attempt)):
            signal(Instance(uid: action.uid, container: name, attempt: attempt), isKill: true)
        case .container(let name, .check(let check, _, _)):
            let one = Instance(uid: action.uid, container: name, attempt: check.attempt)
            pending.append(.check(check, one))
        case .note, .container(_, .note): break
        }
    }

    func image(of container: String, in uid: String) -> String {
        let spec = node.pods[uid]?.pod.spec
        let all = (spec?.initContainers ?? []) + (spec?.containers ?? [])
        return all.first { $0.name == container }?.image ?? ""
    }

    private mutating func signal(_ one: Instance, isKill: Bool) {
        model.signalled(one, isKill: isKill, at: monotonic)
        guard alive.contains(one) else {
            // As the supervisor does: without a process to ask, look what became of it.
            pending.append(.tell(Self.exit(of: one, code: disk.endings[one] ?? 137), one))
            return
        }
        // Half of all guests do not hear a request to end.
        if isKill { end(one, code: 137) } else if chance.once(in: 2) { end(one, code: 143) }
    }

    private mutating func finish(_ uid: String) {
        guard let pod = node.pods[uid] else { return }
        model.removed(uid, isAlive: alive.contains { $0.uid == uid })
        let name = pod.pod.metadata.name
        if disk.desired[name]?.uid == uid { disk.desired[name] = nil }
        disk.observed[uid] = nil
        disk.endings = disk.endings.filter { $0.key.uid != uid }
        disk.traces = disk.traces.filter { $0.uid != uid }
        images = images.filter { $0.key.uid != uid }
        inFlight.removeAll { $0.uid == uid }
        carryOut(node.remove(uid, at: now))
    }

    /// A process ends, and writes down how.
    mutating func end(_ one: Instance, code: Int32, isHeard: Bool = true) {
        guard alive.remove(one) != nil else { return }
        disk.endings[one] = code
        model.ended(one, code: code, at: monotonic)
        if flaw != .missesEnds, isHeard {
            pending.append(.tell(Self.exit(of: one, code: code), one))
        }
    }

    static func exit(
        of one: Instance,
        code: Int32,
        isReboot: Bool = false
    )
        -> ContainerLifecycle.Event
    {
        let reason = code == 0 ? "Completed" : "Error"
        let termination = ContainerState.Termination(exitCode: code, reason: reason)
        return .exited(attempt: one.attempt, .init(termination, isReboot: isReboot))
    }

    mutating func tell(_ event: ContainerLifecycle.Event, _ one: Instance) {
        let actions = node.handle(event, of: one.container, in: one.uid, at: now)
        carryOut(actions, touching: [one.uid])
    }
}
