import Documents
import KubeModel
import TestKit

@testable import Lifecycle

/// A node with make-believe processes, images and a controller, all driven by one random source.
///
/// It carries out what ``NodeLifecycle`` asks for, late and in any order, and keeps a list of what
/// must never happen and did.
struct SimulatedNode {
    struct Instance: Hashable {
        var uid: String
        var container: String
        var attempt: Int64
    }

    enum Answer {
        case image(uid: String, container: String)
        case start(Instance)
    }

    var node = NodeLifecycle()
    var desired: [String: DesiredPod] = [:]
    var alive: [Instance: Bool] = [:]
    var endings: [Instance: Int32] = [:]
    var pending: [Answer] = []
    var nanoseconds: Int64 = 0
    var nextUID = 0
    var nextVersion = 0
    var restartCounts: [String: Int64] = [:]
    var faults: [String] = []
    /// Whether nothing fails any more.
    var isCalm = false
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    var now: Moment { PodStory.moment(nanoseconds) }

    func chance(_ one: Int, _ of: inout SeededGenerator) -> Bool {
        Int.random(in: 0..<one, using: &of) == 0
    }

    mutating func carryOut(_ actions: [NodeLifecycle.Action]) {
        for action in actions {
            switch action.action {
            case .remove:
                desired = desired.filter { $0.value.pod.metadata.uid != action.uid }
                if alive.keys.contains(where: { $0.uid == action.uid }) {
                    faults.append("removed \(action.uid) while it had a process")
                }
                endings = endings.filter { $0.key.uid != action.uid }
                carryOut(node.remove(action.uid, at: now))
            case .container(let name, .ensureImage):
                pending.append(.image(uid: action.uid, container: name))
            case .container(let name, .start(let attempt)):
                pending.append(
                    .start(Instance(uid: action.uid, container: name, attempt: attempt))
                )
            case .container(let name, .terminate(let attempt)):
                let one = Instance(uid: action.uid, container: name, attempt: attempt)
                // Half of all guests ignore a request to end.
                if alive[one] != nil, chance(2, &random) { end(one, code: 143) }
            case .container(let name, .kill(let attempt)):
                end(Instance(uid: action.uid, container: name, attempt: attempt), code: 137)
            case .note, .container(_, .note), .container(_, .check): break
            }
        }
        check()
    }

    mutating func end(_ instance: Instance, code: Int32) {
        guard alive.removeValue(forKey: instance) != nil else { return }
        endings[instance] = code
        tellEnd(of: instance, code: code)
    }

    mutating func tellEnd(of one: Instance, code: Int32) {
        let end = ContainerState.Termination(
            exitCode: code,
            reason: code == 0 ? "Completed" : "Error"
        )
        carryOut(
            node.handle(
                .exited(attempt: one.attempt, .init(end)),
                of: one.container,
                in: one.uid,
                at: now
            )
        )
    }

    mutating func answerOne() {
        guard !pending.isEmpty else { return }
        switch pending.remove(at: Int.random(in: 0..<pending.count, using: &random)) {
        case .image(let uid, let container):
            let event: ContainerLifecycle.Event =
                chance(5, &random) && !isCalm
                ? .imageFailed(.init(reason: "ErrImagePull", message: ""))
                : .imageReady(imageID: "x")
            carryOut(node.handle(event, of: container, in: uid, at: now))
        case .start(let one):
            if chance(8, &random) && !isCalm {
                let problem = ContainerLifecycle.Problem(
                    reason: "CreateContainerError",
                    message: ""
                )
                carryOut(
                    node.handle(
                        .startFailed(attempt: one.attempt, problem),
                        of: one.container,
                        in: one.uid,
                        at: now
                    )
                )
            } else {
                begin(one)
            }
        }
    }

    mutating func begin(_ one: Instance) {
        if endings[one] != nil { faults.append("\(one) was started twice") }
        alive[one] = true
        check()
        carryOut(
            node.handle(
                .started(attempt: one.attempt, at: now.wall),
                of: one.container,
                in: one.uid,
                at: now
            )
        )
    }

    /// The daemon is killed and starts again, perhaps in the middle of starting something.
    mutating func restartDaemon() {
        let saved = node.pods.values.map { ($0.record(bootID: "b").json(), $0.status, $0.uid) }
        // What was asked for and not done yet is lost, or happens without anybody to hear of it.
        for case .start(let one) in pending where chance(2, &random) && endings[one] == nil {
            alive[one] = true
        }
        pending = []
        var restored = NodeLifecycle()
        var gone: [String: Pod] = [:]
        for pod in node.pods.values { gone[pod.uid] = pod.pod }
        for (bytes, status, uid) in saved.sorted(by: { $0.2 < $1.2 }) {
            guard
                let pod = desired.values.first(where: { $0.pod.metadata.uid == uid })?.pod
                    ?? gone[uid], let record = try? Document(json: bytes),
                let back = try? PodLifecycle(pod, record: record, status: status, bootID: "b")
            else {
                faults.append("\(uid) could not be restored")
                continue
            }
            restored.restore(back)
        }
        node = restored
        for uid in node.pods.keys.sorted() { recover(uid) }
        carryOut(
            node.reconcile(
                desired.values.sorted { $0.pod.metadata.uid < $1.pod.metadata.uid },
                at: now
            )
        )
    }

    private mutating func recover(_ uid: String) {
        for container in node.pods[uid]?.containers ?? [] {
            let running = alive.keys.filter { $0.uid == uid && $0.container == container.name }
            if let one = running.max(by: { $0.attempt < $1.attempt }) {
                let found = ContainerLifecycle.Event.found(
                    attempt: one.attempt,
                    startedAt: now.wall
                )
                carryOut(node.handle(found, of: container.name, in: uid, at: now))
            } else if container.mayHaveProcess {
                let one = Instance(uid: uid, container: container.name, attempt: container.attempt)
                if let code = endings[one] {
                    tellEnd(of: one, code: code)
                } else {
                    let event = ContainerLifecycle.Event.neverStarted(attempt: one.attempt)
                    carryOut(node.handle(event, of: container.name, in: uid, at: now))
                }
            }
        }
        carryOut(node.settle(uid, at: now))
    }

    /// What must hold after every step.
    mutating func check() {
        var uidOfName: [String: String] = [:]
        var seen: Set<String> = []
        for instance in alive.keys {
            guard let pod = node.pods[instance.uid] else {
                faults.append("\(instance) has no pod")
                continue
            }
            if let other = uidOfName.updateValue(instance.uid, forKey: pod.pod.metadata.name),
                other != instance.uid
            {
                faults.append("\(other) and \(instance.uid) run under one name")
            }
            if !seen.insert("\(instance.uid)/\(instance.container)").inserted {
                faults.append("two instances of \(instance.container) of \(instance.uid)")
            }
        }
        for pod in node.pods.values {
            for container in pod.containers {
                let key = "\(pod.uid)/\(container.name)"
                let before = restartCounts[key] ?? 0
                if container.restartCount < before { faults.append("restarts of \(key) fell") }
                restartCounts[key] = container.restartCount
            }
        }
    }
}
