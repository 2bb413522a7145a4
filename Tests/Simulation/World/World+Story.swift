import Documents
import KubeModel
import Lifecycle

extension World {
    /// What there is, for whoever reads a failure: each pod, its containers and its processes.
    public var story: [String] {
        var lines = ["boot \(boot), \(monotonic / 1_000_000_000) s, \(pending.count) pending"]
        for uid in node.pods.keys.sorted() {
            guard let pod = node.pods[uid] else { continue }
            let version = pod.pod.metadata.resourceVersion
            let words = [
                pod.isHeld ? "held" : nil, pod.isDeleting ? "going" : nil, pod.verdict?.reason,
            ].compactMap { $0 }
            lines.append(
                "\(pod.pod.metadata.name) \(uid) version \(version) \(pod.status.phase.rawValue) "
                    + words.joined(separator: " ")
            )
            let rollout = pod.record(bootID: bootID)["rollout"]?.json() ?? []
            if !rollout.isEmpty { lines.append("  " + String(decoding: rollout, as: UTF8.self)) }
            for container in pod.containers {
                let image = image(of: container.name, in: uid)
                lines.append(
                    "  \(container.name) \(container.attempt) \(image): \(container.state)"
                )
            }
        }
        return lines + ["alive: \(alive.sorted())"]
    }

    /// Lives a schedule and tells what there was after each step.
    public static func tell(_ schedule: Schedule, flaw: Flaw? = nil) -> [String] {
        var world = World(flaw: flaw)
        var lines: [String] = []
        for step in schedule.steps {
            world.take(step)
            lines.append("\(step.kind.rawValue) \(step.chance)")
            lines += world.story.map { "    " + $0 }
            if let fault = world.fault { return lines + [fault] }
        }
        world.becomeQuiet()
        return lines + world.story + [world.fault ?? "every invariant held"]
    }
}
