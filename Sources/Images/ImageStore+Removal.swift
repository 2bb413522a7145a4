/// What a removal gave back.
public struct StoreRemoval: Equatable, Sendable {
    /// Images that are gone.
    public var images: [Digest] = []
    /// References that are gone with them.
    public var references: [String] = []
    /// Bytes of files that are gone.
    public var byteCount: Int64 = 0
}

extension ImageStore {
    /// Removes a name, and the image behind it when that was its last.
    ///
    /// Answers `false` when nothing has that name.
    public func remove(_ reference: ImageReference) throws(ImageError) -> StoreRemoval? {
        try alone { () throws(ImageError) in
            let text = "\(reference)"
            let inventory = try inventory()
            guard let item = inventory.items.values.first(where: { $0.references.contains(text) })
            else {
                guard StoreFile.exists(referencePath(reference)) else { return nil }
                // Its image is gone or unreadable: nothing but the name is left.
                try removeName(text)
                return StoreRemoval(references: [text])
            }
            guard item.references.count == 1 else {
                try removeName(text)
                return StoreRemoval(references: [text])
            }
            return try removeAlone([item.image.manifestDigest], inventory)
        }
    }

    /// Removes images with all their names, and the blobs that no other image needs.
    ///
    /// An image that is being pulled stays.
    public func remove(_ images: [Digest]) throws(ImageError) -> StoreRemoval {
        try alone { () throws(ImageError) in try removeAlone(images, try inventory()) }
    }

    private func removeAlone(
        _ images: [Digest],
        _ inventory: StoreInventory
    ) throws(ImageError) -> StoreRemoval {
        var removal = StoreRemoval()
        var rest = inventory.items
        var candidates: [Digest: Int64] = [:]
        for digest in images where !inventory.claims.contains(digest) {
            guard let item = rest.removeValue(forKey: digest) else { continue }
            // Names first: what has none any more is garbage, wherever we are stopped.
            for reference in item.references { try removeName(reference) }
            try StoreFile.removeTree(imagePath(digest))
            removal.byteCount += try removeRoot(digest)
            removal.images.append(digest)
            removal.references += item.references
            candidates.merge(item.blobs) { $1 }
        }
        var needed = inventory.claimedBlobs
        for item in rest.values { needed.formUnion(item.blobs.keys) }
        for (digest, byteCount) in candidates where !needed.contains(digest) {
            try StoreFile.removeTree(blobPath(digest))
            removal.byteCount += byteCount
        }
        try StoreFile.syncFolder("\(directory)/references")
        try StoreFile.syncFolder("\(directory)/images")
        return removal
    }

    private func removeName(_ text: String) throws(ImageError) {
        let name = "\(Digest.of(Array(text.utf8)).hex).json"
        try StoreFile.removeTree("\(directory)/references/\(name)")
        try StoreFile.removeTree("\(directory)/pins/\(name)")
    }

    /// Takes a root out of sight in one step, then apart.
    func removeRoot(_ manifestDigest: Digest) throws(ImageError) -> Int64 {
        let root = rootPath(manifestDigest)
        guard StoreFile.isFolder(root) else { return 0 }
        let byteCount = StoreFile.treeByteCount(root)
        let gone = "\(directory)/ingest/gone-\(manifestDigest.hex)"
        try StoreFile.removeTree(gone)
        try StoreFile.rename(root, to: gone)
        try StoreFile.removeTree(gone)
        return byteCount
    }
}
