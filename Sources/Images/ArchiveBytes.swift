/// The bytes of an archive that is to be sent: a file, or a layout's folder packed on the way.
public struct ArchiveBytes: Sendable {
    private enum Origin {
        case file(SharedFile)
        case layout(TarStream)
    }

    private var origin: Origin
    /// How many there will be; `nil` for a pipe.
    public let byteCount: Int64?

    /// The file at `path`, or the layout when that is a folder.
    public init(path: String) throws(ImageError) {
        if StoreFile.isFolder(StoreFile.canonical(path)) {
            let archive = try LayoutSource(path: path).archive()
            byteCount = archive.byteCount
            origin = .layout(archive)
        } else {
            origin = .file(try SharedFile(path, links: .followed))
            byteCount = StoreFile.byteCount(StoreFile.canonical(path))
        }
    }

    /// At most `most` bytes more; `nil` at the end.
    public mutating func next(_ most: Int) throws(ImageError) -> [UInt8]? {
        switch origin {
        case .file(let file):
            let bytes = try file.read(most)
            return bytes.isEmpty ? nil : bytes
        case .layout(var archive):
            let bytes = try archive.next()
            origin = .layout(archive)
            return bytes
        }
    }
}

extension LayoutSource {
    /// The whole layout as an archive.
    func archive() throws(ImageError) -> TarStream {
        _ = try index()
        let path = StoreFile.canonical(path)
        var entries: [(name: String, content: TarStream.Content)] = []
        for name in ["oci-layout", "index.json"] {
            let bytes = try StoreFile.read(
                "\(path)/\(name)",
                byteCountMax: ImageLimits.manifestByteCountMax
            )
            entries.append((name, .bytes(bytes)))
        }
        for algorithm in Digest.Algorithm.allCases {
            let folder = "blobs/\(algorithm.rawValue)"
            guard StoreFile.isFolder("\(path)/\(folder)") else { continue }
            for name in try StoreFile.names(in: "\(path)/\(folder)") {
                let file = "\(path)/\(folder)/\(name)"
                guard let byteCount = StoreFile.byteCount(file) else { continue }
                entries.append(("\(folder)/\(name)", .file(path: file, byteCount: byteCount)))
            }
        }
        return TarStream(entries)
    }
}

/// A file that appears under its name when it is whole.
public final class NewFile: Sendable {
    private let path: String
    private let temporary: String
    private let file: OpenFile

    /// Begins a file beside where it will be.
    public init(path: String) throws(ImageError) {
        self.path = path
        temporary = "\(path).part"
        file = try OpenFile(
            temporary,
            ImageStore.writeCreateTruncate,
            mode: 0o644,
            links: .followed
        )
    }

    /// Adds bytes.
    public func write(_ bytes: [UInt8]) throws(ImageError) { try file.write(bytes) }

    /// Gives the file its name.
    public func finish() throws(ImageError) {
        try file.sync()
        try StoreFile.rename(temporary, to: path, links: .followed)
    }

    /// Takes away what was written.
    public func discard() { try? StoreFile.removeTree(StoreFile.canonical(temporary)) }
}
