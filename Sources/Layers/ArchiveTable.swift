internal import Images

/// The names in an archive that holds whole images, and the bytes behind each.
///
/// Read entry by entry; of a plain archive only the headers are, the rest is skipped.
struct ArchiveTable {
    /// Most entries: an archive of images has a handful for each layer.
    static let entryCountMax = 10_000
    /// Links followed from a name: `docker save` links layers that are the same, and once is enough.
    static let linkCountMax = 4

    /// What a name stands for.
    enum Entry: Equatable {
        case file(byteCount: Int64)
        case link(target: String)
    }

    let path: String
    private(set) var entries: [String: Entry] = [:]

    init(_ path: String) throws(ImageError) {
        self.path = path
        let reader = try LayerReader(file: path, name: "archive \(path)")
        while let entry = try reader.next() {
            guard let name = Self.normal(entry.path) else { continue }
            switch entry.kind {
            case .file(let byteCount): entries[name] = .file(byteCount: byteCount)
            case .symbolicLink(let target): entries[name] = .link(target: Self.beside(name, target))
            case .hardLink(let target): entries[name] = .link(target: Self.normal(target) ?? "")
            case .folder, .other: break
            }
            guard entries.count <= Self.entryCountMax else {
                throw .tooLarge(
                    what: "number of entries of the archive \(path)",
                    actual: Int64(entries.count),
                    most: Int64(Self.entryCountMax)
                )
            }
        }
    }

    /// The name of the file behind a name, and how long it is.
    func file(_ name: String) throws(ImageError) -> (name: String, byteCount: Int64) {
        var name = Self.normal(name) ?? ""
        for _ in 0...Self.linkCountMax {
            switch entries[name] {
            case .file(let byteCount): return (name, byteCount)
            case .link(let target): name = target
            case nil: throw .malformed(what: "archive \(path)", message: "it lacks \(name)")
            }
        }
        throw .malformed(what: "archive \(path)", message: "\(name) is a link in a circle")
    }

    /// All bytes of a small file.
    func bytes(_ name: String, most: Int64) throws(ImageError) -> [UInt8] {
        let (_, byteCount) = try file(name)
        guard byteCount <= most else {
            throw .tooLarge(what: "\(name) in \(path)", actual: byteCount, most: most)
        }
        var bytes: [UInt8] = []
        try read(name) { chunk throws(ImageError) in bytes += chunk }
        return bytes
    }

    /// Some bytes from the start of a file.
    func beginning(of name: String) throws(ImageError) -> [UInt8] {
        let (wanted, _) = try file(name)
        let reader = try LayerReader(file: path, name: "archive \(path)")
        while let entry = try reader.next() {
            if case .file = entry.kind, Self.normal(entry.path) == wanted {
                return try reader.read(512)
            }
        }
        return []
    }

    /// Hands over a file's bytes from `offset` on, in chunks.
    func read(
        _ name: String,
        from offset: Int64 = 0,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        let (wanted, _) = try file(name)
        let reader = try LayerReader(file: path, name: "archive \(path)")
        while let entry = try reader.next() {
            guard case .file = entry.kind, Self.normal(entry.path) == wanted else { continue }
            var skip = max(0, offset)
            while true {
                let chunk = try reader.read(ImageLimits.chunkByteCount)
                if chunk.isEmpty { return }
                let dropped = min(skip, Int64(chunk.count))
                skip -= dropped
                if dropped < chunk.count {
                    try take(dropped == 0 ? chunk : Array(chunk.dropFirst(Int(dropped))))
                }
            }
        }
    }

    /// A name without `.` parts and slashes at its ends; `nil` for the root and what leaves it.
    static func normal(_ name: String) -> String? {
        var parts: [Substring] = []
        for part in name.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
            } else {
                parts.append(part)
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    /// Where a symbolic link of that name points.
    private static func beside(_ name: String, _ target: String) -> String {
        if target.hasPrefix("/") { return normal(target) ?? "" }
        let folder = name.split(separator: "/").dropLast().joined(separator: "/")
        return normal("\(folder)/\(target)") ?? ""
    }
}
