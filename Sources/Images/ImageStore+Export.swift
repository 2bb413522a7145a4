internal import Documents

extension ImageStore {
    /// An image as an archive that others can read: an OCI layout, and for a root file system what
    /// `docker load` wants beside it.
    ///
    /// Blobs are hashed first, so that no damage leaves this machine.
    public func export(
        _ image: StoredImage,
        as reference: ImageReference
    ) throws(ImageError) -> TarStream {
        let verdict = try verify(image)
        if let lost = (verdict.missing + verdict.damaged).first {
            throw .notFound("blob \(lost) of \(reference) is missing or damaged: pull it again")
        }
        let json = try StoreFile.read(
            blobPath(image.manifestDigest),
            byteCountMax: ImageLimits.manifestByteCountMax
        )
        let manifest = try ImageManifest(json: json)
        var entries: [(name: String, content: TarStream.Content)] = [
            ("oci-layout", .bytes(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))),
            ("index.json", .bytes(index(of: image, json, reference))),
        ]
        switch image.form {
        case .rootFileSystem:
            entries.append(("manifest.json", .bytes(savedManifest(manifest, reference))))
        case .moduleImage, .moduleArtifact: break
        }
        // A layer may stand in a manifest twice.
        for digest in Set(verdict.good).sorted(by: { $0.hex < $1.hex }) {
            let path = blobPath(digest)
            let byteCount = StoreFile.byteCount(path) ?? 0
            entries.append((Self.archiveName(digest), .file(path: path, byteCount: byteCount)))
        }
        return TarStream(entries)
    }

    private static func archiveName(_ digest: Digest) -> String {
        // Why cut: a header has room for 100 bytes, which is enough for sha256; the OCI layout of a
        // sha512 needs 141, and no registry has been seen to use it.
        "blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    private func index(
        of image: StoredImage,
        _ json: [UInt8],
        _ reference: ImageReference
    ) -> [UInt8] {
        let type = (try? parsedJSON(json, what: "manifest"))?["mediaType"]?.string
        var annotations: [String: String] = ["io.containerd.image.name": "\(reference)"]
        annotations["org.opencontainers.image.ref.name"] = reference.tag
        var descriptor = ObjectBuilder()
        descriptor.set("mediaType", type ?? "application/vnd.oci.image.manifest.v1+json")
        descriptor.set("digest", "\(image.manifestDigest)")
        descriptor.set("size", Int64(json.count))
        descriptor.set("annotations", annotations)
        let index: Document = [
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [descriptor.document],
        ]
        return index.json()
    }

    /// What `docker load` reads.
    ///
    /// Source: moby, image/tarexport.
    private func savedManifest(_ manifest: ImageManifest, _ reference: ImageReference) -> [UInt8] {
        let entry: Document = [
            "Config": .string(Self.archiveName(manifest.configuration.digest)),
            "RepoTags": .strings(reference.tag == nil ? [] : ["\(reference)"]),
            "Layers": .strings(manifest.layers.map { Self.archiveName($0.digest) }),
        ]
        return Document.array([entry]).json()
    }
}
