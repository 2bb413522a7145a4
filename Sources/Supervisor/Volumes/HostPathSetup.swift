internal import Host
internal import KubeModel
internal import Lifecycle

/// Finds or makes what a hostPath volume names, and says why it may not be shown.
struct HostPathSetup {
    let host: HostPath
    /// Folders below which it must lie, with all links followed.
    let roots: [String]

    // Source: the kubelet makes files and folders with these permissions.
    private static let folderMode: UInt32 = 0o755
    private static let fileMode: UInt32 = 0o644

    /// The path with all links followed: a folder, or a file.
    func prepare() throws(ContainerLifecycle.Problem) -> String {
        if FileTree.resolved(host.path) == nil { try make() }
        guard let path = FileTree.resolved(host.path), isAllowed(path) else { throw outside() }
        let kind = FileTree.kindOfEntry(path)
        if let wanted = host.kind.wanted, kind != wanted.kind {
            throw problem("hostPath type check failed: \(host.path) is not \(wanted.words)")
        }
        guard kind == .folder || kind == .file else {
            throw problem(
                "hostPath \(host.path) is neither a file nor a folder: a guest can open nothing else"
            )
        }
        return path
    }

    private func make() throws(ContainerLifecycle.Problem) {
        switch host.kind {
        case .directoryOrCreate:
            // The nearest folder that is there decides, before anything is made.
            var above = host.path
            while let slash = above.lastIndex(of: "/"), FileTree.resolved(above) == nil {
                above = String(above[..<slash])
            }
            guard isAllowed(FileTree.resolved(above) ?? "/") else { throw outside() }
            try inContext { () throws(HostError) in
                try FileTree.make(host.path, mode: Self.folderMode)
            }
        case .fileOrCreate:
            // Source: the kubelet makes the file and no folder for it.
            let folder = AtomicFile.folder(of: host.path)
            guard let above = FileTree.resolved(folder) else {
                throw problem("hostPath \(host.path) cannot be made: \(folder) does not exist")
            }
            guard isAllowed(above) else { throw outside() }
            try inContext { () throws(HostError) in
                try AtomicFile.write([], to: host.path, mode: Self.fileMode)
                try FileTree.setMode(host.path, Self.fileMode)
            }
        case .unchecked:
            throw problem("hostPath \(host.path) does not exist")
        case .directory, .file, .socket, .characterDevice, .blockDevice:
            let words = host.kind.wanted?.words ?? ""
            throw problem("hostPath type check failed: \(host.path) is not \(words)")
        }
    }

    private func isAllowed(_ path: String) -> Bool {
        roots.compactMap(FileTree.resolved).contains {
            $0 == "/" || path == $0 || path.hasPrefix($0 + "/")
        }
    }

    private func outside() -> ContainerLifecycle.Problem {
        problem("hostPath \(host.path) is not below volumes.hostPathRoots of swiftletd.yaml")
    }

    private func problem(_ message: String) -> ContainerLifecycle.Problem {
        .init(reason: "CreateContainerError", message: message)
    }
}

extension HostPath.Kind {
    /// What must be there, and the kubelet's words for it; nil for anything.
    fileprivate var wanted: (kind: FileTree.Kind, words: String)? {
        switch self {
        case .unchecked: nil
        case .directory, .directoryOrCreate: (.folder, "a directory")
        case .file, .fileOrCreate: (.file, "a file")
        case .socket: (.socket, "a socket file")
        case .characterDevice: (.characterDevice, "a character device")
        case .blockDevice: (.blockDevice, "a block device")
        }
    }
}
