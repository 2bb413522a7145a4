import KubeModel
import Testing

@testable import Lifecycle

// Goal: the kubelet's rules and words for what pods write. Method: a table of usages.
@Suite("What a pod may write")
struct StorageLimitTests {
    private func pod(
        _ limits: [String: String?] = [:],
        inits: [String: String] = [:],
        volumes: [String: VolumeSource] = [:]
    ) -> Pod {
        var pod = Pod.made(limits.keys.sorted(), inits: inits.keys.sorted())
        for index in pod.spec.containers.indices {
            let limit = limits[pod.spec.containers[index].name] ?? nil
            pod.spec.containers[index].resources.limits["ephemeral-storage"] =
                limit.flatMap { Quantity($0) }
        }
        for index in pod.spec.initContainers.indices {
            pod.spec.initContainers[index].resources.limits["ephemeral-storage"] =
                inits[pod.spec.initContainers[index].name].flatMap { Quantity($0) }
        }
        pod.spec.volumes = volumes.sorted { $0.key < $1.key }
            .map { Volume(name: $0.key, source: $0.value) }
        return pod
    }

    private func empty(_ limit: String?, isInMemory: Bool = false) -> VolumeSource {
        .emptyDirectory(
            EmptyDirectory(isInMemory: isInMemory, sizeLimit: limit.flatMap { Quantity($0) })
        )
    }

    @Test("a pod without limits may write what there is")
    func unlimited() {
        let pod = pod(["a": nil], volumes: ["v": empty(nil), "z": empty("0")])
        let usage = StorageUsage(
            volumeByteCounts: ["v": .max, "z": .max],
            containerByteCounts: ["a": .max]
        )
        #expect(pod.storageVerdict(usage) == nil)
        #expect(!self.pod(["a": nil], volumes: ["v": empty(nil)]).limitsStorage)
    }

    @Test("at the limit is not above it, and one byte more is", arguments: [true, false])
    func border(isInMemory: Bool) {
        let pod = pod(["a": nil], volumes: ["v": empty("1Ki", isInMemory: isInMemory)])
        #expect(pod.limitsStorage)
        #expect(pod.storageVerdict(StorageUsage(volumeByteCounts: ["v": 1_024])) == nil)
        let verdict = pod.storageVerdict(StorageUsage(volumeByteCounts: ["v": 1_025]))
        #expect(verdict?.reason == "Evicted" && verdict?.graceSeconds == 1)
        #expect(verdict?.isDisruption == false && verdict?.isTemporary == false)
        #expect(
            verdict?.message == "Usage of EmptyDir volume \"v\" exceeds the limit \"1Ki\". "
        )
    }

    @Test("the pod's limit is the sum of its containers', and folders on disk count against it")
    func sum() {
        let pod = pod(["a": "1Ki", "b": "2Ki"], volumes: ["v": empty(nil)])
        let within = StorageUsage(
            volumeByteCounts: ["v": 1_024],
            containerByteCounts: ["a": 1_024, "b": 1_024]
        )
        #expect(pod.storageVerdict(within) == nil)
        var above = within
        above.volumeByteCounts["v"] = 1_025
        #expect(
            pod.storageVerdict(above)?.message
                == "Pod ephemeral local storage usage exceeds the total limit of containers 3Ki. "
        )
    }

    @Test("what lies in memory, or on the host, is not on the pod's disk")
    func elsewhere() {
        let pod = pod(
            ["a": "1Ki"],
            volumes: ["m": empty(nil, isInMemory: true), "h": .hostPath(HostPath(path: "/x"))]
        )
        let usage = StorageUsage(volumeByteCounts: ["m": 1 << 30, "h": 1 << 30])
        #expect(pod.storageVerdict(usage) == nil)
    }

    @Test("one container above its own limit is named, though the pod is within its")
    func container() {
        let pod = pod(["a": "1Ki", "b": "9Ki"])
        let usage = StorageUsage(containerByteCounts: ["a": 2_048, "b": 0])
        #expect(
            pod.storageVerdict(usage)?.message
                == "Container a exceeded its local ephemeral storage limit \"1Ki\". "
        )
    }

    @Test("an init container's limit counts where it is the larger one")
    func initContainers() {
        let pod = pod(["a": "1Ki"], inits: ["first": "8Ki"], volumes: ["v": empty(nil)])
        #expect(pod.storageVerdict(StorageUsage(volumeByteCounts: ["v": 8_192])) == nil)
        #expect(pod.storageVerdict(StorageUsage(volumeByteCounts: ["v": 8_193])) != nil)
    }

    @Test("no number of bytes traps")
    func extremes() {
        let pod = pod(["a": "9223372036854775807", "b": "9E"], volumes: ["v": empty("1")])
        let usage = StorageUsage(
            volumeByteCounts: ["v": .max],
            containerByteCounts: ["a": .max, "b": .max, "c": .min]
        )
        #expect(pod.storageVerdict(usage) != nil)
    }
}
