public import KubeModel
internal import Lifecycle

/// A workload's process, for those who measure it.
public struct WorkloadProcess: Equatable, Sendable {
    /// The pod's name, namespace and uid.
    public var pod: ObjectReference
    /// The container.
    public var container: String
    /// Its process id.
    public var processID: Int32
    /// When it started.
    public var startedAt: Timestamp?
    /// How often it was started again.
    public var restartCount: Int64

    /// A process of a container.
    public init(
        pod: ObjectReference,
        container: String,
        processID: Int32,
        startedAt: Timestamp?,
        restartCount: Int64
    ) {
        self.pod = pod
        self.container = container
        self.processID = processID
        self.startedAt = startedAt
        self.restartCount = restartCount
    }
}

extension Supervisor {
    /// Where the database and the volumes lie.
    public nonisolated var stateDirectory: String { configuration.layout.state }

    /// Shows an error that somebody else has met, in the log and in the status.
    public func complain(_ message: String, _ reason: String) {
        note(error: message, reason: reason)
    }

    /// The processes of all workloads, by namespace, name and container.
    public func workloadProcesses() -> [WorkloadProcess] {
        workloads.compactMap { instance, workload in
            guard let pod = node.pods[instance.uid] else { return nil }
            let container = pod.container(instance.container)
            return WorkloadProcess(
                pod: ObjectReference(
                    kind: .pod,
                    namespace: pod.pod.metadata.namespace,
                    name: pod.pod.metadata.name,
                    uid: instance.uid
                ),
                container: instance.container,
                processID: workload.processID,
                startedAt: container?.startedAt,
                restartCount: container?.restartCount ?? 0
            )
        }
        .sorted {
            ($0.pod.namespace, $0.pod.name, $0.container)
                < ($1.pod.namespace, $1.pod.name, $1.container)
        }
    }
}
