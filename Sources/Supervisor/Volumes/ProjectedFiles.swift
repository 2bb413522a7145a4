internal import Host
internal import KubeModel
internal import Lifecycle

/// The files of a volume that is made of values: of ConfigMaps, of Secrets and of the pod.
struct ProjectedFiles: Sendable {
    let pod: Pod
    let facts: DownwardFacts
    let configValues: ConfigValues

    /// The files, each path once; a later source wins, as Kubernetes has it.
    ///
    /// - Parameters:
    ///   - source: The volume.
    ///   - groupMayRead: Whether `fsGroup` may read every file.
    /// - Returns: The files; nil for a volume of another kind.
    /// - Throws: What is missing.
    func files(
        of source: VolumeSource,
        groupMayRead: Bool
    ) throws(ContainerLifecycle.Problem) -> [AtomicFolder.File]? {
        guard let projected = source.projected else { return nil }
        var byPath: [String: AtomicFolder.File] = [:]
        for part in projected.sources {
            for file in try files(of: part, projected.defaultMode) {
                byPath[try Self.path(file.path)] = file
            }
        }
        return byPath.sorted { $0.key < $1.key }.map { path, file in
            .init(path: path, bytes: file.bytes, mode: file.mode | (groupMayRead ? 0o440 : 0))
        }
    }

    private func files(
        of source: ProjectedVolume.Source,
        _ defaultMode: UInt16
    ) throws(ContainerLifecycle.Problem) -> [AtomicFolder.File] {
        switch source {
        case .configMap(let volume): return try configValues.files(of: volume, isSecret: false)
        case .secret(let volume): return try configValues.files(of: volume, isSecret: true)
        case .serviceAccountToken: return []
        case .downward(let list):
            var files: [AtomicFolder.File] = []
            for file in list {
                guard let text = facts.text(of: file.content, for: pod) else {
                    throw ConfigValues.problem("\(file.path): the pod has no such container")
                }
                let mode = UInt32(file.mode ?? defaultMode)
                files.append(.init(path: file.path, bytes: Array(text.utf8), mode: mode))
            }
            return files
        }
    }

    /// The path without empty parts, which must name a file that does not hide the folder's own links.
    private static func path(_ text: String) throws(ContainerLifecycle.Problem) -> String {
        let parts = text.split(separator: "/").filter { $0 != "." }
        guard let first = parts.first, !first.hasPrefix(".."), !parts.contains("..") else {
            throw ConfigValues.problem("\(text) cannot be a file of a volume")
        }
        return parts.joined(separator: "/")
    }
}

extension VolumeSource {
    /// What a volume of values is made of; nil for one that is not.
    var projected: ProjectedVolume? {
        switch self {
        case .configMap(let volume):
            ProjectedVolume(sources: [.configMap(volume)], defaultMode: volume.defaultMode)
        case .secret(let volume):
            ProjectedVolume(sources: [.secret(volume)], defaultMode: volume.defaultMode)
        case .projected(let volume), .downwardAPI(let volume): volume
        case .serviceAccountToken: ProjectedVolume(sources: [])
        case .emptyDirectory, .hostPath, .persistentClaim: nil
        }
    }
}

extension Pod {
    /// Whether some volume is made of values.
    var hasProjectedVolumes: Bool { spec.volumes.contains { $0.source.projected != nil } }

    /// Whether ConfigMaps or Secrets are needed to start its containers.
    var namesConfiguration: Bool {
        let inVolumes = spec.volumes.contains { volume in
            (volume.source.projected?.sources ?? []).contains { source in
                switch source {
                case .configMap, .secret: true
                case .downward, .serviceAccountToken: false
                }
            }
        }
        let inEnvironment = (spec.initContainers + spec.containers).contains { container in
            !container.envFrom.isEmpty
                || container.env.contains { variable in
                    switch variable.value {
                    case .configMapKey, .secretKey: true
                    case .literal, .field, .resource: false
                    }
                }
        }
        return inVolumes || inEnvironment
    }
}
