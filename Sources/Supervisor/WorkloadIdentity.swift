internal import Host
internal import KubeModel
internal import Lifecycle

/// Who a container runs as, and to whom its files belong; see `Sandbox.md`.
struct WorkloadIdentity: Equatable, Sendable {
    /// Who the runner becomes; nil: it stays the daemon's user, because that is all that can be.
    var user: Confinement.User?
    /// Whether the user is the pod's alone, so that the pod's own files may belong to it.
    var isOwnUser = false
    /// The group of the pod's own volumes.
    var volumeGroup: UInt32?

    // Source: systemd, docs/UIDS-GIDS.md: from here to 2^31 - 1 nobody assigns users.
    /// The first user of pods that name none.
    static let firstUser: UInt32 = 0x7000_0000
    // Why 2^28 of them: two of 110 pods share one with a chance of 1 in 45,000, and then Landlock still
    // keeps them apart. So the choice needs no memory that could be lost.
    private static let userCount: UInt64 = 1 << 28

    init(
        _ pod: Pod,
        _ container: Container,
        _ kernel: KernelSupport
    ) throws(ContainerLifecycle.Problem) {
        let whole = pod.spec.securityContext
        let own = container.securityContext
        let wanted = own.runAsUser ?? whole.runAsUser
        let group = own.runAsGroup ?? whole.runAsGroup
        guard kernel.canChangeUser else {
            try Self.refuse(wanted, "runAsUser", kernel)
            try Self.refuse(group, "runAsGroup", kernel)
            try Self.refuse(whole.fsGroup, "fsGroup", kernel)
            try Self.refuse(whole.supplementalGroups.first, "supplementalGroups", kernel)
            try refuseRoot(own.runAsNonRoot ?? whole.runAsNonRoot, kernel.ownUser)
            return
        }
        isOwnUser = wanted == nil && !pod.usesFoldersOfTheHost
        // Why 0 with folders of the host: they belong to somebody there, and Kubernetes' default reads
        // and writes them. Without capabilities this is a user like any other that owns those files.
        let id = wanted ?? (isOwnUser ? Self.user(ofPod: pod.metadata.uid) : 0)
        try refuseRoot(own.runAsNonRoot ?? whole.runAsNonRoot, id)
        volumeGroup = whole.fsGroup
        user = Confinement.User(
            id: id,
            // Source: the API reference: without runAsGroup the image's group, which is 0.
            group: group ?? (isOwnUser ? id : 0),
            supplementaryGroups: whole.supplementalGroups + (whole.fsGroup.map { [$0] } ?? [])
        )
    }

    /// The user of a pod that names none: always the same for the same pod.
    static func user(ofPod uid: String) -> UInt32 {
        // FNV-1a, 64 bits.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in uid.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // The upper bits are the better mixed ones.
        return firstUser + UInt32(truncatingIfNeeded: (hash >> 32) % userCount)
    }

    private static func refuse(
        _ wanted: UInt32?,
        _ field: String,
        _ kernel: KernelSupport
    ) throws(ContainerLifecycle.Problem) {
        guard let wanted, wanted != kernel.ownUser else { return }
        throw problem(
            "securityContext.\(field) \(wanted) needs swiftletd to run as root; it runs as user "
                + "\(kernel.ownUser)"
        )
    }

    private func refuseRoot(
        _ isForbidden: Bool?,
        _ id: UInt32
    ) throws(ContainerLifecycle.Problem) {
        guard isForbidden == true, id == 0 else { return }
        throw Self.problem("container has runAsNonRoot and would run as user 0")
    }

    private static func problem(_ message: String) -> ContainerLifecycle.Problem {
        .init(reason: "CreateContainerConfigError", message: message)
    }
}

extension Pod {
    fileprivate var usesFoldersOfTheHost: Bool {
        spec.volumes.contains { volume in
            switch volume.source {
            case .hostPath, .persistentClaim: true
            case .emptyDirectory, .configMap, .secret, .projected, .downwardAPI,
                .serviceAccountToken:
                false
            }
        }
    }
}
