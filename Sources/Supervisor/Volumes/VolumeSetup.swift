internal import Host
internal import KubeModel
internal import Lifecycle

/// Finds or makes the folder of the host that stands for one volume of a pod.
struct VolumeSetup: Sendable {
    let configuration: SupervisorConfiguration
    let pod: Pod
    let volume: Volume
    let configValues: ConfigValues
    let facts: DownwardFacts
    /// Whom the pod's own volumes are for; nil where no user can be changed.
    var identity: WorkloadIdentity?

    /// What a mount shows to a guest.
    enum Place: Equatable {
        /// A folder of the host.
        case folder(String)
        /// One file, which is copied: it stays as it is while a container runs, as with Kubernetes.
        case file(String)
        /// One file, which guest and host share.
        case sharedFile(String)
    }

    /// Whether the guest may only read, whatever the mount says.
    var isReadOnly: Bool {
        if case .persistentClaim(let claim) = volume.source { return claim.isReadOnly }
        return volume.source.projected != nil
    }

    /// What the mount shows.
    ///
    /// - Parameters:
    ///   - subPath: The mount's own with its variables replaced.
    ///   - isMountReadOnly: Whether the mount lets the guest read only.
    /// - Returns: The place.
    /// - Throws: What is missing, or may not be shown.
    func place(
        subPath: String?,
        isReadOnly isMountReadOnly: Bool
    ) throws(ContainerLifecycle.Problem) -> Place {
        let root = try folder()
        if FileTree.isFile(root) {
            guard subPath?.isEmpty ?? true else {
                throw problem("volume \(volume.name) is a file, and has no subPath")
            }
            return isMountReadOnly ? .file(root) : .sharedFile(root)
        }
        guard let subPath, !subPath.isEmpty else { return .folder(root) }
        let path = "\(root)/\(subPath)"
        let isThere = FileTree.isDirectory(path) || FileTree.isFile(path)
        if !isThere, !isReadOnly {
            try inContext { () throws(HostError) in try FileTree.make(path) }
        }
        guard let resolved = FileTree.resolved(path), let inside = FileTree.resolved(root),
            resolved == inside || resolved.hasPrefix(inside + "/")
        else { throw problem("subPath \(subPath) is not inside volume \(volume.name)") }
        guard FileTree.isFile(resolved) else { return .folder(resolved) }
        guard isReadOnly else {
            throw problem("subPath \(subPath) is a file; mount the folder that it is in")
        }
        return .file(resolved)
    }

    /// Writes what a volume of values holds now.
    ///
    /// - Returns: Whether anything has changed; false for a volume of another kind.
    @discardableResult
    func refresh() throws(ContainerLifecycle.Problem) -> Bool {
        let files = try ProjectedFiles(pod: pod, facts: facts, configValues: configValues)
            .files(of: volume.source, groupMayRead: identity?.volumeGroup != nil)
        guard let files else { return false }
        let path = projectedFolder
        let isNew = !FileTree.isDirectory(path)
        return try inContext { () throws(HostError) in
            let isChanged = try AtomicFolder.write(files, to: path) { version throws(HostError) in
                guard let identity, identity.user != nil else { return }
                try FileTree.giveConfiguration(version, to: identity)
            }
            if isNew || isChanged, let identity, identity.user != nil {
                try FileTree.giveConfiguration(path, to: identity)
            }
            return isChanged
        }
    }

    /// Whether the volume has been made before.
    var isMade: Bool { FileTree.isDirectory(projectedFolder) }

    private var projectedFolder: String {
        configuration.layout.volume(pod.metadata.uid, volume.name, isInMemory: true)
    }

    private func folder() throws(ContainerLifecycle.Problem) -> String {
        let uid = pod.metadata.uid
        switch volume.source {
        case .emptyDirectory(let directory):
            let path = configuration.layout.volume(
                uid,
                volume.name,
                isInMemory: directory.isInMemory
            )
            try inContext { () throws(HostError) in
                try FileTree.make(path)
                try share(path)
            }
            return path
        case .hostPath(let host):
            return try HostPathSetup(host: host, roots: configuration.hostPathRoots).prepare()
        case .persistentClaim(let claim): return try persistentFolder(of: claim)
        case .configMap, .secret, .projected, .downwardAPI, .serviceAccountToken:
            try refresh()
            return projectedFolder
        }
    }

    /// The folder that stands for a claim; it must be there, because a disk may not be mounted yet.
    private func persistentFolder(
        of claim: PersistentClaim
    ) throws(ContainerLifecycle.Problem) -> String {
        let key = "\(pod.metadata.namespace)/\(claim.name)"
        guard let path = configuration.persistentVolumes[key] else {
            throw problem(
                "persistentvolumeclaim \"\(claim.name)\" not found: volumes.persistentVolumes of "
                    + "swiftletd.yaml has no \(key)"
            )
        }
        guard FileTree.isDirectory(path) else {
            throw problem(
                "persistentvolumeclaim \"\(claim.name)\" is not bound: \(path) is not a folder"
            )
        }
        return path
    }

    /// Opens an empty folder to all containers of the pod, whoever they run as.
    ///
    /// Source: Kubernetes makes them 0777, and setgid for `fsGroup`; the folders above are closed to
    /// everybody else.
    private func share(_ path: String) throws(HostError) {
        guard let identity, let user = identity.user else { return }
        let owner = identity.isOwnUser ? user.id : 0
        let group = identity.volumeGroup ?? (identity.isOwnUser ? user.group : 0)
        try FileTree.give(path, user: owner, group: group)
        try FileTree.setMode(path, identity.volumeGroup == nil ? 0o777 : 0o2777)
    }

    func problem(_ message: String) -> ContainerLifecycle.Problem {
        .init(reason: "CreateContainerError", message: message)
    }
}
