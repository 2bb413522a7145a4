/// An archive that is made while it is read: headers, files of this host, and bytes from memory.
public struct TarStream: Sendable {
    /// One entry.
    public enum Content: Equatable, Sendable {
        /// Bytes that are here.
        case bytes([UInt8])
        /// A file of this host, which must stay as long as it is.
        case file(path: String, byteCount: Int64)
    }

    private var entries: ArraySlice<(name: String, content: Content)>
    private var reading: (file: SharedFile, left: Int64, byteCount: Int64)?
    private var hasEnded = false

    /// An archive of these entries, in this order.
    public init(_ entries: [(name: String, content: Content)]) { self.entries = entries[...] }

    /// Bytes of the whole archive.
    public var byteCount: Int64 {
        entries.reduce(Int64(TarHeader.end.count)) { sum, entry in
            let length: Int64 =
                switch entry.content {
                case .bytes(let bytes): Int64(bytes.count)
                case .file(_, let byteCount): byteCount
                }
            return sum + Int64(TarHeader.byteCount) + length
                + Int64(TarHeader.padding(after: length).count)
        }
    }

    /// The next bytes; `nil` at the end.
    public mutating func next() throws(ImageError) -> [UInt8]? {
        if let current = reading {
            guard current.left > 0 else {
                reading = nil
                let padding = TarHeader.padding(after: current.byteCount)
                return padding.isEmpty ? try next() : padding
            }
            let most = Int(min(current.left, Int64(ImageLimits.chunkByteCount)))
            let chunk = try current.file.read(most)
            guard !chunk.isEmpty else {
                throw .sizeMismatch(
                    what: current.file.path,
                    expected: current.byteCount,
                    actual: current.byteCount - current.left
                )
            }
            reading?.left -= Int64(chunk.count)
            return chunk
        }
        guard let (name, content) = entries.popFirst() else {
            guard !hasEnded else { return nil }
            hasEnded = true
            return TarHeader.end
        }
        switch content {
        case .bytes(let bytes):
            let length = Int64(bytes.count)
            return try header(name, length) + bytes + TarHeader.padding(after: length)
        case .file(let path, let byteCount):
            reading = (try SharedFile(path), byteCount, byteCount)
            return try header(name, byteCount)
        }
    }

    private func header(_ name: String, _ byteCount: Int64) throws(ImageError) -> [UInt8] {
        guard let header = TarHeader.file(name, byteCount: byteCount) else {
            throw .unsupported(
                found: "a file \(name) of \(byteCount) bytes, which a tar archive cannot name"
            )
        }
        return header
    }
}

/// A file that is open as long as somebody has it, so that a value can be copied that reads it.
final class SharedFile: Sendable {
    let path: String
    private let file: OpenFile

    init(_ path: String, links: Links = .refused) throws(ImageError) {
        self.path = path
        file = try OpenFile(path, 0, links: links)
    }

    var descriptor: Int32 { file.descriptor }

    func read(_ count: Int) throws(ImageError) -> [UInt8] { try file.read(count) }
}
