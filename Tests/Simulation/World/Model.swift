import KubeModel
import Lifecycle

/// What an onlooker knows: less than the node does, and enough to say when something is wrong.
///
/// It shares no rule with what it watches: versions are numbers, back-offs a table.
struct Model {
    /// The life of one container as seen from outside.
    struct Life {
        var attempts: Set<Int64> = []
        var lastEnd: (code: Int32, at: Int64)?
        var startedAt: Int64 = 0
        var crashes = 0
        var failures = 0
        /// Whether the next start needs no reason of its own: a new spec, a request, a reboot.
        var isExcused = false
        /// The last attempt that was asked for when it was excused: that one is not excused, the next is.
        var excusedAfter: Int64 = 0
        var lastAsked: Int64 = 0
        var restartCount: Int64 = 0

        mutating func excuse() {
            isExcused = true
            excusedAfter = lastAsked
            crashes = 0
            failures = 0
        }
    }

    // Seconds; source: Kubernetes, "Pod Lifecycle": at once, then 10 s, 20 s, … at most 300 s.
    private static let waits: [Int64] = [0, 10, 20, 40, 80, 160, 300]
    private static let second: Int64 = 1_000_000_000

    private(set) var fault: String?
    var lives: [String: Life] = [:]
    /// Versions that were acknowledged, by name: the pod, its number, whether it is to go.
    var acknowledged: [String: (uid: String, number: Int, isDeletion: Bool)] = [:]
    /// The last version, as its first image is numbered, that served for long, by uid.
    private(set) var proven: [String: Int] = [:]
    private var ended: Set<String> = []
    // How long pods were active, and whether some of it was forgotten with the power.
    private var activeNanoseconds: [String: Int64] = [:]
    private var withLostTime: Set<String> = []
    private var wentBack: Set<String> = []

    mutating func fail(_ text: String) { if fault == nil { fault = text } }

    /// A process began.
    mutating func began(_ one: Instance, _ pod: Pod, beside alive: Set<Instance>, at time: Int64) {
        for other in alive where other.key == one.key && other != one {
            fail("\(one) began beside \(other)")
        }
        var life = lives[one.key] ?? Life()
        if !life.attempts.insert(one.attempt).inserted { fail("\(one) was begun twice") }
        if let last = life.lastEnd, !life.isExcused {
            let policy = policy(of: one.container, in: pod)
            if let limit = pod.metadata.annotations[PodAnnotations.backoffLimit],
                life.failures > Int(limit) ?? 0, policy != .always
            {
                fail("\(one) began after \(life.failures) failures, and the limit is \(limit)")
            }
            if policy == .never || policy == .onFailure && last.code == 0 {
                fail("\(one) began again after \(last.code) in spite of \(policy.rawValue)")
            }
            let wait = Self.waits[min(max(life.crashes - 1, 0), Self.waits.count - 1)]
            if time - last.at < wait * Self.second {
                fail(
                    "\(one) began \((time - last.at) / Self.second) s after its end, not \(wait) s"
                )
            }
        }
        for container in pod.spec.initContainers
        where container.restartPolicy != .always && container.name != one.container {
            guard !pod.spec.initContainers.contains(where: { $0.name == one.container }) else {
                continue
            }
            if lives["\(one.uid)/\(container.name)"]?.lastEnd?.code != 0 {
                fail("\(one) began before \(container.name) was done")
            }
        }
        if one.attempt > life.excusedAfter { life.isExcused = false }
        life.startedAt = time
        lives[one.key] = life
    }

    private func policy(of name: String, in pod: Pod) -> RestartPolicy {
        guard let own = pod.spec.initContainers.first(where: { $0.name == name }) else {
            let hasLimit = pod.metadata.annotations[PodAnnotations.backoffLimit] != nil
            return hasLimit && pod.spec.restartPolicy == .never
                ? .onFailure : pod.spec.restartPolicy
        }
        if own.restartPolicy == .always { return .always }
        return pod.spec.restartPolicy == .never ? .never : .onFailure
    }

    mutating func ended(_ one: Instance, code: Int32, at time: Int64) {
        var life = lives[one.key] ?? Life()
        let isLong = time - life.startedAt >= 600 * Self.second
        // An end that was asked for is no crash.
        if one.attempt > life.excusedAfter {
            life.crashes = isLong ? 1 : life.crashes + 1
            if code != 0 { life.failures += 1 }
        }
        life.lastEnd = (code, time)
        lives[one.key] = life
    }

    /// The next start of containers needs no reason: `nil` for every container of every pod.
    mutating func excuse(_ uid: String?) {
        for key in lives.keys where uid == nil || key.hasPrefix("\(uid ?? "")/") {
            lives[key]?.excuse()
        }
    }

