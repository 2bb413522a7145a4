/// Where the groups of pods go, from what the system says about this process and its mounts.
public struct ControlGroupPlacement: Equatable, Sendable {
    /// The group that the pods' groups are made in.
    public var base: String
    /// The group that this process has to move into first, because a group with limits below it may
    /// have no processes of its own; nil where it stands well.
    public var ownGroup: String?

    // Why the slice: systemd before 254 cannot start a service again whose own group has limits below
    // it and workloads that outlived it. In a slice of its own they lie beside the service.
    /// The slice of our units, in which pods lie beside the daemon's service.
    public static let slice = "swiftlet.slice"
    /// The group that the daemon moves into elsewhere.
    public static let supervisor = "supervisor"

    /// Declares a place.
    public init(base: String, ownGroup: String?) {
        self.base = base
        self.ownGroup = ownGroup
    }

    /// Finds the place.
    ///
    /// - Parameters:
    ///   - ownGroups: `/proc/self/cgroup`.
    ///   - mounts: `/proc/self/mountinfo`.
    ///   - isRoot: Whether a group is the machine's own, where processes may lie beside groups.
    /// - Returns: nil where there is no cgroup v2.
    public static func find(
        ownGroups: String,
        mounts: String,
        isRoot: (String) -> Bool
    ) -> ControlGroupPlacement? {
        let line = ownGroups.split(separator: "\n").first { $0.hasPrefix("0::/") }
        guard let line, let mount = mountPoint(mounts) else { return nil }
        let parts = line.dropFirst("0::/".count).split(separator: "/").map(String.init)
        guard !parts.contains("..") else { return nil }
        func path(_ parts: some Sequence<String>) -> String {
            ([mount] + parts).joined(separator: "/")
        }
        if parts.last == supervisor {
            return ControlGroupPlacement(base: path(parts.dropLast()), ownGroup: nil)
        }
        if parts.dropLast().last == slice {
            return ControlGroupPlacement(base: path(parts.dropLast()), ownGroup: nil)
        }
        let own = path(parts)
        if isRoot(own) { return ControlGroupPlacement(base: own, ownGroup: nil) }
        return ControlGroupPlacement(base: own, ownGroup: "\(own)/\(supervisor)")
    }

    /// Where cgroup v2 is mounted.
    private static func mountPoint(_ mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            // Source: proc(5): fields, a lone dash, then the type.
            let words = line.split(separator: " ").map(String.init)
            guard let dash = words.firstIndex(of: "-"), dash > 4, words.count > dash + 1,
                words[dash + 1] == "cgroup2"
            else { continue }
            return words[4]
        }
        return nil
    }
}
