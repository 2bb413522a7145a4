public import Images

/// Unpacks the layers of one image, lowest first, into one folder.
///
/// Whiteouts remove what lower layers brought (OCI image specification 1.1, layer.md, "Whiteouts").
/// Refused are names that leave the root, links in the place of folders, devices, FIFOs and sockets,
/// and more entries or bytes than ``ImageLimits`` allows. Owners are not kept: everything belongs to
/// who unpacks.
public struct LayerUnpacker {
    private static let whiteout = ".wh."
    private static let opaque = ".wh..wh..opq"

    private let folder: String
    private var reserve: DiskReserve
    private var entryCount = 0
    private var unpackedByteCount: Int64 = 0

    /// An unpacker into a folder that is there and empty, on a disk of which so much stays free.
    public init(into folder: String, leaving reserve: DiskReserve) {
        self.folder = folder
        self.reserve = reserve
    }

    /// Unpacks one layer.
    ///
    /// `file` is the verified blob, `byteCount` its length; `name` stands in errors. `diffID` is what
    /// the decompressed layer must hash to, as the image's configuration says.
    public mutating func unpack(
        file: String,
        byteCount: Int64,
        name: String,
        diffID: Digest? = nil
    ) throws(ImageError) {
        let layerByteCountMax = byteCount.multipliedReportingOverflow(by: ImageLimits.expansionMax)
        let most = max(
            layerByteCountMax.overflow ? Int64.max : layerByteCountMax.partialValue,
            ImageLimits.expansionByteCountMin
        )
        let stream = try LayerStream(
            path: file,
            name: name,
            byteCountMax: most.addingReportingOverflow(ImageLimits.headerByteCountMax).overflow
                ? most : most + ImageLimits.headerByteCountMax,
            algorithm: diffID?.algorithm
        )
        try unpack(stream, name: name, budget: most)
        guard let actual = try stream.finish(), let diffID, actual != diffID else { return }
        // Why not a digest mismatch: the blob is what was promised, so another pull brings the same.
        throw .malformed(
            what: "layer \(name)",
            message: "it unpacks to \(actual), but the configuration's diff_ids say \(diffID)"
        )
    }

    private mutating func unpack(
        _ stream: LayerStream,
        name: String,
        budget: Int64
    ) throws(ImageError) {
        let tree = try RootTree(folder)
        let reader = try LayerReader(stream, name: "layer \(name)")
        var budget = budget
        while let entry = try reader.next() {
            entryCount += 1
            guard entryCount <= ImageLimits.entryCountMax else {
                throw .tooLarge(
                    what: "number of entries of the image",
                    actual: Int64(entryCount),
                    most: Int64(ImageLimits.entryCountMax)
                )
            }
            let path = try EntryPath(entry.path, layer: name)
            if path.name.hasPrefix(Self.whiteout) {
                try take(whiteout: path, entry.path, layer: name, tree)
            } else {
                try make(entry, at: path, layer: name, tree, reader, &budget)
            }
        }
    }

    private func take(
        whiteout path: EntryPath,
        _ text: String,
        layer: String,
        _ tree: borrowing RootTree
    ) throws(ImageError) {
        let folder = path.parts.dropLast()
        if path.name == Self.opaque {
            try tree.empty(try EntryPath(joined(Array(folder)), layer: layer))
            return
        }
        let name = String(path.name.dropFirst(Self.whiteout.count))
        guard !name.isEmpty, name != ".", name != ".." else {
            throw .hostileEntry(layer: layer, name: text, reason: "is a whiteout of nothing")
        }
        try tree.remove(try EntryPath(joined(folder + [name]), layer: layer))
    }

    private mutating func make(
        _ entry: LayerEntry,
        at path: EntryPath,
        layer: String,
        _ tree: borrowing RootTree,
        _ reader: borrowing LayerReader,
        _ budget: inout Int64
    ) throws(ImageError) {
        switch entry.kind {
        case .folder: try tree.makeFolder(path, mode: entry.mode)
        case .file:
            var left = min(budget, ImageLimits.unpackedByteCountMax - unpackedByteCount)
            let most = left
            try tree.makeFile(path, mode: entry.mode) { () throws(ImageError) in
                let bytes = try reader.read(ImageLimits.chunkByteCount)
                try reserve.wrote(bytes.count)
                left -= Int64(bytes.count)
                guard left >= 0 else {
                    throw .hostileEntry(
                        layer: layer,
                        name: entry.path,
                        reason: "unpacks to more than the \(most) bytes that are left for the image"
                    )
                }
                return bytes
            }
            unpackedByteCount += most - left
            budget -= most - left
        case .symbolicLink(let target):
            guard !target.isEmpty, target.utf8.count <= EntryPath.byteCountMax else {
                throw .hostileEntry(layer: layer, name: entry.path, reason: "links to nothing")
            }
            try tree.makeSymbolicLink(path, target: target)
        case .hardLink(let target):
            try tree.makeHardLink(path, to: try EntryPath(target, layer: layer))
        case .other(let type):
            throw .hostileEntry(
                layer: layer,
                name: entry.path,
                reason: "is a device, FIFO or socket (type \(type))"
            )
        }
    }

    private func joined(_ parts: some Sequence<String>) -> String {
        let path = parts.joined(separator: "/")
        return path.isEmpty ? "." : path
    }
}
