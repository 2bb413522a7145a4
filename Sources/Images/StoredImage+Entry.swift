/// What a container of an image runs.
public struct ImageEntry: Equatable, Sendable {
    /// The module's file on this host.
    public var modulePath: String
    /// The whole command line; the first word is the module as the image or the pod names it.
    public var arguments: [String]
    /// The function after `#`, when the command names one.
    public var function: String?
    /// Whether every body of the module was validated at admission.
    public var isAdmitted: Bool
}

extension StoredImage {
    /// Finds out what to run: `(command ?? ENTRYPOINT) + (args ?? CMD)`, where CMD counts only when the
    /// pod gives no command.
    ///
    /// The first word names the module: absolute, relative to the working directory, or by PATH; after
    /// `#` a function. An image that is one raw module is run whatever the first word says.
    /// Source: Kubernetes, "Define a Command and Arguments for a Container"; runwasi, container/executor.rs.
    public func entry(
        command: [String]?,
        args: [String]?,
        workingDirectory: String? = nil,
        path: String? = nil
    ) throws(ImageError) -> ImageEntry {
        var words = command ?? configuration.entrypoint
        words += args ?? (command == nil ? configuration.command : [])
        if words.isEmpty, moduleFile != nil { words = ["module.wasm"] }
        guard let first = words.first, !first.isEmpty else {
            throw .noEntry("no command: neither the pod nor the image names a module to run")
        }
        let parts = first.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let function = parts.count == 2 && !parts[1].isEmpty ? String(parts[1]) : nil
        let file: String
        if let moduleFile {
            file = moduleFile
        } else {
            file = try find(
                String(parts[0]),
                workingDirectory: workingDirectory ?? configuration.workingDirectory,
                searchPath: path
            )
        }
        words[0] = String(parts[0])
        return ImageEntry(
            modulePath: file,
            arguments: words,
            function: function,
            isAdmitted: admittedModules.contains(file)
        )
    }

    private func find(
        _ name: String,
        workingDirectory: String,
        searchPath: String?
    ) throws(ImageError) -> String {
        guard let rootDirectory else { throw .noEntry("the image has no files") }
        let root = RootFolder(path: rootDirectory)
        var candidates = [joined(workingDirectory, name)]
        if name.hasPrefix("/") {
            candidates = [name]
        } else if !name.contains("/") {
            let ofImage = configuration.environment.first { $0.hasPrefix("PATH=") }?.dropFirst(5)
            let folders = searchPath ?? ofImage.map(String.init) ?? "/usr/local/bin:/usr/bin:/bin"
            candidates = folders.split(separator: ":").prefix(32).map { joined(String($0), name) }
            candidates.append(joined(workingDirectory, name))
        }
        guard
            let file = candidates.lazy.compactMap({ root.resolve($0) }).first(
                where: StoreFile.isFile
            )
        else { throw .noEntry("the image has no file \(name)") }
        switch try ProgramKind(file: file) {
        case .module: return file
        case .component:
            throw .noEntry("\(name) is a component, which needs the component model; run a module")
        case .native:
            throw .noEntry("\(name) is a native program; swiftlet runs WebAssembly only")
        case .other:
            throw .noEntry("\(name) is no WebAssembly module: it does not begin with \\0asm")
        }
    }

    private func joined(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
}

extension StoredImage {
    /// Gives a container a root file system of its own, to write to.
    ///
    /// An image without files gives an empty folder. Made under another name and renamed, so that it
    /// is there whole or not at all; one that is there already is kept.
    public func copyRoot(to target: String) throws(ImageError) {
        guard !StoreFile.isFolder(target) else { return }
        let temporary = StoreFile.canonical("\(target).new")
        try StoreFile.removeTree(temporary)
        try StoreFile.makeFolder(temporary, links: .followed)
        if let rootDirectory {
            try TreeCopy.copy(rootDirectory, to: StoreFile.canonical(temporary))
        }
        try StoreFile.rename(temporary, to: target, links: .followed)
    }
}

extension StoredImage {
    /// Files of the image that begin as a module does, up to `most` of them, as host paths.
    public func moduleFiles(most: Int) throws(ImageError) -> [String] {
        if let moduleFile { return [moduleFile] }
        guard let rootDirectory else { return [] }
        var modules: [String] = []
        var folders = [rootDirectory]
        while let folder = folders.popLast() {
            for name in try StoreFile.names(in: folder) {
                let path = "\(folder)/\(name)"
                if StoreFile.isFolder(path) {
                    folders.append(path)
                } else if StoreFile.isFile(path) {
                    if try ProgramKind(file: path) == .module { modules.append(path) }
                    if modules.count == most { return modules }
                }
            }
        }
        return modules
    }
}
