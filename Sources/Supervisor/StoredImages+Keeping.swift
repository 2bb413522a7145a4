internal import Host
internal import Images
internal import Lifecycle

/// What the store holds beside what is needed of it.
struct KeptImages: Sendable {
    var inventory: StoreInventory
    /// Pods by the digest of the manifest that they need.
    var users: [Digest: Set<String>] = [:]

    /// Looks who needs what; a text that is no reference needs nothing.
    init(_ inventory: StoreInventory, _ needs: ImageNeeds, _ names: ImageNames) {
        self.inventory = inventory
        var digests: [String: Digest] = [:]
        for (digest, item) in inventory.items {
            for reference in item.references { digests[reference] = digest }
        }
        for (text, pods) in needs.users {
            guard let reference = try? names.reference(text) else { continue }
            let digest = digests["\(reference)"] ?? reference.digest
            if let digest { users[digest, default: []].formUnion(pods) }
        }
        for (text, pods) in needs.digests {
            if let digest = Digest(text) { users[digest, default: []].formUnion(pods) }
        }
    }

    /// Whether an image must stay: a pod needs it, it is kept on request, or it is being pulled.
    func isNeeded(_ digest: Digest) -> Bool {
        users[digest] != nil || inventory.claims.contains(digest) || isPinned(digest)
    }

    func isPinned(_ digest: Digest) -> Bool {
        inventory.items[digest]?.references.contains(where: inventory.pins.contains) ?? false
    }

    /// The images as the rule of the garbage collection takes them.
    func images(unusedSince: (Digest) -> Int64) -> [ImageCollection.Image] {
        inventory.items.map { digest, item in
            ImageCollection.Image(
                id: "\(digest)",
                blobs: Dictionary(uniqueKeysWithValues: item.blobs.map { ("\($0)", $1) }),
                ownByteCount: item.rootByteCount,
                isNeeded: isNeeded(digest),
                unusedSinceNanoseconds: unusedSince(digest)
            )
        }
    }
}

extension StoredImages {
    /// Does something with the store, away from the shared threads.
    func withStore<R: Sendable>(
        _ body: @escaping @Sendable (ImageStore) throws(ImageError) -> R
    ) async throws(ImageProblem) -> R {
        try await keeping.run { [store] () throws(ImageProblem) -> R in
            do throws(ImageError) { return try body(store) } catch {
                throw ImageProblem(error)
            }
        }
    }

    /// What is here, and who needs it.
    func kept(_ needs: ImageNeeds) async throws(ImageProblem) -> KeptImages {
        let inventory = try await withStore { store throws(ImageError) in try store.inventory() }
        return KeptImages(inventory, needs, names)
    }

    /// Removes the images that nothing needs, and what dead pulls left; answers with the names that
    /// are gone.
    public func prune(keeping needs: ImageNeeds) async throws(ImageProblem) -> [String] {
        try await remove(try await kept(needs).unneeded, isThorough: true).references
    }

    /// Removes images that were found unneeded; what has been claimed since stays.
    func remove(
        _ images: [Digest],
        isThorough: Bool
    ) async throws(ImageProblem) -> StoreRemoval {
        let now = Clock.wallNanoseconds() / 1_000_000_000
        return try await withStore { store throws(ImageError) in
            var removal = try store.remove(images)
            removal.byteCount += try store.sweep(nowSeconds: now, isThorough: isThorough)
            return removal
        }
    }

    /// Keeps an image until somebody removes it by name.
    public func keep(_ text: String) async throws(ImageProblem) {
        let reference = try names.reference(text)
        try await withStore { store throws(ImageError) in try store.pin(reference) }
    }
}

extension KeptImages {
    /// Images that nothing needs.
    var unneeded: [Digest] {
        ImageCollection().everything(images { _ in 0 }).compactMap { Digest($0) }
    }
}

extension ImageProblem {
    /// What the store says, as the supervisor decides by it.
    init(_ error: ImageError) {
        switch error {
        case .malformedReference: self = .invalidName(error.description)
        case .noEntry: self = .unusable(error.description)
        case .notFound, .malformed, .unsupported, .noPlatform, .digestMismatch, .sizeMismatch,
            .tooLarge, .hostileEntry, .invalidModule, .untrusted, .diskFull, .noRoom, .registry,
            .notConfined, .system:
            self =
                error.isWorthRetrying
                ? .unavailable(error.description) : .refused(error.description)
        }
    }
}
