internal import CLinux
internal import Glibc

/// What this kernel and this process's own rights allow a ``Confinement`` to take.
///
/// Probed once by the daemon, so that what is missing is known, and told, before any workload starts.
public struct KernelSupport: Equatable, Sendable {
    /// Landlock's version; 0 where there is none.
    public var landlockVersion: Int32
    /// Whether a filter of system calls can kill a process.
    public var hasFilters: Bool
    /// Whether a child can become another user, and files can be given to it.
    public var canChangeUser: Bool
    /// Whether the bounding set of capabilities can be emptied.
    public var canDropBoundingSet: Bool
    /// Whether a child may be made less likely to be ended than we are.
    public var canLowerOutOfMemoryScore: Bool
    /// Our own likelihood, which a child begins with.
    public var ownOutOfMemoryScore: Int
    /// Our own user.
    public var ownUser: UInt32

    /// Declares what there is; for tests.
    public init(
        landlockVersion: Int32,
        hasFilters: Bool,
        canChangeUser: Bool,
        canDropBoundingSet: Bool,
        canLowerOutOfMemoryScore: Bool,
        ownOutOfMemoryScore: Int = 0,
        ownUser: UInt32 = 0
    ) {
        self.landlockVersion = landlockVersion
        self.hasFilters = hasFilters
        self.canChangeUser = canChangeUser
        self.canDropBoundingSet = canDropBoundingSet
        self.canLowerOutOfMemoryScore = canLowerOutOfMemoryScore
        self.ownOutOfMemoryScore = ownOutOfMemoryScore
        self.ownUser = ownUser
    }

    // Source: linux/capability.h.
    private enum Capability {
        static let changeOwner: UInt64 = 1 << 0
        static let passByPermissions: UInt64 = 1 << 1
        static let changeGroup: UInt64 = 1 << 6
        static let changeUser: UInt64 = 1 << 7
        static let dropCapabilities: UInt64 = 1 << 8
        static let resources: UInt64 = 1 << 24
    }

    /// Asks the kernel.
    public static func probe() -> KernelSupport {
        let rights = swiftlet_effective_capabilities()
        func has(_ wanted: UInt64) -> Bool { rights & wanted == wanted }
        let path = "/proc/self/oom_score_adj"
        let text = (try? FileBytes.read(path, byteCountMax: 64)).map {
            String(decoding: $0.filter { $0 > 0x20 }, as: UTF8.self)
        }
        return KernelSupport(
            landlockVersion: max(0, swiftlet_landlock_version()),
            hasFilters: swiftlet_can_filter_calls() == 1,
            canChangeUser: has(
                Capability.changeOwner | Capability.passByPermissions | Capability.changeGroup
                    | Capability.changeUser
            ),
            canDropBoundingSet: has(Capability.dropCapabilities),
            canLowerOutOfMemoryScore: has(Capability.resources),
            ownOutOfMemoryScore: text.flatMap { Int($0) } ?? 0,
            ownUser: geteuid()
        )
    }

    /// What a workload would have to do without, as words for an operator; empty when nothing.
    ///
    /// Ports are only part of it where Landlock knows them: older kernels restrict files, and say so.
    public var missing: [String] {
        var missing: [String] = []
        if landlockVersion == 0 {
            missing.append("Landlock (no restriction of files and ports)")
        } else if landlockVersion < Landlock.portsSince {
            missing.append(
                "Landlock version \(Landlock.portsSince) (no restriction of ports, has version "
                    + "\(landlockVersion))"
            )
        }
        if !hasFilters { missing.append("seccomp (no filter of system calls)") }
        if !canChangeUser { missing.append("root (workloads run as user \(ownUser))") }
        return missing
    }

    /// Takes out of a confinement what cannot be had here.
    public func fit(_ wanted: Confinement) -> Confinement {
        var confinement = wanted
        if landlockVersion == 0 { confinement.places = nil }
        if landlockVersion < Landlock.portsSince {
            confinement.listeningPorts = nil
            confinement.connectingPorts = nil
        }
        confinement.isScoped = wanted.isScoped && landlockVersion >= Landlock.scopesSince
        if !hasFilters { confinement.filterDescriptor = nil }
        if !canChangeUser {
            confinement.user = nil
            // The user's own processes count, and there may be many.
            confinement.processesMax = nil
        }
        confinement.dropsBoundingSet = wanted.dropsBoundingSet && canDropBoundingSet
        if let score = wanted.outOfMemoryScore, !canLowerOutOfMemoryScore {
            confinement.outOfMemoryScore = max(score, ownOutOfMemoryScore)
        }
        return confinement
    }
}
