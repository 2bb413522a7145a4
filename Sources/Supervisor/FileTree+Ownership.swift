internal import Glibc
internal import Host

// This file is a fence: ownership and modes are changed by C calls.

extension FileTree {
    // Why: as for removing; what unpacking makes is not deeper.
    private static let ownedDepthMax = 256

    /// Gives a file or folder to a user and a group; links are given, not followed.
    ///
    /// A nil leaves what is.
    static func give(_ path: String, user: UInt32?, group: UInt32?) throws(HostError) {
        // Safety: the path is a Swift string that outlives the call; so in all calls below.
        let result = unsafe lchown(path, user ?? UInt32.max, group ?? UInt32.max)
        guard result == 0 else { throw .system(call: "lchown", path: path, errno: errno) }
    }

    /// As ``give(_:user:group:)``, with all that is below; only for what no guest can change meanwhile.
    static func giveTree(_ path: String, user: UInt32?, group: UInt32?) throws(HostError) {
        try giveTree(path, user, group, depth: 0)
    }

    private static func giveTree(
        _ path: String,
        _ user: UInt32?,
        _ group: UInt32?,
        depth: Int
    ) throws(HostError) {
        guard depth < ownedDepthMax else {
            throw .tooMuch(what: "folders in \(path)", count: depth, countMax: ownedDepthMax)
        }
        try give(path, user: user, group: group)
        guard isRealDirectory(path) else { return }
        for name in names(in: path) {
            try giveTree("\(path)/\(name)", user, group, depth: depth + 1)
        }
    }

    /// Lets a pod's containers read the files of a ConfigMap or Secret, whatever the daemon's umask took
    /// from folders; files have the modes that were asked for.
    ///
    /// Source: Kubernetes lets the group of `fsGroup` read.
    static func giveConfiguration(_ path: String, to identity: WorkloadIdentity) throws(HostError) {
        let owner = identity.isOwnUser ? identity.user?.id : 0
        let group = identity.volumeGroup ?? (identity.isOwnUser ? identity.user?.group : 0)
        try giveTree(path, user: owner, group: group)
        try openFolders(path, isForGroup: identity.volumeGroup != nil, depth: 0)
    }

    private static func openFolders(
        _ path: String,
        isForGroup: Bool,
        depth: Int
    ) throws(HostError) {
        var facts = stat()
        guard depth < ownedDepthMax, unsafe lstat(path, &facts) == 0 else { return }
        switch facts.st_mode & S_IFMT {
        case S_IFDIR:
            try setMode(path, 0o755)
            for name in names(in: path) {
                try openFolders("\(path)/\(name)", isForGroup: isForGroup, depth: depth + 1)
            }
        case S_IFREG where isForGroup: try setMode(path, UInt32(facts.st_mode & 0o777) | 0o440)
        default: return
        }
    }

    private static func isRealDirectory(_ path: String) -> Bool {
        var facts = stat()
        guard unsafe lstat(path, &facts) == 0 else { return false }
        return facts.st_mode & S_IFMT == S_IFDIR
    }
}
