import Images
import Layers

/// Takes the images of an archive or a layout into the store, without a network.
struct ImageImport {
    let store: ImageStore
    /// The archive, unless it is a layout.
    let path: String
    /// The name for the image, when the archive names none or another is wanted.
    let name: ImageReference?

    /// Imports all, of a layout where there is one, and says of each what it is called now.
    func run(_ layout: LayoutSource?) throws(ImageError) -> [(ImageReference, StoredImage)] {
        if let layout {
            return try take(try ArchiveSource.images(ofLayout: layout), from: layout)
        }
        let source = try ArchiveSource(path: path)
        return try take(source.images, from: source)
    }

    private func take(
        _ images: [ArchiveSource.Image],
        from source: some BlobSource
    ) throws(ImageError) -> [(ImageReference, StoredImage)] {
        var done: [(ImageReference, StoredImage)] = []
        for (name, descriptor) in try named(images) {
            let chosen = ChosenImage(source: source, descriptor: descriptor, others: images)
            let pull = ImagePull(store: store, reference: name)
            done.append((name, try pull.run(from: chosen).0))
        }
        return done
    }

    /// Which images are taken, under which names.
    private func named(
        _ images: [ArchiveSource.Image]
    ) throws(ImageError) -> [(ImageReference, BlobDescriptor)] {
        let images = images.filter { !$0.isSignature }
        guard !images.isEmpty else { throw .notFound("\(path) holds no image") }
        if let name {
            let wanted = images.count == 1 ? images : images.filter { $0.tag == name.tag ?? "" }
            guard wanted.count == 1 else {
                throw .notFound(
                    "\(path) holds \(images.count) images, of which \(wanted.count) have the tag "
                        + "of \(name); import one of them, or all without a name"
                )
            }
            return [(name, wanted[0].descriptor)]
        }
        var result: [(ImageReference, BlobDescriptor)] = []
        for image in images {
            guard !image.names.isEmpty else {
                let known = image.tag ?? "\(image.descriptor.digest)"
                throw .notFound(
                    "\(path) does not say what its image \(known) is called: give it a name"
                )
            }
            for text in image.names { result.append((try ImageReference(text), image.descriptor)) }
        }
        return result
    }
}

/// One image of a source, whatever the reference says.
private struct ChosenImage<Source: BlobSource>: BlobSource {
    let source: Source
    let descriptor: BlobDescriptor
    /// What lies beside it; signatures have tags of their own.
    let others: [ArchiveSource.Image]

    func resolve(_ reference: ImageReference) throws(ImageError) -> BlobDescriptor { descriptor }

    func attachments(
        of subject: Digest,
        beside reference: ImageReference
    ) throws(ImageError) -> [BlobDescriptor] {
        let stem = "\(subject.algorithm.rawValue)-\(subject.hex)"
        return others.filter { $0.tag == "\(stem).sig" || $0.signatureOf == subject }
            .map(\.descriptor)
    }

    func read(
        _ blob: BlobDescriptor,
        from offset: Int64,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        try source.read(blob, from: offset, take)
    }
}
