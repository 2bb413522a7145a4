public import Documents

extension StoreInventory {
    /// The images as documents, one for each name, sorted by name; an image that has lost its names
    /// stands under its digest.
    ///
    /// `users` are the pods that need an image, by the digest of its manifest.
    public func documents(users: [Digest: [String]] = [:]) -> [Document] {
        var result: [(String, Document)] = []
        for item in items.values {
            let digest = item.image.manifestDigest
            let names = item.references.isEmpty ? ["\(digest)"] : item.references
            for name in names {
                result.append((name, document(item, name, users[digest] ?? [])))
            }
        }
        return result.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func document(_ item: Item, _ name: String, _ users: [String]) -> Document {
        let image = item.image
        var metadata = ObjectBuilder()
        metadata.set("name", name)
        var builder = ObjectBuilder()
        builder.set("apiVersion", "swiftlet/v1")
        builder.set("kind", "Image")
        builder.set("metadata", metadata.document)
        builder.set("digest", "\(image.manifestDigest)")
        builder.set("form", image.form.rawValue)
        builder.set("platform", image.configuration.platform)
        builder.set("blobBytes", item.blobs.values.reduce(0, &+))
        builder.set("rootBytes", item.rootByteCount)
        builder.set("addedAtSeconds", item.addedAtSeconds)
        builder.set("isPinned", pins.contains(name))
        builder.set("usedBy", users.sorted())
        builder.set("modules", image.admittedModules.map { self.inside($0, image) }.sorted())
        builder.set("entrypoint", image.configuration.entrypoint)
        builder.set("command", image.configuration.command)
        builder.set("environment", image.configuration.environment)
        builder.set("workingDirectory", image.configuration.workingDirectory)
        builder.set("annotations", image.annotations)
        builder.set("blobs", item.blobs.keys.map { "\($0)" }.sorted())
        return builder.document
    }

    /// A module as the image's own files name it.
    private func inside(_ path: String, _ image: StoredImage) -> String {
        guard let root = image.rootDirectory, path.hasPrefix(root) else { return "module" }
        return String(path.dropFirst(root.count))
    }
}

extension ImageVerdict {
    /// The verdict as a document; `signature` says what the policy makes of the image's signatures.
    public func document(name: String, signature: SignatureCheck.Words) -> Document {
        var builder = ObjectBuilder()
        builder.set("image", name)
        builder.set("digest", "\(manifestDigest)")
        builder.set("isGood", isGood && signature.isTrusted)
        builder.set("bytes", byteCount)
        builder.set("missing", missing.map { "\($0)" })
        builder.set("damaged", damaged.map { "\($0)" })
        builder.set("isContentIntact", isContentIntact)
        builder.set("signature", signature.text)
        return builder.document
    }
}