    /// A process was asked for.
    mutating func asked(_ one: Instance) {
        if ended.contains(one.uid) { fail("\(one) was asked for after its pod was done") }
        lives[one.key, default: Life()].lastAsked = one.attempt
    }

    mutating func signalled(_ one: Instance, isKill: Bool, at time: Int64) {
        // A stopped container that begins again was replaced or was not well: it was asked for.
        lives[one.key]?.excuse()
    }

    mutating func removed(_ uid: String, isAlive: Bool) {
        if isAlive { fail("\(uid) was removed while it had a process") }
        for (name, row) in acknowledged where row.uid == uid {
            if !row.isDeletion { fail("\(uid) was removed and is wanted") }
            acknowledged[name] = nil
        }
        ended.remove(uid)
        activeNanoseconds[uid] = nil
        withLostTime.remove(uid)
        wentBack.remove(uid)
        proven[uid] = nil
    }

    /// A message was acknowledged.
    mutating func acknowledged(_ message: Message) {
        if let row = acknowledged[message.name], row.uid == message.uid,
            row.number >= message.number
        {
            return
        }
        if acknowledged[message.name] == nil, message.isDeletion { return }
        acknowledged[message.name] = (message.uid, message.number, message.isDeletion)
    }

    /// What is on disk must be what was acknowledged.
    mutating func check(_ desired: [String: Message]) {
        for (name, row) in acknowledged {
            guard let stored = desired[name] else {
                fail("\(name) was acknowledged and is gone")
                continue
            }
            if stored.uid != row.uid || stored.number != row.number {
                fail("\(name) is \(stored.uid) \(stored.number), not \(row.uid) \(row.number)")
            }
            if stored.isDeletion != row.isDeletion { fail("\(name) forgot its deletion") }
        }
        for name in desired.keys where acknowledged[name] == nil {
            fail("\(name) came from nowhere")
        }
    }

    /// A pod was written down.
    mutating func saw(_ pod: PodLifecycle) {
        let isBack = pod.status.condition(ConditionType.rolledBack) != nil
        if !isBack { wentBack.remove(pod.uid) }
        // Containers of another version begin.
        if isBack, wentBack.insert(pod.uid).inserted { excuse(pod.uid) }
        let limit = (pod.pod.spec.activeDeadlineSeconds ?? 0) * Self.second
        if pod.status.reason == "DeadlineExceeded", activeNanoseconds[pod.uid] ?? 0 < limit {
            fail("\(pod.uid) ended before its deadline")
        }
        if pod.status.phase.isTerminal {
            ended.insert(pod.uid)
        } else if ended.contains(pod.uid) {
            fail("\(pod.uid) was done and is \(pod.status.phase.rawValue) again")
        }
        for container in pod.containers {
            let key = "\(pod.uid)/\(container.name)"
            let before = lives[key]?.restartCount ?? 0
            if container.restartCount < before { fail("restarts of \(key) fell") }
            lives[key, default: Life()].restartCount = container.restartCount
            // Also one that its hook keeps from hearing of it yet.
            if case .stopping = container.state { lives[key]?.excuse() }
        }
    }

    /// A version serves, and has for long.
    mutating func proved(_ pod: Pod) {
        proven[pod.metadata.uid] = pod.imageNumber
    }

    /// Time passed for a pod.
    mutating func passed(_ nanoseconds: Int64, _ pod: PodLifecycle) {
        guard pod.startTime != nil else { return }
        activeNanoseconds[pod.uid, default: 0] += nanoseconds
    }

    /// After a wake: whether a pod is active that should not be.
    mutating func checkDeadline(_ pod: PodLifecycle) {
        guard let seconds = pod.pod.spec.activeDeadlineSeconds, !withLostTime.contains(pod.uid),
            !pod.isDeleting, !pod.status.phase.isTerminal, pod.verdict == nil
        else { return }
        if activeNanoseconds[pod.uid] ?? 0 >= seconds * Self.second {
            fail("\(pod.uid) is active past its deadline")
        }
    }

    /// The power went, and with it what nobody had written down of time.
    mutating func lostTime() { withLostTime.formUnion(activeNanoseconds.keys) }

    /// Two pods under one name must never run at once.
    mutating func check(_ alive: Set<Instance>, nameOf: (String) -> String?) {
        var uids: [String: String] = [:]
        for one in alive {
            guard let name = nameOf(one.uid) else {
                fail("\(one) has no pod")
                continue
            }
            if let other = uids.updateValue(one.uid, forKey: name), other != one.uid {
                fail("\(other) and \(one.uid) run under the name \(name)")
            }
        }
    }
}
