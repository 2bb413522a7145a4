internal import Documents

/// Everything that an image store holds, at one moment.
public struct StoreInventory: Equatable, Sendable {
    /// An image and what it takes.
    public struct Item: Equatable, Sendable {
        /// What is known of it.
        public var image: StoredImage
        /// Its manifest, configuration and layers, with their lengths in bytes.
        public var blobs: [Digest: Int64]
        /// Bytes of the files of its unpacked root.
        public var rootByteCount: Int64
        /// The references that stand for it, sorted.
        public var references: [String]
        /// When it was taken in, in seconds since 1970 of a clock that may have been wrong.
        public var addedAtSeconds: Int64
    }

    /// All images, by the digest of their manifest.
    public var items: [Digest: Item] = [:]
    /// References that are kept though nothing uses them.
    public var pins: Set<String> = []
    /// What names stood for when they were pulled, which signatures may be about.
    public var signedDigests: Set<Digest> = []
    /// Manifests that are being pulled.
    public var claims: Set<Digest> = []
    /// Blobs that a pull which is under way needs.
    public var claimedBlobs: Set<Digest> = []
}

extension ImageStore {
    /// All references with the digest of the image that each stands for.
    public func references() throws(ImageError) -> [(reference: String, digest: Digest)] {
        try referenceRecords().map { ($0.reference, $0.digest) }
    }

    func referenceRecords() throws(ImageError) -> [ReferenceRecord] {
        var result: [ReferenceRecord] = []
        for name in try StoreFile.names(in: "\(directory)/references") where name.hasSuffix(".json")
        {
            let path = "\(directory)/references/\(name)"
            let most = ImageLimits.configurationByteCountMax
            guard let json = try? StoreFile.read(path, byteCountMax: most),
                let record = ReferenceRecord(json, path: path)
            else { continue }
            result.append(record)
        }
        return result
    }

    struct ReferenceRecord {
        var reference: String
        var digest: Digest
        var resolvedDigest: Digest?

        /// Reads a record; nil when it is damaged.
        init?(_ json: [UInt8], path: String) {
            guard let document = try? parsedJSON(json, what: path),
                let reference = document["reference"]?.string,
                let digest = document["manifestDigest"]?.string.flatMap({ Digest($0) })
            else { return nil }
            self.reference = reference
            self.digest = digest
            resolvedDigest = document["resolvedDigest"]?.string.flatMap { Digest($0) }
        }
    }

    /// Looks at everything; reads no blob but manifests.
    public func inventory() throws(ImageError) -> StoreInventory {
        var inventory = StoreInventory()
        inventory.pins = try pins()
        inventory.claims = try claimedManifests()
        for digest in inventory.claims {
            inventory.claimedBlobs.formUnion(needs(of: digest).keys)
        }
        for name in try StoreFile.names(in: "\(directory)/images") where name.hasSuffix(".json") {
            let path = "\(directory)/images/\(name)"
            guard let json = try? StoreFile.read(path, byteCountMax: 4 << 20),
                let image = try? StoredImage(json: json, path: path, in: self)
            else { continue }
            inventory.items[image.manifestDigest] = StoreInventory.Item(
                image: image,
                blobs: needs(of: image.manifestDigest),
                rootByteCount: image.rootDirectory.map(StoreFile.treeByteCount) ?? 0,
                references: [],
                addedAtSeconds: StoreFile.modifiedSeconds(path) ?? 0
            )
        }
        for record in try referenceRecords() {
            inventory.items[record.digest]?.references.append(record.reference)
            if let resolved = record.resolvedDigest { inventory.signedDigests.insert(resolved) }
        }
        for digest in inventory.items.keys { inventory.items[digest]?.references.sort() }
        return inventory
    }

    /// The blobs that a manifest names, and itself, as far as they are here.
    func needs(of manifestDigest: Digest) -> [Digest: Int64] {
        let path = blobPath(manifestDigest)
        guard let json = try? StoreFile.read(path, byteCountMax: ImageLimits.manifestByteCountMax),
            let manifest = try? ImageManifest(json: json)
        else { return [:] }
        var needs: [Digest: Int64] = [:]
        for digest in [manifestDigest, manifest.configuration.digest]
            + manifest.layers.map(\.digest)
        {
            needs[digest] = StoreFile.byteCount(blobPath(digest))
        }
        return needs
    }
}

extension ImageStore {
    /// References that are kept though nothing uses them.
    public func pins() throws(ImageError) -> Set<String> {
        var result: Set<String> = []
        // A store of an older version has no such folder.
        guard StoreFile.isFolder("\(directory)/pins") else { return result }
        for name in try StoreFile.names(in: "\(directory)/pins") where name.hasSuffix(".json") {
            let path = "\(directory)/pins/\(name)"
            let most = ImageLimits.configurationByteCountMax
            guard let json = try? StoreFile.read(path, byteCountMax: most),
                let reference = try? parsedJSON(json, what: path)["reference"]?.string
            else { continue }
            result.insert(reference)
        }
        return result
    }

    /// Keeps what a reference stands for until ``unpin(_:)``, whatever the garbage collection wants.
    public func pin(_ reference: ImageReference) throws(ImageError) {
        let document: Document = ["reference": .string("\(reference)")]
        try StoreFile.replace(pinPath(reference), document.json())
    }

    /// Lets go of a reference; one that was not kept is fine.
    public func unpin(_ reference: ImageReference) throws(ImageError) {
        try StoreFile.removeTree(pinPath(reference))
        try StoreFile.syncFolder("\(directory)/pins")
    }

    private func pinPath(_ reference: ImageReference) -> String {
        "\(directory)/pins/\(Digest.of(Array("\(reference)".utf8)).hex).json"
    }
}
