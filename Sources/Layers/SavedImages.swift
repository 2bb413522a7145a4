internal import Documents
internal import Images

/// The images of an archive by `docker save`, with manifests made for them.
struct SavedImages {
    private static let layerType = "application/vnd.oci.image.layer.v1.tar"
    private static let configurationType = "application/vnd.oci.image.config.v1+json"
    private static let manifestType = "application/vnd.oci.image.manifest.v1+json"
    /// Names of one image; a person gives it one or two.
    private static let nameCountMax = 64

    /// What gzip and zstd begin with.
    ///
    /// Sources: RFC 1952, 2.3.1; RFC 8878, 3.1.1.
    private static let compressions: [[UInt8]] = [[0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD]]

    private(set) var images: [ArchiveSource.Image] = []
    private(set) var places: [Digest: String] = [:]
    private(set) var manifests: [Digest: [UInt8]] = [:]

    init(_ table: ArchiveTable) throws(ImageError) {
        let json = try table.bytes("manifest.json", most: ImageLimits.manifestByteCountMax)
        do {
            let reader = DocumentReader(try Document(json: json))
            for element in try reader.elements().prefix(ImageLimits.indexEntryCountMax) {
                let configuration = try element.required("Config").string()
                let layers = try element.optional("Layers")?.strings() ?? []
                let names = try element.optional("RepoTags")?.strings() ?? []
                try add(configuration, layers, names, table)
            }
        } catch let error as ImageError {
            throw error
        } catch {
            throw .malformed(what: "manifest.json in \(table.path)", message: "\(error)")
        }
    }

    private mutating func add(
        _ configurationName: String,
        _ layerNames: [String],
        _ names: [String],
        _ table: ArchiveTable
    ) throws(ImageError) {
        let json = try table.bytes(configurationName, most: ImageLimits.configurationByteCountMax)
        let diffIDs = try ImageConfiguration(json: json).diffIDs
        guard layerNames.count == diffIDs.count, layerNames.count <= ImageLimits.layerCountMax
        else {
            throw .malformed(
                what: "manifest.json in \(table.path)",
                message: "it has \(layerNames.count) layers, but \(configurationName) "
                    + "\(diffIDs.count) diff_ids"
            )
        }
        var layers: [Document] = []
        for (name, diffID) in zip(layerNames, diffIDs) {
            let (file, byteCount) = try table.file(name)
            let digest = try blobDigest(of: file, diffID, table)
            places[digest] = file
            layers.append(Self.descriptor(Self.layerType, digest, byteCount))
        }
        let configuration = Digest.of(json)
        places[configuration] = configurationName
        let manifest: Document = [
            "schemaVersion": 2,
            "mediaType": .string(Self.manifestType),
            "config": Self.descriptor(Self.configurationType, configuration, Int64(json.count)),
            "layers": .array(layers),
        ]
        let bytes = manifest.json()
        let digest = Digest.of(bytes)
        manifests[digest] = bytes
        images.append(
            ArchiveSource.Image(
                descriptor: BlobDescriptor(
                    mediaType: Self.manifestType,
                    digest: digest,
                    byteCount: Int64(bytes.count)
                ),
                names: Array(names.prefix(Self.nameCountMax)),
                tag: nil
            )
        )
    }

    /// What the file itself hashes to: its diff_id, unless somebody compressed it.
    private func blobDigest(
        of file: String,
        _ diffID: Digest,
        _ table: ArchiveTable
    ) throws(ImageError) -> Digest {
        let start = try table.beginning(of: file)
        guard Self.compressions.contains(where: { start.starts(with: $0) }) else { return diffID }
        var hasher = DigestHasher(.sha256)
        try table.read(file) { chunk throws(ImageError) in hasher.update(chunk) }
        return hasher.finish()
    }

    private static func descriptor(
        _ type: String,
        _ digest: Digest,
        _ byteCount: Int64
    ) -> Document {
        [
            "mediaType": .string(type), "digest": .string("\(digest)"),
            "size": .integer(byteCount),
        ]
    }
}
