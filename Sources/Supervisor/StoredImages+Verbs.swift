public import Documents
internal import Host
public import Images
internal import Synchronization

/// What became of the wish to remove an image.
public enum ImageRemoval: Equatable, Sendable {
    /// It, or only its name, is gone; with the bytes that came free.
    case removed(byteCount: Int64)
    /// Nothing has that name.
    case unknown
    /// Pods need it.
    case needed(by: [String])
}

// What an operator asks of the store. All of it blocks on files, off the shared threads.
extension StoredImages {
    /// The images as documents, sorted by name.
    public func list(_ needs: ImageNeeds) async throws(ImageProblem) -> [Document] {
        let kept = try await kept(needs)
        return kept.inventory.documents(users: kept.users.mapValues(Array.init))
    }

    /// The image of a name, or of a digest; `nil` when there is none.
    public func inspect(
        _ text: String,
        _ needs: ImageNeeds
    ) async throws(ImageProblem) -> Document? {
        let name = Digest(text) == nil ? "\(try names.reference(text))" : text
        return try await list(needs).first {
            $0["metadata"]?["name"]?.string == name || $0["digest"]?.string == text
        }
    }

    /// Removes a name, and the image behind it when that was its last; never what a pod needs.
    public func remove(
        _ text: String,
        _ needs: ImageNeeds
    ) async throws(ImageProblem) -> ImageRemoval {
        let reference = try names.reference(text)
        let kept = try await kept(needs)
        let item = kept.inventory.items.values.first { $0.references.contains("\(reference)") }
        if let item, item.references.count == 1 {
            let users = kept.users[item.image.manifestDigest] ?? []
            guard users.isEmpty else { return .needed(by: users.sorted()) }
        }
        let removal = try await withStore { store throws(ImageError) in
            try store.unpin(reference)
            return try store.remove(reference)
        }
        return removal.map { .removed(byteCount: $0.byteCount) } ?? .unknown
    }

    /// Removes all that nothing needs, also what was kept on request when `includesKept`; a trial only
    /// tells what would go.
    public func prune(
        _ needs: ImageNeeds,
        includesKept: Bool,
        isTrial: Bool
    ) async throws(ImageProblem) -> (names: [String], byteCount: Int64) {
        var kept = try await kept(needs)
        if includesKept { kept.inventory.pins = [] }
        let gone = kept.unneeded
        guard !isTrial else {
            let names = gone.flatMap { kept.inventory.items[$0]?.references ?? [] }
            return (names.sorted(), 0)
        }
        let removal = try await remove(gone, isThorough: true)
        return (removal.references.sorted(), removal.byteCount)
    }

    /// Hashes images in full, all or one, and takes what is damaged out of use.
    ///
    /// `report` gets a line for each; answers whether everything was good.
    public func verify(
        _ text: String?,
        _ report: @Sendable (Document) -> Void
    ) async throws(ImageProblem) -> Bool {
        let reference = try text.map { text throws(ImageProblem) in try names.reference(text) }
        let all = try await withStore { store throws(ImageError) in try store.list() }
        let wanted = all.filter { reference == nil || $0.reference == "\(reference, default: "")" }
        guard reference == nil || !wanted.isEmpty else {
            throw .unavailable("image \(text ?? "") is not on this node")
        }
        var isGood = true
        for (name, image) in wanted {
            let (verdict, words) = try await withStore { [policy] store throws(ImageError) in
                let verdict = try store.verify(image)
                try store.setAside(image, verdict)
                let check = SignatureCheck(store, policy)
                return (verdict, check.words(try ImageReference(name), image.signedDigests))
            }
            isGood = isGood && verdict.isGood && words.isTrusted
            report(verdict.document(name: name, signature: words))
        }
        return isGood
    }

    /// An image as an archive for others.
    public func export(_ text: String) async throws(ImageProblem) -> TarStream {
        let reference = try names.reference(text)
        return try await withStore { store throws(ImageError) in
            guard let image = try store.lookup(reference) else {
                throw .notFound("image \(reference) is not on this node")
            }
            return try store.export(image, as: reference)
        }
    }

    /// The next bytes of an archive.
    public func next(of archive: TarStream) async throws(ImageProblem) -> (TarStream, [UInt8]?) {
        try await withStore { _ throws(ImageError) in
            var archive = archive
            let bytes = try archive.next()
            return (archive, bytes)
        }
    }

    /// Begins an archive that comes piece by piece.
    public func beginUpload(_ name: String) async throws(ImageProblem) -> ImageUpload {
        try await withStore { store throws(ImageError) in try ImageUpload(store, name: name) }
    }

    /// Adds a piece; answers `false` when it does not follow the last one.
    public func append(
        _ bytes: [UInt8],
        to upload: ImageUpload,
        at offset: Int64
    ) async throws(ImageProblem) -> Bool {
        try await withStore { _ throws(ImageError) in try upload.append(bytes, at: offset) }
    }

    /// Takes the images of an archive, in a process of its own, and keeps them until they are removed by
    /// name.
    ///
    /// `progress` gets each line that the import says.
    public func takeArchive(
        _ path: String,
        as name: String?,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(ImageProblem) {
        var words = ["--import", path]
        if let name { words.append("\(try names.registryReference(name))") }
        let last: PullReport?
        let exit: ProcessExit
        let taken = Mutex<[String]>([])
        do throws(HostError) {
            (last, exit) = try await runPuller(words, reading: [path]) { line in
                if case .imported(let name, _)? = PullReport(line: line) {
                    taken.withLock { $0.append(name) }
                }
                progress(line)
            }
        } catch {
            throw .unavailable(error.description)
        }
        for name in taken.withLock({ $0 }) { try await keep(name) }
        guard exit == .exited(code: 0) else { throw Self.problem(last, exit, path) }
    }
}

extension ImageNames {
    /// A name for an image that is here: one that a registry could have.
    func registryReference(_ text: String) throws(ImageProblem) -> ImageReference {
        let reference: ImageReference
        do throws(ImageError) { reference = try ImageReference(text) } catch {
            throw .invalidName(error.description)
        }
        guard case .registry = reference.place, reference.digest == nil else {
            throw .invalidName("\(text) is no name for an image: write NAME:TAG or HOST/NAME:TAG")
        }
        return reference
    }
}
