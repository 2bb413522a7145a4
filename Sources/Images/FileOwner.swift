internal import CLinux
internal import Glibc

// This file is a fence: owners are asked for and changed by C calls.

/// Whom files belong to.
public struct FileOwner: Equatable, Sendable {
    /// The user.
    public var user: UInt32
    /// The group.
    public var group: UInt32

    /// An owner.
    public init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }

    /// Down to `blobs/sha256/HEX`.
    private static let levelsAtEachStart = 3

    /// Whom what is at a path belongs to, links not followed; nil when there is nothing.
    static func of(_ path: String) -> FileOwner? {
        var facts = stat()
        // Safety: the path is a Swift string that outlives the call, the result a local.
        guard unsafe lstat(path, &facts) == 0 else { return nil }
        return FileOwner(user: facts.st_uid, group: facts.st_gid)
    }

    /// Whom an open file belongs to; nil where the kernel does not say.
    static func of(descriptor: Int32) -> FileOwner? {
        var facts = stat()
        // Safety: the result is a local.
        guard unsafe fstat(descriptor, &facts) == 0 else { return nil }
        return FileOwner(user: facts.st_uid, group: facts.st_gid)
    }

    /// Who gets what we make at a path: the owner of its folder; nil where that is who makes it anyway.
    ///
    /// Only root can give files away, and makes some in stores of the user of pulls.
    static func inherited(by path: String) -> FileOwner? {
        guard geteuid() == 0, let slash = path.lastIndex(of: "/"),
            let owner = of(slash == path.startIndex ? "/" : String(path[..<slash])),
            owner.user != 0
        else { return nil }
        return owner
    }

    /// Gives a folder, with all that is in it, to this owner: the contents first, brought to the disk,
    /// then the folder itself.
    ///
    /// So the folder's own owner says that all of it was done, whenever the power went; after a cut it is
    /// done again from the beginning. When it was done, only blobs, records and the roots themselves are
    /// looked at, thousands in milliseconds: somebody may have put files back as root.
    func take(_ folder: String) throws(ImageError) {
        guard Self.of(folder) != self else {
            return try takeContents(of: folder, levels: Self.levelsAtEachStart)
        }
        try takeContents(of: folder)
        let root = try OpenFile(folder, O_RDONLY | O_DIRECTORY)
        guard swiftlet_sync_all(root.descriptor) == 0 else {
            throw StoreFile.failure("syncfs", folder)
        }
        guard fchown(root.descriptor, user, group) == 0 else {
            throw StoreFile.failure("fchown", folder)
        }
        try root.sync()
    }

    /// Gives away what is in a folder, and not the folder.
    func takeContents(of path: String, levels: Int = .max) throws(ImageError) {
        var folders: [String] = []
        do {
            let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
            for name in try StoreFile.names(in: path) {
                if levels > 1, StoreFile.isFolder("\(path)/\(name)") { folders.append(name) }
                guard Self.of("\(path)/\(name)") != self else { continue }
                // Safety: the name outlives the call; a link itself is given away, not where it leads.
                let result = unsafe fchownat(
                    folder.descriptor,
                    name,
                    user,
                    group,
                    AT_SYMLINK_NOFOLLOW
                )
                guard result == 0 || errno == ENOENT else {
                    throw StoreFile.failure("fchownat", "\(path)/\(name)")
                }
            }
        }
        // Why after the folder was closed: a deep tree must not need a descriptor for each level.
        for name in folders {
            try takeContents(of: "\(path)/\(name)", levels: levels - 1)
        }
    }
}
