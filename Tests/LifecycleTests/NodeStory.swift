import KubeModel

@testable import Lifecycle

/// A node with a clock of its own: a script says what arrives, the story says what was asked for.
struct NodeStory {
    var node: NodeLifecycle
    var nanoseconds: Int64 = 0
    private(set) var asked: [String] = []
    private(set) var notes: [PodNote] = []

    init(_ admission: NodeAdmission = NodeAdmission()) {
        node = NodeLifecycle(admission: admission)
    }

    var now: Moment { PodStory.moment(nanoseconds) }

    mutating func take(_ actions: [NodeLifecycle.Action]) {
        for action in actions {
            switch action.action {
            case .remove:
                asked.append("remove \(action.uid)")
                take(node.remove(action.uid, at: now))
            case .note(let note), .container(_, .note(let note)): notes.append(note)
            case .container(_, .ensureImage): asked.append("image \(action.uid)")
            case .container(_, .start): asked.append("start \(action.uid)")
            case .container(_, .terminate): asked.append("terminate \(action.uid)")
            case .container(_, .kill): asked.append("kill \(action.uid)")
            case .container(_, .check(let check, _, _)):
                asked.append("\(check.kind.rawValue) \(action.uid)")
            }
        }
    }

    mutating func want(_ pods: [Pod]) {
        take(node.reconcile(pods.map { DesiredPod(pod: $0) }, at: now))
    }

    /// What was asked for since the last call.
    mutating func look() -> [String] {
        defer { asked = [] }
        return asked
    }

    mutating func runs(_ uid: String, _ name: String = "main") {
        take(node.handle(.imageReady(imageID: "x"), of: name, in: uid, at: now))
        let attempt = node.pods[uid]?.container(name)?.attempt ?? 0
        take(node.handle(.started(attempt: attempt, at: now.wall), of: name, in: uid, at: now))
    }

    mutating func exits(_ uid: String, _ code: Int32 = 143, _ name: String = "main") {
        let attempt = node.pods[uid]?.container(name)?.attempt ?? 0
        let end = ContainerState.Termination(
            exitCode: code,
            reason: code == 0 ? "Completed" : "Error"
        )
        take(node.handle(.exited(attempt: attempt, .init(end)), of: name, in: uid, at: now))
    }

    func status(_ uid: String) -> PodStatus? { node.pods[uid]?.status }

    /// The pod as the next life of the daemon reads it.
    func restored(_ uid: String, bootID: String = "boot-2") throws -> PodLifecycle? {
        guard let old = node.pods[uid] else { return nil }
        let record = old.record(bootID: "boot-1")
        return try PodLifecycle(old.pod, record: record, status: old.status, bootID: bootID)
    }
}

extension Pod {
    /// A pod that asks for something.
    static func asking(
        _ uid: String,
        _ requests: [String: String] = [:],
        limits: [String: String] = [:],
        priority: Int64 = 0,
        policy: RestartPolicy = .always,
        isStatic: Bool = false
    ) -> Pod {
        var pod = Pod.made(policy: policy, uid: uid, name: uid)
        pod.spec.priority = priority
        pod.spec.containers[0].resources = ResourceRequirements(
            requests: requests.compactMapValues { Quantity($0) },
            limits: limits.compactMapValues { Quantity($0) }
        )
        if isStatic {
            pod.metadata.annotations = [
                StaticOrigin.sourceAnnotation: StaticOrigin.file,
                StaticOrigin.fileAnnotation: "\(uid).yaml",
            ]
        }
        return pod
    }
}
