internal import Host
internal import KubeModel
internal import Lifecycle

/// Measures what a pod's files take; blocks.
struct StorageGauge: Sendable {
    let layout: DirectoryLayout
    let pod: Pod

    // Why: the file holds one number.
    private static let numberBytesMax = 32

    func usage() -> StorageUsage {
        var usage = StorageUsage()
        let uid = pod.metadata.uid
        for volume in pod.spec.volumes {
            guard case .emptyDirectory(let directory) = volume.source else { continue }
            let path = layout.volume(uid, volume.name, isInMemory: directory.isInMemory)
            usage.volumeByteCounts[volume.name] = FileExtent(path).byteCount
        }
        let logs = layout.podLogs(
            namespace: pod.metadata.namespace,
            name: pod.metadata.name,
            uid: uid
        )
        for container in pod.spec.initContainers + pod.spec.containers {
            let root = FileExtent(layout.root(uid, container.name)).byteCount
            let written = max(0, root - imageByteCount(container.name))
            let log = FileExtent("\(logs)/\(container.name)").byteCount
            usage.containerByteCounts[container.name] = written + log
        }
        return usage
    }

    /// What the image brought, as it was measured when the run began.
    private func imageByteCount(_ container: String) -> Int64 {
        let path = layout.imageExtent(pod.metadata.uid, container)
        guard let bytes = try? FileBytes.read(path, byteCountMax: Self.numberBytesMax) else {
            return 0
        }
        return Int64(String(decoding: bytes, as: UTF8.self)) ?? 0
    }
}
