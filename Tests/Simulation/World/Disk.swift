import Documents
import KubeModel
import Lifecycle

/// One process of a container.
struct Instance: Hashable, Comparable, CustomStringConvertible {
    var uid: String
    var container: String
    var attempt: Int64

    var key: String { "\(uid)/\(container)" }
    var description: String { "\(uid)/\(container)/\(attempt)" }

    static func < (left: Instance, right: Instance) -> Bool {
        (left.uid, left.container, left.attempt) < (right.uid, right.container, right.attempt)
    }
}

/// What the cloud says on the topic of a pod.
struct Message: Equatable {
    var pod: Pod
    var isDeletion = false
    var graceSeconds: Int64?

    var name: String { pod.metadata.name }
    var uid: String { pod.metadata.uid }
    var version: ObjectVersion {
        ObjectVersion(uid: uid, resourceVersion: pod.metadata.resourceVersion)
    }
    /// The version as a number: the simulated cloud counts.
    var number: Int { Int(pod.metadata.resourceVersion) ?? 0 }
    var desired: DesiredPod {
        DesiredPod(pod: pod, isDeletionRequested: isDeletion, graceSeconds: graceSeconds)
    }
}

/// What outlives the daemon, and the power.
struct Disk {
    /// What is known of a pod: the row of the table of what is observed.
    ///
    /// Why the pod as it was, and not its record: writing that is pure, and most are never read.
    struct Observed {
        var pod: PodLifecycle
        var bootID: String

        var status: PodStatus { pod.status }
        var metadata: ObjectMetadata { pod.pod.metadata }
        var record: [UInt8] { pod.record(bootID: bootID).json() }
    }

    /// What is wanted, by name.
    var desired: [String: Message] = [:]
    /// What was seen, by uid.
    var observed: [String: Observed] = [:]
    /// How processes ended: what each wrote itself.
    var endings: [Instance: Int32] = [:]
    /// Which processes were ever begun: their folders.
    var traces: Set<Instance> = []

    /// Everything that is wanted, in order of the names.
    var wanted: [DesiredPod] { desired.keys.sorted().compactMap { desired[$0]?.desired } }

    /// A pod as its record and the row of what is wanted make it again.
    func restored(_ uid: String, bootID: String, _ flaw: Flaw?) -> PodLifecycle? {
        guard let row = observed[uid], var record = try? Document(json: row.record) else {
            return nil
        }
        if flaw == .forgetsLastGood {
            record = .object((record.members ?? []).filter { $0.name != "rollout" })
        }
        let wanted = desired[row.metadata.name].flatMap { $0.uid == uid ? $0.pod : nil }
        let pod = wanted ?? remains(row.metadata, record)
        return try? PodLifecycle(pod, record: record, status: row.status, bootID: bootID)
    }

    /// As much of a pod as is needed to end it.
    private func remains(_ metadata: ObjectMetadata, _ record: Document) -> Pod {
        let names = (record["containers"]?.array ?? []).compactMap { $0["name"]?.string }
        return Pod(
            metadata: metadata,
            spec: PodSpec(containers: names.map { Container(name: $0, image: "") })
        )
    }
}
