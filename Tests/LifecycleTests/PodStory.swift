import KubeModel

@testable import Lifecycle

/// A pod with a clock of its own: a script says what happens, the story says what was asked for.
struct PodStory {
    var pod: PodLifecycle
    var nanoseconds: Int64 = 0
    /// Everything asked for since the last look, notes left out, as short words.
    private(set) var asked: [String] = []
    private(set) var notes: [PodNote] = []

    init(_ pod: Pod) { self.pod = PodLifecycle(pod) }

    var now: Moment { Self.moment(nanoseconds) }

    static func moment(_ nanoseconds: Int64) -> Moment {
        let wall = 1_767_225_600_000_000_000 + nanoseconds
        return Moment(
            monotonicNanoseconds: nanoseconds,
            wall: Timestamp(nanosecondsSinceEpoch: wall)
        )
    }

    mutating func take(_ actions: [PodLifecycle.Action]) {
        for action in actions {
            switch action {
            case .remove: asked.append("remove")
            case .container(let name, .ensureImage): asked.append("image \(name)")
            case .container(let name, .start(let attempt)): asked.append("start \(name) \(attempt)")
            case .container(let name, .terminate(let attempt)):
                asked.append("terminate \(name) \(attempt)")
            case .container(let name, .kill(let attempt)): asked.append("kill \(name) \(attempt)")
            case .container(let name, .check(let check, _, _)):
                asked.append("\(check.kind.rawValue) \(name) \(check.attempt)")
            case .note(let note), .container(_, .note(let note)): notes.append(note)
            }
        }
    }

    /// What was asked for since the last call.
    mutating func look() -> [String] {
        defer { asked = [] }
        return asked
    }

    mutating func wake() { take(pod.wake(at: now)) }

    mutating func after(_ seconds: Int64) {
        nanoseconds += seconds * 1_000_000_000
        wake()
    }

    mutating func happens(_ event: ContainerLifecycle.Event, _ name: String = "main") {
        take(pod.handle(event, of: name, at: now))
    }

    /// The image is there and the process runs.
    mutating func runs(_ name: String = "main") {
        happens(.imageReady(imageID: "sha256:0"), name)
        happens(.started(attempt: pod.container(name)?.attempt ?? 0, at: now.wall), name)
    }

    mutating func exits(_ code: Int32, _ name: String = "main", reason: String? = nil) {
        let attempt = pod.container(name)?.attempt ?? 0
        let end = ContainerState.Termination(
            exitCode: code,
            reason: reason ?? (code == 0 ? "Completed" : "Error"),
            finishedAt: now.wall
        )
        happens(.exited(attempt: attempt, .init(end)), name)
    }

    func status(_ name: String = "main") -> ContainerStatus? {
        (pod.status.containerStatuses + pod.status.initContainerStatuses).first { $0.name == name }
    }

    /// The reason a container waits for, or how it ended, or `Running`.
    func shown(_ name: String = "main") -> String {
        switch status(name)?.state {
        case .waiting(let reason, _)?: reason
        case .running?: "Running"
        case .terminated(let end)?: end.reason
        case nil: "nothing"
        }
    }

    func holds(_ type: String) -> Bool { pod.status.condition(type)?.status == .yes }
}

extension Pod {
    /// A pod made for a test.
    static func made(
        _ containers: [String] = ["main"],
        inits: [String] = [],
        sidecars: [String] = [],
        policy: RestartPolicy = .always,
        grace: Int64 = 30,
        uid: String = "uid-1",
        version: String = "1",
        name: String = "web"
    ) -> Pod {
        var spec = PodSpec(
            containers: containers.map { Container(name: $0, image: "oci:\($0):1") },
            restartPolicy: policy,
            terminationGracePeriodSeconds: grace
        )
        spec.initContainers =
            inits.map { Container(name: $0, image: "oci:\($0):1") }
            + sidecars.map {
                Container(name: $0, image: "oci:\($0):1", restartPolicy: .always)
            }
        var metadata = ObjectMetadata(name: name)
        metadata.namespace = "default"
        metadata.uid = uid
        metadata.resourceVersion = version
        return Pod(metadata: metadata, spec: spec)
    }
}
