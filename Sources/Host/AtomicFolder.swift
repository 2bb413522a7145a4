/// A folder whose files change all at once, for readers that look again.
///
/// As a kubelet lays out its volumes: `..data` is a link to the folder that holds this version, and each
/// name is a link through it; a new version is a new folder and one rename of the link.
public enum AtomicFolder {
    /// One file of it.
    public struct File: Equatable, Sendable {
        /// Its path below the folder, without `..`.
        public var path: String
        /// What it holds.
        public var bytes: [UInt8]
        /// Its permissions.
        public var mode: UInt32

        /// A file made in code.
        public init(path: String, bytes: [UInt8], mode: UInt32) {
            self.path = path
            self.bytes = bytes
            self.mode = mode
        }
    }

    private static let link = "..data"
    private static let versionPrefix = "..v"

    /// Makes `folder` hold exactly `files`, each path once.
    ///
    /// Not synced: such a folder is made anew after a boot.
    ///
    /// - Parameters:
    ///   - files: All files.
    ///   - folder: The folder, which is made where it is not there.
    ///   - finish: Called with a version's folder before anybody can see it.
    /// - Returns: Whether anything has changed.
    /// - Throws: ``HostError``; then readers see what they saw before.
    @discardableResult
    public static func write(
        _ files: [File],
        to folder: String,
        finish: (String) throws(HostError) -> Void = { _ throws(HostError) in }
    ) throws(HostError) -> Bool {
        try FileTree.make(folder)
        if FileTree.isDirectory("\(folder)/\(link)"), holds(files, "\(folder)/\(link)") {
            return false
        }
        let old = FileTree.names(in: folder).filter { $0.hasPrefix(versionPrefix) }
        let last = old.compactMap { UInt64($0.dropFirst(versionPrefix.count)) }.max() ?? 0
        let version = "\(versionPrefix)\(last &+ 1)"
        do {
            try fill("\(folder)/\(version)", files)
            try finish("\(folder)/\(version)")
            try FileTree.makeLink(to: version, at: "\(folder)/\(link).new")
            try FileTree.rename("\(folder)/\(link).new", to: "\(folder)/\(link)")
        } catch {
            try? FileTree.remove("\(folder)/\(version)")
            throw error
        }
        try show(
            Set(files.compactMap { $0.path.split(separator: "/").first.map(String.init) }),
            folder
        )
        for name in old { try FileTree.remove("\(folder)/\(name)") }
        return true
    }

    private static func fill(_ folder: String, _ files: [File]) throws(HostError) {
        try FileTree.make(folder, mode: 0o755)
        for file in files {
            let path = "\(folder)/\(file.path)"
            try FileTree.make(AtomicFile.folder(of: path), mode: 0o755)
            try AtomicFile.write(file.bytes, to: path, mode: file.mode)
            // The umask of a daemon is narrower than what a pod may ask for.
            try FileTree.setMode(path, file.mode & 0o777)
        }
    }

    /// Gives each first part of a path a link, and takes the links of those away that are no more.
    private static func show(_ names: Set<String>, _ folder: String) throws(HostError) {
        let shown = Set(FileTree.names(in: folder).filter { !$0.hasPrefix("..") })
        for name in names.subtracting(shown).sorted() {
            try FileTree.makeLink(to: "\(link)/\(name)", at: "\(folder)/\(name)")
        }
        for name in shown.subtracting(names) { try FileTree.remove("\(folder)/\(name)") }
    }

    private static func holds(_ files: [File], _ folder: String) -> Bool {
        let names = Set(files.compactMap { $0.path.split(separator: "/").first.map(String.init) })
        guard Set(FileTree.names(in: folder)) == names else { return false }
        return files.allSatisfy { file in
            let path = "\(folder)/\(file.path)"
            // One byte more than there should be tells a longer file.
            let bytes = try? FileBytes.read(path, byteCountMax: file.bytes.count + 1)
            return bytes == file.bytes && FileTree.permissions(path) == file.mode & 0o777
        } && fileCount(folder) == files.count
    }

    private static func fileCount(_ folder: String) -> Int {
        FileTree.names(in: folder).reduce(0) { sum, name in
            let path = "\(folder)/\(name)"
            return sum + (FileTree.isDirectory(path) ? fileCount(path) : 1)
        }
    }
}
