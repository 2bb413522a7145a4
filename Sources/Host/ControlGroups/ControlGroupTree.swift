internal import Glibc

/// The control groups of all workloads: `pods/UID/CONTAINER.ATTEMPT` below a base that is ours.
public struct ControlGroupTree: Equatable, Sendable {
    /// The controllers that limit here.
    public let controllers: Set<String>
    private let pods: ControlGroup

    /// The controllers that we want.
    public static let wanted: Set<String> = ["cpu", "memory", "pids"]

    /// Takes a base over, moving this process out of the way if it must.
    ///
    /// Throws ``HostError`` where the base is not ours to change.
    public init(_ placement: ControlGroupPlacement) throws(HostError) {
        let base = ControlGroup(placement.base)
        let there = base.words(of: "cgroup.controllers").intersection(Self.wanted)
        guard !there.isEmpty else {
            throw .malformed(
                path: placement.base + "/cgroup.controllers",
                reason: "offers none of " + Self.wanted.sorted().joined(separator: ", ")
            )
        }
        if let path = placement.ownGroup {
            let own = ControlGroup(path)
            try own.make()
            try own.write("0", to: "cgroup.procs")
        }
        pods = base.child("pods")
        try pods.make()
        controllers = there
        try enable(in: base)
        try enable(in: pods)
    }

    /// Finds the base of this process, and takes it over.
    ///
    /// Throws ``HostError`` with what stands in the way.
    public static func ofThisProcess() throws(HostError) -> ControlGroupTree {
        func text(_ path: String) throws(HostError) -> String {
            String(decoding: try FileBytes.read(path, byteCountMax: 1 << 20), as: UTF8.self)
        }
        let placement = ControlGroupPlacement.find(
            ownGroups: try text("/proc/self/cgroup"),
            mounts: try text("/proc/self/mountinfo"),
            // Source: cgroup-v2.rst: this file is in every group but the machine's own.
            isRoot: { ControlGroup($0).read("cgroup.type") == nil }
        )
        guard let placement else {
            throw .malformed(path: "/proc/self/cgroup", reason: "names no cgroup v2")
        }
        return try ControlGroupTree(placement)
    }

    private func enable(in group: ControlGroup) throws(HostError) {
        let missing = controllers.subtracting(group.words(of: "cgroup.subtree_control"))
        guard !missing.isEmpty else { return }
        try group.write(
            missing.sorted().map { "+\($0)" }.joined(separator: " "),
            to: "cgroup.subtree_control"
        )
    }

    /// The group of one run, whether it is there or not.
    public func group(pod uid: String, container: String, attempt: Int64) -> ControlGroup {
        pods.child(uid).child("\(container).\(attempt)")
    }

    /// Makes the group of a run, with its limits, and removes those of earlier runs that are empty.
    public func make(
        pod uid: String,
        container: String,
        attempt: Int64,
        _ limits: ControlGroupLimits
    ) throws(HostError) -> ControlGroup {
        let pod = pods.child(uid)
        try pod.make()
        try enable(in: pod)
        for earlier in pod.children
        where earlier.path.hasPrefix("\(pod.path)/\(container).") && !earlier.isPopulated {
            try? earlier.remove()
        }
        let group = group(pod: uid, container: container, attempt: attempt)
        try group.make()
        for setting in limits.settings(controllers) {
            do throws(HostError) {
                try group.write(setting.text, to: setting.file)
            } catch {
                // A kernel without swap accounting has no such file, and no swap to forbid.
                guard setting.file == "memory.swap.max", error.errno == ENOENT else { throw error }
            }
        }
        return group
    }

    /// Whether the kernel ended the processes of a run because they reached their memory limit.
    public func wasEndedForMemory(pod uid: String, container: String, attempt: Int64) -> Bool {
        let group = group(pod: uid, container: container, attempt: attempt)
        return (group.counter("oom_kill", in: "memory.events") ?? 0) > 0
    }

    /// Ends what is left of a pod, and removes its groups.
    public func remove(pod uid: String) throws(HostError) {
        let pod = pods.child(uid)
        guard pod.exists else { return }
        if pod.isPopulated { try? pod.kill() }
        try pod.remove()
    }

    /// Removes the groups of pods that have no process and are not among those that are known.
    public func sweep(keeping uids: Set<String>) {
        for pod in pods.children
        where !uids.contains(String(pod.path.dropFirst(pods.path.count + 1))) {
            if !pod.isPopulated { try? pod.remove() }
        }
    }
}
