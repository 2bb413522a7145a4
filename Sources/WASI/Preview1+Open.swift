internal import Glibc
internal import Wasm

/// What `path_open` was asked for.
private struct OpenRequest {
    // Source: WASI preview 1, `oflags`.
    struct Flags: OptionSet {
        let rawValue: UInt32
        static let create = Flags(rawValue: 1 << 0)
        static let directory = Flags(rawValue: 1 << 1)
        static let exclusive = Flags(rawValue: 1 << 2)
        static let truncate = Flags(rawValue: 1 << 3)
    }

    let followsLinks: Bool
    let flags: Flags
    let rights: Rights
    let inheriting: Rights
    let descriptorFlags: DescriptorFlags

    init(_ call: HostCall, _ folder: Descriptor) throws(ErrorNumber) {
        guard call.i32(1) <= 1, call.i32(4) < 16,
            call.i32(7) <= UInt32(DescriptorFlags.all.rawValue)
        else { throw .invalid }
        followsLinks = call.i32(1) == 1
        flags = Flags(rawValue: call.i32(4))
        // More than the folder can give is asked for by every libc, which asks for all it knows.
        rights = Rights(rawValue: call.i64(5)).intersection(folder.inheriting)
        inheriting = Rights(rawValue: call.i64(6)).intersection(folder.inheriting)
        descriptorFlags = DescriptorFlags(rawValue: UInt16(truncatingIfNeeded: call.i32(7)))
    }

    var isWriting: Bool { !rights.isDisjoint(with: [.write, .allocate, .setSize]) }

    private var isReading: Bool { !rights.isDisjoint(with: [.read, .readDirectory]) }

    /// What may only be done where changes are allowed.
    var isChange: Bool { isWriting || flags.contains(.truncate) }

    var needed: Rights {
        var needed: Rights = .openPath
        if flags.contains(.create) { needed.insert(.createFile) }
        if flags.contains(.truncate) { needed.insert(.setPathSize) }
        return needed
    }

    var systemFlags: Int32 {
        // O_NONBLOCK: a pipe without a writer must not hold us here.
        var system = O_NONBLOCK | O_NOCTTY
        if flags.contains(.directory) {
            system |= O_DIRECTORY | (isWriting ? O_RDWR : O_RDONLY)
        } else if isWriting {
            system |= isReading ? O_RDWR : O_WRONLY
        }
        if flags.contains(.create) { system |= O_CREAT }
        if flags.contains(.exclusive) { system |= O_EXCL }
        if flags.contains(.truncate) { system |= O_TRUNC }
        if !followsLinks { system |= O_NOFOLLOW }
        if descriptorFlags.contains(.append) { system |= O_APPEND }
        if descriptorFlags.contains(.dataSync) { system |= O_DSYNC }
        if !descriptorFlags.isDisjoint(with: [.sync, .readSync]) { system |= O_SYNC }
        return system
    }
}

extension Preview1 {
    /// `path_open`.
    func open(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let entry = try table[call.i32(0)]
        let path = try buffers.path(call.i32(2), call.i32(3))
        guard entry.type == .directory, case .host(let folder) = entry.kind else {
            throw .notDirectory
        }
        let request = try OpenRequest(call, entry)
        guard entry.rights.isSuperset(of: request.needed) else { throw .notCapable }
        // Nothing is made or cut that could not be handed over.
        guard table.hasRoom else { throw .tooManyDescriptors }
        _ = try buffers.load(UInt32.self, call.i32(8))

        var flags = request.systemFlags
        if request.flags.isSuperset(of: [.create, .directory]) { throw .invalid }
        if entry.isReadOnly {
            try refuseChange(request, path, folder)
            flags &= ~(O_CREAT | O_EXCL)
        }
        let file = try resolver.open(path, below: folder, flags: flags)
        let facts = try file.facts()
        if facts.type == .socketStream { throw .notSupported }
        if facts.mayBlock { try file.setStatusFlags(try file.statusFlags & ~O_NONBLOCK) }
        let number = try table.add(
            Descriptor(
                kind: .host(file),
                type: facts.type,
                rights: request.rights.intersection(
                    facts.type == .directory ? .directory : .file
                ),
                inheriting: request.inheriting,
                isReadOnly: entry.isReadOnly,
                isNonBlocking: request.descriptorFlags.contains(.nonBlocking)
            )
        )
        try buffers.store(number, call.i32(8))
    }

    /// Refuses what would change a folder that may only be read, with the error that a file system
    /// which may only be read has for it: first comes what is wrong with the path itself.
    private func refuseChange(
        _ request: OpenRequest,
        _ path: GuestPath,
        _ folder: HostFile
    ) throws(ErrorNumber) {
        guard request.isChange || request.flags.contains(.create) else { return }
        let isNew = request.flags.isSuperset(of: [.create, .exclusive])
        let stays = isNew || !request.followsLinks ? O_NOFOLLOW : 0
        let type: FileType
        do throws(ErrorNumber) {
            let found = try resolver.open(path, below: folder, flags: HostFile.pathOnly | stays)
            type = try found.facts().type
        } catch .noEntry where request.flags.contains(.create) {
            throw .readOnlyFileSystem
        }
        guard !isNew else { throw .exists }
        switch type {
        case .directory: throw .isDirectory
        case .symbolicLink: throw .loop
        case .unknown, .blockDevice, .characterDevice, .regularFile, .socketDatagram, .socketStream:
            guard !request.isChange else { throw .readOnlyFileSystem }
        }
    }
}
