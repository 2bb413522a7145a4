internal import CLinux
internal import Glibc

// This file is a fence: calls that take arrays.

extension Confinement {
    // Source: seccomp(2): BPF_MAXINSNS instructions of 8 bytes.
    private static let filterBytesMax = 4_096 * 8

    /// Gives up everything, for good; to be called by the only thread of a process.
    ///
    /// The order is the only one that works: what needs root first, then root itself, then the right
    /// to open files, then the right to make system calls.
    ///
    /// Throws ``HostError`` that names what could not be given up; the process must then end.
    public func apply() throws(HostError) {
        try enterControlGroup()
        if let score = outOfMemoryScore {
            try Self.write("\(score)", to: "/proc/self/oom_score_adj")
        }
        umask(0o022)
        if leavesStandardError { dup2(0, 2) }
        // Rules are made from paths that only root may be able to reach, and hold afterwards.
        let landlock = try landlock()
        try setLimits()
        if dropsBoundingSet { try Self.check(swiftlet_drop_bounding_set(), "PR_CAPBSET_DROP") }
        if let user { try become(user) }
        try Self.check(swiftlet_drop_capabilities(), "capset")
        try Self.check(swiftlet_forbid_dump(), "PR_SET_DUMPABLE")
        try Self.check(swiftlet_forbid_new_privileges(), "PR_SET_NO_NEW_PRIVS")
        try landlock?.restrict()
        try installFilter()
    }

    /// The Landlock rules that this confinement names, for ``rulesDescriptor`` of a process that is about to
    /// be started; nil where it names none.
    ///
    /// Whoever starts many opens the places with a program that is warm; a rule is about what its path led
    /// to when it was made.
    ///
    /// - Throws: ``HostError`` that names a place that is not there, or what the kernel lacks.
    public func rules() throws(HostError) -> OwnedDescriptor? {
        needsLandlock ? try Landlock(self).ruleset : nil
    }

    private func landlock() throws(HostError) -> Landlock? {
        if let rulesDescriptor { return Landlock(ruleset: OwnedDescriptor(rulesDescriptor)) }
        return needsLandlock ? try Landlock(self) : nil
    }

    private var needsLandlock: Bool {
        places != nil || listeningPorts != nil || connectingPorts != nil || isScoped
    }

    private func enterControlGroup() throws(HostError) {
        guard let controlGroup else { return }
        try Self.write("0", to: controlGroup + "/cgroup.procs")
    }

    private func setLimits() throws(HostError) {
        try Self.limit(Int32(RLIMIT_CORE.rawValue), 0, "RLIMIT_CORE")
        try Self.limit(Int32(RLIMIT_NOFILE.rawValue), openFilesMax, "RLIMIT_NOFILE")
        // The importer does not see this name: it stands for itself in the C header.
        try Self.limit(6, processesMax, "RLIMIT_NPROC")
        try Self.limit(Int32(RLIMIT_FSIZE.rawValue), fileBytesMax, "RLIMIT_FSIZE")
        try Self.limit(Int32(RLIMIT_DATA.rawValue), dataBytesMax, "RLIMIT_DATA")
    }

    private static func limit(
        _ resource: Int32,
        _ wanted: UInt64?,
        _ name: String
    ) throws(HostError) {
        guard let wanted else { return }
        // A hard limit that is lower already is as good.
        let value = min(wanted, swiftlet_hard_limit(resource))
        try check(swiftlet_set_limit(resource, value), name)
    }

    private func become(_ user: User) throws(HostError) {
        let groups = user.supplementaryGroups
        // Safety: the kernel reads as many groups as we say, while the array lives.
        let result = unsafe groups.withUnsafeBufferPointer { buffer in
            unsafe swiftlet_become(user.id, user.group, buffer.baseAddress, UInt(buffer.count))
        }
        try Self.check(result, "setresuid to \(user.id):\(user.group)")
    }

    private func installFilter() throws(HostError) {
        guard let filterDescriptor else { return }
        let file = OwnedDescriptor(filterDescriptor)
        guard file.isSealed else {
            throw .malformed(path: "system-call filter", reason: "is not a sealed file in memory")
        }
        // Why not from where it stands: the position is shared by all who were given the file.
        let program = try SystemCall.read(
            file,
            count: Self.filterBytesMax + 1,
            at: 0,
            path: "system-call filter"
        )
        guard !program.isEmpty, program.count.isMultiple(of: 8),
            program.count <= Self.filterBytesMax
        else {
            throw .malformed(path: "system-call filter", reason: "is not a program")
        }
        // Safety: the kernel copies the program before the call returns.
        let result = unsafe program.withUnsafeBytes { bytes in
            unsafe swiftlet_filter_calls(bytes.baseAddress, UInt(bytes.count))
        }
        try Self.check(result, "seccomp")
    }

    private static func write(_ text: String, to path: String) throws(HostError) {
        try SystemCall.write(try SystemCall.open(path, O_WRONLY), Array(text.utf8), path: path)
    }

    private static func check(
        _ result: Int32,
        _ call: @autoclosure () -> String
    ) throws(HostError) {
        guard result == 0 else {
            let number = Glibc.errno
            throw .system(call: call(), path: "confinement", errno: number)
        }
    }
}
