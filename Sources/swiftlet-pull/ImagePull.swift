import Host
import Images
import Layers

/// One pull: resolve, fetch, verify, unpack, admit, save.
struct ImagePull {
    private static let progressByteCount: Int64 = 1024 * 1024

    let store: ImageStore
    let reference: ImageReference

    /// The image, whole and on disk, and the bytes that were fetched for it.
    func run(
        from source: some BlobSource
    ) throws(ImageError) -> (StoredImage, fetchedByteCount: Int64) {
        let resolved = try source.resolve(reference)
        let (descriptor, manifest) = try manifest(resolved, source)
        let claim = try store.claim(descriptor.digest)
        defer { withExtendedLifetime(claim) {} }
        // Who swept before the claim may have taken the manifest, by which the claim is understood.
        _ = try store.ingestDocument(descriptor, from: source)
        // Before the layers: what is not trusted is not worth its bytes.
        try checkSignatures([resolved.digest, descriptor.digest], source)
        if var image = try store.image(descriptor.digest) {
            image.resolvedDigest = resolved.digest
            try store.save(image, as: reference)
            return (image, 0)
        }
        let json = try store.ingestDocument(manifest.configuration, from: source)
        let configuration = try ImageConfiguration(json: json)
        let form = try ImageForm(manifest, configuration)
        let total = manifest.layers.reduce(Int64(0)) {
            $0.addingReportingOverflow($1.byteCount).partialValue
        }
        try store.checkRoom(for: manifest, form)
        // Why at each turn of the work: libcurl brings thirty libraries with it, and the start, a handshake, an
        // archive and a module each touch what the rest does not need. What it does comes back by itself.
        ProgramPages.letGo()
        let fetched = try fetch(manifest.layers, of: total, from: source)
        var image = StoredImage(
            manifestDigest: descriptor.digest,
            form: form,
            configuration: configuration,
            rootDirectory: nil,
            moduleFile: nil
        )
        image.resolvedDigest = resolved.digest
        image.annotations = manifest.annotations
        image.byteCount = total
        ProgramPages.letGo()
        try unpack(manifest, into: &image)
        ProgramPages.letGo()
        image.admittedModules = try Admission.admit(image)
        try store.save(image, as: reference)
        return (image, fetched)
    }

    /// Fetches the layers that are not here, and says how far it is; answers with the bytes fetched.
    private func fetch(
        _ layers: [BlobDescriptor],
        of total: Int64,
        from source: some BlobSource
    ) throws(ImageError) -> Int64 {
        let begin = ContinuousClock.now
        var here: Int64 = 0
        var fetched: Int64 = 0
        var resumedFrom: Int64 = 0
        for layer in layers {
            let before = here
            var first: Int64?
            var reported: Int64 = 0
            let result = try store.ingest(layer, from: source) { count in
                // The first word tells what an earlier pull had left.
                let isFirst = first == nil && total >= Self.progressByteCount
                let start = first ?? count
                first = start
                guard isFirst || count - reported >= Self.progressByteCount else { return }
                reported = count
                var progress = PullProgress(
                    byteCount: before + count,
                    totalByteCount: total,
                    resumedFrom: resumedFrom + start
                )
                progress.measure(
                    fetchedByteCount: fetched + count - start,
                    nanoseconds: (ContinuousClock.now - begin).nanoseconds
                )
                Program.report(.progress(progress))
            }
            here += layer.byteCount
            fetched += result.byteCount
            resumedFrom += layer.byteCount - result.byteCount
        }
        return fetched
    }

    private func checkSignatures(
        _ subjects: Set<Digest>,
        _ source: some BlobSource
    ) throws(ImageError) {
        let check = SignatureCheck(store, try store.policy())
        switch try check.check(reference, subjects, fetchingFrom: source) {
        case .notNeeded, .signed: break
        case .warned(let reason):
            Program.report(.warning("image \(reference) is not signed as it should be: \(reason)"))
        }
    }

    private func manifest(
        _ resolved: BlobDescriptor,
        _ source: some BlobSource
    ) throws(ImageError) -> (BlobDescriptor, ImageManifest) {
        var descriptor = resolved
        // An index may point to an index once: real ones do not nest deeper, and a loop must end.
        for _ in 0..<3 {
            let json = try store.ingestDocument(descriptor, from: source)
            if MediaTypes.isIndex(descriptor.mediaType) {
                descriptor = try ImageIndex(json: json).choose()
            } else if MediaTypes.isManifest(descriptor.mediaType) {
                return (descriptor, try ImageManifest(json: json))
            } else {
                throw .unsupported(found: "a manifest of type \(descriptor.mediaType)")
            }
        }
        throw .unsupported(found: "an index inside an index inside an index")
    }

    private func unpack(
        _ manifest: ImageManifest,
        into image: inout StoredImage
    ) throws(ImageError) {
        switch image.form {
        case .moduleImage, .moduleArtifact:
            image.moduleFile = store.blobPath(manifest.layers[0].digest)
        case .rootFileSystem:
            let diffIDs = try image.configuration.diffIDs(of: manifest)
            image.rootDirectory = try store.unpackRoot(image.manifestDigest) {
                folder throws(ImageError) in
                var unpacker = LayerUnpacker(into: folder, leaving: store.reserve())
                for (layer, diffID) in zip(manifest.layers, diffIDs) {
                    try unpacker.unpack(
                        file: store.blobPath(layer.digest),
                        byteCount: layer.byteCount,
                        name: "\(layer.digest)",
                        diffID: diffID
                    )
                }
            }
        }
    }
}

extension Duration {
    /// The whole of it, as far as it fits.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : whole &+ attoseconds / 1_000_000_000
    }
}
