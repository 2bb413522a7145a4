internal import Glibc
internal import Wasm

// What is done to files by their paths.
extension Preview1 {
    // Source: WASI preview 1, `lookupflags`.
    private static let followsLinks: UInt32 = 1

    /// The folder that a path starts at.
    private func folder(
        _ number: UInt32,
        _ rights: Rights,
        isChange: Bool
    ) throws(ErrorNumber) -> HostFile {
        let entry = try table[number]
        guard entry.type == .directory, case .host(let folder) = entry.kind else {
            throw .notDirectory
        }
        guard entry.rights.isSuperset(of: rights) else { throw .notCapable }
        guard !isChange || !entry.isReadOnly else { throw .readOnlyFileSystem }
        return folder
    }

    func createDirectory(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let path = try buffers.path(call.i32(1), call.i32(2))
        let folder = try folder(call.i32(0), .createDirectory, isChange: true)
        let place = try resolver.parent(of: path, below: folder, keepsSlash: true)
        try place.folder.makeDirectory(place.name)
    }

    func removeDirectory(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try remove(call, buffers, isDirectory: true)
    }

    func unlink(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try remove(call, buffers, isDirectory: false)
    }

    /// `path_remove_directory`, `path_unlink_file`.
    private func remove(
        _ call: HostCall,
        _ buffers: GuestBuffers,
        isDirectory: Bool
    ) throws(ErrorNumber) {
        let path = try buffers.path(call.i32(1), call.i32(2))
        let rights: Rights = isDirectory ? .removeDirectory : .unlink
        let folder = try folder(call.i32(0), rights, isChange: true)
        let place = try resolver.parent(of: path, below: folder, keepsSlash: true)
        try place.folder.remove(place.name, isDirectory: isDirectory)
    }

    /// `path_filestat_get`.
    func pathFacts(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let path = try buffers.path(call.i32(2), call.i32(3))
        let folder = try folder(call.i32(0), .pathFacts, isChange: false)
        let file = try resolver.open(path, below: folder, flags: Self.look(call.i32(1)))
        try buffers.store(try file.facts().bytes, call.i32(4))
    }

    /// `path_filestat_set_times`.
    func setPathTimes(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let path = try buffers.path(call.i32(2), call.i32(3))
        let folder = try folder(call.i32(0), .setPathTimes, isChange: true)
        let (access, modification) = try Self.times(call, 4)
        let file = try resolver.open(path, below: folder, flags: Self.look(call.i32(1)))
        try file.setTimes(access, modification)
    }

    /// Flags to open something only to look at it.
    private static func look(_ lookupFlags: UInt32) throws(ErrorNumber) -> Int32 {
        guard lookupFlags <= followsLinks else { throw .invalid }
        return lookupFlags == followsLinks ? HostFile.pathOnly : HostFile.pathOnly | O_NOFOLLOW
    }

    func link(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let path = try buffers.path(call.i32(2), call.i32(3))
        let target = try buffers.path(call.i32(5), call.i32(6))
        let folder = try folder(call.i32(0), .linkSource, isChange: true)
        let targetFolder = try self.folder(call.i32(4), .linkTarget, isChange: true)
        // Linux can make a link to what a link points to only by way of /proc.
        guard call.i32(1) == 0 else { throw .invalid }
        // A name with a slash behind it would look through a link.
        guard !path.endsInSlash else { throw .notDirectory }
        let from = try resolver.parent(of: path, below: folder, keepsSlash: false)
        let to = try resolver.parent(of: target, below: targetFolder, keepsSlash: true)
        try from.folder.makeLink(from.name, to: to.folder, to.name)
    }

    func rename(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let path = try buffers.path(call.i32(1), call.i32(2))
        let target = try buffers.path(call.i32(4), call.i32(5))
        let folder = try folder(call.i32(0), .renameSource, isChange: true)
        let targetFolder = try self.folder(call.i32(3), .renameTarget, isChange: true)
        let from = try resolver.parent(of: path, below: folder, keepsSlash: true)
        let to = try resolver.parent(of: target, below: targetFolder, keepsSlash: true)
        try from.folder.rename(from.name, to: to.folder, to.name)
    }

    /// `path_symlink`.
    ///
    /// An absolute link could only ever mislead somebody outside of the folder.
    func makeSymbolicLink(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let content = try buffers.path(call.i32(0), call.i32(1))
        let path = try buffers.path(call.i32(3), call.i32(4))
        let folder = try folder(call.i32(2), .symbolicLink, isChange: true)
        guard !content.isAbsolute else { throw .notCapable }
        let place = try resolver.parent(of: path, below: folder, keepsSlash: true)
        try place.folder.makeSymbolicLink(content.bytes, place.name)
    }

    func readLink(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let path = try buffers.path(call.i32(1), call.i32(2))
        let folder = try folder(call.i32(0), .readLink, isChange: false)
        guard !path.endsInSlash else {
            // It means the folder behind the link, which is no link.
            _ = try resolver.open(path, below: folder, flags: HostFile.pathOnly)
            throw .invalid
        }
        let place = try resolver.parent(of: path, below: folder, keepsSlash: false)
        let content = try place.folder.link(place.name)
        let count = min(content.count, Int(call.i32(4)))
        try buffers.store(Array(content[..<count]), call.i32(3))
        try buffers.store(UInt32(truncatingIfNeeded: count), call.i32(5))
    }
}
