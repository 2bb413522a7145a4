internal import Glibc

/// Opens what a guest's path names below a folder, and nothing outside of it.
///
/// With openat2(2) the kernel holds the line. Where the kernel has it not, or a filter forbids it, the
/// path is walked name by name, each opened without following links, so that at every moment a
/// descriptor, never a string, says where we are.
struct PathResolver {
    // Why: the kernel asks to try again when a rename raced with `..`; a guest that renames for ever
    // gets an error after this many.
    private static let triesMax = 32
    // Source: Linux, MAXSYMLINKS.
    private static let linksMax = 40
    // Why: PATH_MAX / 2 names fit into a path; links can add more, and each open folder is a
    // descriptor of ours.
    private static let depthMax = 256

    let usesOpenat2: Bool

    /// Opens the file or folder that `path` names.
    ///
    /// - Throws: `notCapable` when the path leads out of `folder`.
    func open(
        _ path: GuestPath,
        below folder: HostFile,
        flags: Int32,
        mode: UInt32 = 0o666
    ) throws(ErrorNumber) -> HostFile {
        guard !path.isAbsolute else { throw .notCapable }
        return try open(path.bytes, below: folder, flags: flags, mode: mode)
    }

    /// Opens the folder that holds what `path` names, and tells that name.
    ///
    /// A slash at the end stays with the name where `keepsSlash` says so: the system then insists on a
    /// folder. Never use such a name in a call that looks through a link.
    func parent(
        of path: GuestPath,
        below folder: HostFile,
        keepsSlash: Bool
    ) throws(ErrorNumber) -> (folder: HostFile, name: [UInt8]) {
        guard !path.isAbsolute else { throw .notCapable }
        guard let split = path.split else {
            // `.` or `..`: out of the folder, or something that cannot be made, moved or removed.
            _ = try open(path.bytes, below: folder, flags: HostFile.pathOnly, mode: 0)
            throw .invalid
        }
        let flags = HostFile.pathOnly | O_DIRECTORY
        let parent = try open(split.folder, below: folder, flags: flags, mode: 0)
        return (parent, split.name + (keepsSlash && path.endsInSlash ? [GuestPath.slash] : []))
    }

    private func open(
        _ path: [UInt8],
        below folder: HostFile,
        flags: Int32,
        mode: UInt32
    ) throws(ErrorNumber) -> HostFile {
        guard usesOpenat2 else { return try walk(path, folder, flags: flags, mode: mode) }
        for _ in 0..<Self.triesMax {
            switch folder.openBeneath(path, flags: flags, mode: mode) {
            case .success(let file): return file
            case .failure(let error) where error.number == EAGAIN: continue
            case .failure(let error) where error.number == EXDEV: throw .notCapable
            case .failure(let error) where error.number == ENOSYS:
                return try walk(path, folder, flags: flags, mode: mode)
            case .failure(let error): throw ErrorNumber(system: error.number)
            }
        }
        throw .again
    }

    /// What openat2 does, in steps.
    private func walk(
        _ path: [UInt8],
        _ root: HostFile,
        flags: Int32,
        mode: UInt32
    ) throws(ErrorNumber) -> HostFile {
        var folders = [root]
        var names = Self.names(path)
        var needsFolder = path.last == GuestPath.slash
        var linksLeft = Self.linksMax
        while let name = names.popFirst() {
            guard let here = folders.last else { throw .notCapable }
            let isLast = names.isEmpty
            if name == [0x2E] { continue }
            if name == [0x2E, 0x2E] {
                guard folders.count > 1 else { throw .notCapable }
                folders.removeLast()
                continue
            }
            let isFollowed = !isLast || Self.followsLast(flags, needsFolder: needsFolder)
            if isFollowed, let target = try linkTarget(name, here) {
                linksLeft -= 1
                guard linksLeft > 0 else { throw .loop }
                guard target.first != GuestPath.slash else { throw .notCapable }
                needsFolder = needsFolder || (isLast && target.last == GuestPath.slash)
                names = Self.names(target) + names
                continue
            }
            if isLast {
                // The name goes alone: with a slash behind it, the system would look through a link that
                // took its place just now.
                guard needsFolder else {
                    return try here.open(name, flags: flags | O_NOFOLLOW, mode: mode)
                }
                guard flags & O_CREAT == 0 else { throw .isDirectory }
                return try here.open(name, flags: flags | O_NOFOLLOW | O_DIRECTORY, mode: mode)
            }
            guard folders.count < Self.depthMax else { throw .nameTooLong }
            folders.append(try here.open(name, flags: HostFile.pathOnly | O_NOFOLLOW | O_DIRECTORY))
        }
        guard let here = folders.last else { throw .notCapable }
        return try here.open([0x2E], flags: flags, mode: mode)
    }

    /// Whether a link is followed that is the last name of a path.
    ///
    /// Source: open(2), and Linux's order of checks: what is to be new is never looked for behind a link,
    /// and a file with a slash behind its name is never made.
    private static func followsLast(_ flags: Int32, needsFolder: Bool) -> Bool {
        let isCreating = flags & O_CREAT != 0
        if needsFolder { return !isCreating }
        return flags & O_NOFOLLOW == 0 && !(isCreating && flags & O_EXCL != 0)
    }

    private static func names(_ path: [UInt8]) -> ArraySlice<[UInt8]> {
        path.split(separator: GuestPath.slash).map { Array($0) }[...]
    }

    /// What the link `name` holds; `nil` when it is no link, or not there.
    private func linkTarget(_ name: [UInt8], _ folder: HostFile) throws(ErrorNumber) -> [UInt8]? {
        do {
            return try folder.link(name)
        } catch {
            guard [.invalid, .noEntry, .notDirectory].contains(error) else { throw error }
            return nil
        }
    }
}
