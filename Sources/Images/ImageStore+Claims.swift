/// What a pull will need, for as long as this value lives: nobody takes it away meanwhile.
///
/// A file that is locked, so that a claim ends with its process, however that ends.
public struct PullClaim: ~Copyable {
    private let file: OpenFile

    fileprivate init(_ file: consuming OpenFile) { self.file = file }
}

extension ImageStore {
    /// Claims all blobs of a manifest, which must be in the store; call before looking which of them
    /// are here already.
    public func claim(_ manifestDigest: Digest) throws(ImageError) -> PullClaim {
        // Why: between two looks of who collects garbage nothing may appear.
        let gate = try OpenFile("\(directory)/lock", Self.readWriteCreate)
        try gate.lock(.shared)
        let file = try OpenFile(
            "\(directory)/pulls/\(manifestDigest.algorithm.rawValue)-\(manifestDigest.hex)",
            Self.readWriteCreate
        )
        try file.lock(.shared)
        return PullClaim(file)
    }

    /// Keeps every other collector and every new claim out until `body` is done.
    func alone<R>(_ body: () throws(ImageError) -> R) throws(ImageError) -> R {
        let gate = try OpenFile("\(directory)/lock", Self.readWriteCreate)
        try gate.lock()
        return try body()
    }

    /// The manifests of pulls that are under way; what a dead one left is removed.
    func claimedManifests() throws(ImageError) -> Set<Digest> {
        var result: Set<Digest> = []
        guard !isReading else { return result }
        for name in try StoreFile.names(in: "\(directory)/pulls") {
            let path = "\(directory)/pulls/\(name)"
            let file = try OpenFile(path, Self.readWriteCreate)
            if file.lockAtOnce() {
                try StoreFile.removeTree(path)
            } else {
                let parts = name.split(separator: "-", maxSplits: 1)
                if let digest = Digest(parts.joined(separator: ":")) { result.insert(digest) }
            }
        }
        return result
    }
}
