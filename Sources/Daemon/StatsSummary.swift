internal import Documents
internal import Host
internal import KubeModel
internal import Supervisor

/// `/stats/summary` as the kubelet's read-only port answers it.
///
/// Source: the types of k8s.io/kubelet/pkg/apis/stats/v1alpha1, of which it has what is measured here.
enum StatsSummary {
    /// The whole answer.
    static func document(_ usage: Usage, nodeName: String) -> Document {
        let time = Document.string(usage.time.rfc3339)
        let machine = usage.machine
        var node = ObjectBuilder()
        node.set("nodeName", nodeName)
        node.set("cpu", processor(machine.processorNanoseconds, time))
        let used = machine.memoryBytes - min(machine.availableBytes, machine.memoryBytes)
        node.set(
            "memory",
            [
                "time": time, "availableBytes": number(machine.availableBytes),
                "usageBytes": number(used), "workingSetBytes": number(used),
            ]
        )
        if let disk = machine.disk {
            node.set(
                "fs",
                [
                    "time": time, "availableBytes": number(disk.freeBytes),
                    "capacityBytes": number(disk.totalBytes),
                    "usedBytes": number(disk.totalBytes - min(disk.freeBytes, disk.totalBytes)),
                ]
            )
        }
        var pods: [(reference: ObjectReference, containers: [Document])] = []
        for container in usage.containers {
            let document = self.container(container, time)
            if pods.last?.reference == container.process.pod {
                pods[pods.count - 1].containers.append(document)
            } else {
                pods.append((container.process.pod, [document]))
            }
        }
        return [
            "node": node.document,
            "pods": .array(
                pods.map { pod in
                    [
                        "podRef": [
                            "name": .string(pod.reference.name),
                            "namespace": .string(pod.reference.namespace),
                            "uid": .string(pod.reference.uid),
                        ],
                        "containers": .array(pod.containers),
                    ]
                }
            ),
        ]
    }

    private static func container(_ container: Usage.Container, _ time: Document) -> Document {
        let usage = container.usage
        return [
            "name": .string(container.process.container),
            "startTime": container.process.startedAt.map { .string($0.rfc3339) } ?? .null,
            "cpu": processor(usage.processorNanoseconds, time),
            "memory": [
                "time": time, "usageBytes": number(usage.residentBytes),
                // What an eviction would win: pages that nobody else has.
                "workingSetBytes": number(usage.privateBytes),
                "rssBytes": number(usage.residentBytes),
            ],
        ]
    }

    private static func processor(_ nanoseconds: UInt64, _ time: Document) -> Document {
        ["time": time, "usageCoreNanoSeconds": number(nanoseconds)]
    }

    private static func number(_ value: UInt64) -> Document { .integer(Int64(clamping: value)) }
}
